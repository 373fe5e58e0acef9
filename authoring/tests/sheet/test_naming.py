import pytest

from authoring.sheet.naming import MAX_NAME, name_from, pattern_of


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Date of birth", "date_of_birth"),
        ("  What's it? ", "what_s_it"),
        ("Größe (cm)", "grosse_cm"),
        ("Ærø", "aero"),
        ("Éclair №2", "eclair_no2"),
        ("日本", "item"),
        ("", "item"),
        ("9 lives", "9_lives"),
        ("x" * 100, "x" * MAX_NAME),
        ("x" * (MAX_NAME - 1) + " y", "x" * (MAX_NAME - 1)),
    ],
)
def test_a_name_is_made_of_what_people_read(label: str, name: str) -> None:
    assert name_from(label) == name


def test_a_name_that_is_taken_gets_the_next_number() -> None:
    assert name_from("Amount", taken={"amount", "amount_2"}) == "amount_3"
    assert name_from("?", taken=(), otherwise="field") == "field"


@pytest.mark.parametrize(
    ("example", "pattern"),
    [
        ("AB-123", "^[A-Z]{2}-[0-9]{3}$"),
        ("a1", "^[a-z][0-9]$"),
        ("AXZaz09", "^[A-Z]{3}[a-z]{2}[0-9]{2}$"),
        ("1.5 (x)/[y]", r"^[0-9]\.[0-9] \([a-z]\)\/\[[a-z]\]$"),
        ("É", "^É$"),
        ("", "^$"),
    ],
)
def test_a_pattern_asks_for_digits_and_letters_where_the_example_has_them(example: str, pattern: str) -> None:
    assert pattern_of(example) == pattern
