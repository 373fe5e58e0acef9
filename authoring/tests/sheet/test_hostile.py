"""Whatever is posted, the worst is another document, or that the form is refused as a whole."""

from collections.abc import Iterator
from random import Random

import pytest

from authoring.sheet.actions import ACTION
from authoring.sheet.fields import FIELD
from authoring.sheet.finish import DOCUMENT
from authoring.sheet.rows import MAX_ROWS, BrokenForm, Row, Shape
from authoring.sheet.steps import STEP
from authoring.sheet.whole import Compiled, base_text, compiled, read_sheet, sheet_of
from authoring.tests.generated import broken_of, document_of
from authoring.tests.sheet.pages import Form, form_of
from engine import strict_json

ODD = (
    "", " ", "?", "?x", "f1", "k1", "api_call", "all", "not_any", "in", "==", "contains", "value", "answer", "today",
    "text", "choices", "things", "computed", "chosen", "locked", "sum", "difference", "end", "action", "-1",
    "9" * 400, "1e999",
    "NaN", "{{state.f1}}", '"', '"\\ud800"', "\ud800", "\x00", "on", "true", "{", "[1,2]", "P1D", "fields",
)  # fmt: skip
BASES = ("null", "1", '"x"', "[]", "{}", "[1,2]", '["a",1]', '{"a":{}}', '{"field":"f","op":"=="}', '{"type":"none"}')


def test_texts_that_no_page_offers_raise_nothing_else() -> None:
    for seed in range(250):
        random = Random(seed)  # noqa: S311  the same each time
        form = form_of(sheet_of(document_of(seed)))
        names = [name for name in form.inputs if not name.endswith(("-keys", "-base"))]
        for name in random.sample(names, min(len(names), 8)):
            form.inputs[name] = [random.choice(ODD)]
        is_storable_or_refused(form)


def test_bases_that_no_page_carried_raise_nothing_else() -> None:
    for seed in range(250):
        random = Random(seed)  # noqa: S311  the same each time
        form = form_of(sheet_of(document_of(seed)))
        names = [name for name in form.inputs if name.endswith("-base")]
        others = [form.inputs[name][0] for name in names]
        for name in random.sample(names, min(len(names), 5)):
            form.inputs[name] = [random.choice((*BASES, random.choice(others)))]
        is_storable_or_refused(form)


def test_rows_of_one_document_over_the_bases_of_another_raise_nothing_else() -> None:
    for seed in range(200):
        form, other = form_of(sheet_of(document_of(seed))), form_of(sheet_of(broken_of(seed + 1)))
        form.inputs |= {name: values for name, values in other.inputs.items() if name.endswith("-base")}
        is_storable_or_refused(form)


def is_storable_or_refused(form: Form) -> None:
    try:
        found = compiled(read_sheet(form))
    except BrokenForm:
        return
    strict_json.check(found.document)
    assert all(mistake.place in places_of(form) for mistake in found.mistakes), found.mistakes


def places_of(form: Form) -> frozenset[str]:
    """Return the names of all inputs that the page of a form has, and of its buttons that add a row."""
    tops = {"field": FIELD, "step": STEP, "document": DOCUMENT}
    return frozenset(place for prefix, shape in tops.items() for place in _below(form, prefix, shape))


def _below(form: Form, prefix: str, shape: Shape) -> Iterator[str]:
    yield f"{prefix}-add"
    for key in form.getlist(f"{prefix}-keys"):
        for name in (*shape.texts, *shape.several):
            yield f"{prefix}-{key}-{name}"
        for name, part in shape.parts.items():
            yield from _below(form, f"{prefix}-{key}-{name}", part)


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
    form.inputs["field-f1-choices-keys"] = [f"o{number}" for number in range(MAX_ROWS)]

    with pytest.raises(BrokenForm, match="more than 5000 rows"):
        read_sheet(form)


@pytest.mark.parametrize("text", ["{", "NaN", '{"a":1,"a":2}', "[" * 40 + "]" * 40])
def test_a_base_that_is_no_json_is_refused(text: str) -> None:
    form = small()
    form.inputs["field-f1-base"] = [text]

    with pytest.raises(BrokenForm):
        read_sheet(form)


@pytest.mark.parametrize("keys", [[], ["only", "other"]])
def test_a_form_without_its_document_is_refused(keys: list[str]) -> None:
    form = small()
    form.inputs["document-keys"] = keys

    with pytest.raises(BrokenForm):
        read_sheet(form)


@pytest.mark.parametrize("text", ["nul\x00", "half \ud800"])
def test_a_text_that_cannot_be_stored_is_refused(text: str) -> None:
    form = small()
    form.inputs["field-f1-label"] = [text]

    with pytest.raises(BrokenForm):
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

    found: Compiled = compiled(read_sheet(form))

    assert len(found.document["state_schema"]["properties"]) == 2


def test_a_row_without_a_base_carries_nothing() -> None:
    assert base_text(Row()) == ""
    assert base_text(Row(base={"a": "é\n"})) == '{"a":"é\\n"}'
    assert ACTION.texts
