import pytest

from engine.placeholders import Placeholder, Source, names_in, placeholders_in


def test_every_source_is_known() -> None:
    text = "{{state.amount}} {{ workflow.id }} {{secret:bank}}"

    assert list(placeholders_in(text)) == [
        Placeholder(source=Source.STATE, name="amount"),
        Placeholder(source=Source.WORKFLOW, name="id"),
        Placeholder(source=Source.SECRET, name="bank"),
    ]


def test_they_are_found_in_keys_and_values_however_deep() -> None:
    document = {"{{state.c}}": [{"x": ("{{state.a}}", 5, None)}], "y": "{{state.b}}", "z": "{{state.b}}"}

    assert names_in(document, Source.STATE) == ("a", "b", "c")
    assert names_in(document, Source.SECRET) == ()


@pytest.mark.parametrize("text", ["{{amount}}", "{state.amount}", "{{state.}}", "{{secret.bank}}", "{{state.a b}}"])
def test_what_is_written_otherwise_is_no_placeholder(text: str) -> None:
    assert list(placeholders_in(text)) == []
