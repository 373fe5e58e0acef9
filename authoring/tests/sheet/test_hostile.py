"""Whatever is posted, the worst is another document, or that the form is refused as a whole."""

from collections.abc import Iterator
from random import Random

from authoring.sheet.fields import FIELD
from authoring.sheet.finish import DOCUMENT
from authoring.sheet.rows import BrokenForm, Shape
from authoring.sheet.steps import STEP
from authoring.sheet.whole import compiled, read_sheet, sheet_of
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
