"""The forms of the editor's rows: all rows of a kind share their inputs, and what one row needs stays its own."""

from authoring.editor.forms import ComparisonForm, FieldForm
from authoring.sheet.rows import Row


def test_what_one_row_offers_no_other_row_offers() -> None:
    chosen = ComparisonForm(Row(texts={"field": "f2"}), "a", {"f2": "Amount"})
    after = ComparisonForm(Row(), "b", {"f2": "Amount"})

    assert '<option value="f2" selected>Amount</option>' in str(chosen["field"])
    assert "Amount" not in str(after["field"])


def test_what_is_locked_in_one_row_is_free_in_the_next() -> None:
    locked = FieldForm(Row(texts={"kind": "locked", "label": "Amount"}), "a", {})
    after = FieldForm(Row(texts={"kind": "text", "label": "Purpose"}), "b", {})

    assert locked["kind"].is_hidden
    assert "readonly" in str(locked["label"])
    assert not after["kind"].is_hidden
    assert "readonly" not in str(after["label"])
