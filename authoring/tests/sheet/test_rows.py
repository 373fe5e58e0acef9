import pytest

from authoring.sheet.references import NOBODY, carried, name_carried
from authoring.sheet.rows import MAX_ROWS, BrokenForm, Row, shown
from authoring.sheet.whole import base_text, compiled, read_sheet, sheet_of
from authoring.tests.sheet.pages import Form, form_of


def small() -> Form:
    return form_of(sheet_of({"name": "x", "state_schema": {"properties": {"a": {"type": "string"}}}, "steps": []}))


@pytest.mark.parametrize("keys", [["f1", "f1"], ["-"], ["a b"], [""], ["x" * 21], ["é"]])
def test_keys_that_are_none_are_refused(keys: list[str]) -> None:
    form = small()
    form.inputs["field-keys"] = keys

    with pytest.raises(BrokenForm, match="Load the page again"):
        read_sheet(form)


def test_more_rows_than_a_page_has_are_refused() -> None:
    form = small()
    others = sum(
        len(values) for name, values in form.inputs.items() if name.startswith("field") and name.endswith("-keys")
    )
    form.inputs["field-f1-choices-keys"] = [f"o{number}" for number in range(MAX_ROWS - others)]
    read_sheet(form)
    form.inputs["field-f1-choices-keys"].append("o9999")

    with pytest.raises(BrokenForm, match="more than 5000 rows"):
        read_sheet(form)


@pytest.mark.parametrize("text", ["{", "NaN", '{"a":1,"a":2}', "[" * 40 + "]" * 40])
def test_a_base_that_is_no_json_is_refused(text: str) -> None:
    form = small()
    form.inputs["field-f1-base"] = [text]

    with pytest.raises(BrokenForm, match="Load the page again"):
        read_sheet(form)


@pytest.mark.parametrize("keys", [[], ["only", "other"]])
def test_a_form_without_its_document_is_refused(keys: list[str]) -> None:
    form = small()
    form.inputs["document-keys"] = keys

    with pytest.raises(BrokenForm, match="Load the page again"):
        read_sheet(form)


@pytest.mark.parametrize("text", ["nul\x00", "half \ud800"])
def test_a_text_that_cannot_be_stored_is_refused(text: str) -> None:
    form = small()
    form.inputs["field-f1-label"] = [text]

    with pytest.raises(BrokenForm, match="Load the page again"):
        compiled(read_sheet(form))


def test_of_an_input_posted_twice_the_last_counts() -> None:
    form = small()
    form.inputs["document-only-name"] = ["one", "two"]

    assert compiled(read_sheet(form)).document["name"] == "two"


def test_two_rows_that_claim_to_be_one_field_are_two() -> None:
    form = small()
    form.inputs["field-keys"] = ["f1", "f2"]
    form.inputs |= {
        f"field-f2-{name}": values for name in ("was", "base", "kind") if (values := form.getlist(f"field-f1-{name}"))
    }

    found = compiled(read_sheet(form))

    assert len(found.document["state_schema"]["properties"]) == 2


def test_a_row_without_a_base_carries_nothing() -> None:
    assert base_text(Row()) == ""
    assert base_text(Row(base={"a": "é\n"})) == '{"a":"é\\n"}'


def test_a_text_is_shown_as_a_browser_gives_it_back() -> None:
    assert shown("a\r\nb\rc", lines=True) == "a\nb\nc"
    assert shown("a\r\nb\rc") == "abc"
    assert shown(7) == ""


def test_rows_are_the_same_if_they_say_the_same_and_are_made_of_the_same() -> None:
    row = Row(base={"a": 1}, texts={"x": "1", "y": ""}, several={"z": ()}, parts={"p": (Row(base=1),)})

    assert row.says_the_same_as(Row(texts={"x": "1"}, parts={"p": (Row(base=1.0),)}))
    assert not row.says_the_same_as(Row(texts={"x": "2"}, parts={"p": (Row(base=1),)}))
    assert not row.says_the_same_as(Row(texts={"x": "1"}, several={"z": ("a",)}, parts={"p": (Row(base=1),)}))
    assert not row.says_the_same_as(Row(texts={"x": "1"}, parts={"p": (Row(base=True),)}))
    assert not row.says_the_same_as(Row(texts={"x": "1"}))


def test_a_row_has_nothing_that_it_was_not_given() -> None:
    assert (Row().text("a"), Row().chosen("a"), Row().rows("a"), Row().only("a")) == ("", (), (), Row())


def test_only_a_row_that_the_page_was_opened_with_has_a_number() -> None:
    assert [Row(key=key).number for key in ("f12", "s1", "k3", "n1", "only", "f1a")] == [12, 1, 3, None, None, None]


@pytest.mark.parametrize("name", ["plain", "", "a\nb", "a\rb", '"quoted', '"quoted"', "?"])
def test_a_name_is_carried_in_one_line_and_read_back(name: str) -> None:
    assert name_carried(carried(name)) == name
    assert shown(carried(name)) == carried(name)


def test_names_that_no_row_has_are_marked_and_kept() -> None:
    assert NOBODY.key_of(7) == ""
    assert NOBODY.name_of(NOBODY.key_of("a\nb")) == "a\nb"
    assert NOBODY.name_of("f1") == ""
    assert NOBODY.known(["a"]).name == ""
    assert NOBODY.column_of("a", "k1") == ""
    assert name_carried('"not json') == '"not json'
    assert NOBODY.column_key("a", 7) == ""
    assert NOBODY.column_of("a", NOBODY.column_key("a", "\r")) == "\r"
