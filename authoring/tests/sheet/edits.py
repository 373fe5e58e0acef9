"""One thing edited in the sheet of a generated document, beside the document that this must lead to."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from authoring.sheet.ordering import in_order
from authoring.sheet.rows import Row
from authoring.sheet.whole import Sheet, sheet_of
from authoring.tests.generated import document_of
from authoring.tests.generated_fields import Json
from authoring.tests.sheet.pages import fields_of, saved, text_of

SEEDS = range(80)

type Edited = tuple[Sheet, Json]
type Edit = Callable[[Sheet, Json], Iterator[Edited]]


def with_field(sheet: Sheet, row: Row) -> Sheet:
    return replace(sheet, fields=tuple(row if one.key == row.key else one for one in sheet.fields))


def with_step(sheet: Sheet, row: Row) -> Sheet:
    return replace(sheet, steps=tuple(row if one.key == row.key else one for one in sheet.steps))


def typed(row: Row, **texts: str) -> Row:
    return replace(row, texts={**row.texts, **texts})


def with_part(row: Row, name: str, *rows: Row) -> Row:
    return replace(row, parts={**row.parts, name: rows})


def into_field(sheet: Sheet, field: Row, name: str) -> Callable[[Row], Sheet]:
    return lambda row: with_field(sheet, with_part(field, name, row))


def into_step(sheet: Sheet, step: Row, name: str) -> Callable[[Row], Sheet]:
    return lambda row: with_step(sheet, with_part(step, name, row))


def put(part: Json, key: str, value: Any) -> None:
    if value is None:
        part.pop(key, None)
    else:
        part[key] = value


def fields_in(sheet: Sheet, document: Json, *kinds: str) -> Iterator[tuple[Row, Json, Json]]:
    """Return the rows of fields, each with a copy of the document and its property there."""
    names = {row.key: name for row, name in zip(sheet.fields, names_in(sheet, document), strict=True)}
    for row in sheet.fields:
        if row.text("kind") != "locked" and (not kinds or row.text("kind") in kinds):
            copy = deepcopy(document)
            yield row, copy, copy["state_schema"]["properties"][names[row.key]]


def names_in(sheet: Sheet, document: Json) -> list[str]:
    """Return the names of fields as the page shows them."""
    asked: dict[str, int] = {}
    for step in document["steps"]:
        for name in step.get("fields", ()):
            asked.setdefault(name, len(asked))
    return [name for name, _ in in_order(document["state_schema"]["properties"], asked)]


def steps_in(sheet: Sheet, document: Json, *kinds: str) -> Iterator[tuple[Row, Json, Json]]:
    for number, row in enumerate(sheet.steps):
        if row.text("kind") in (kinds or ("ask", "end", "action")):
            copy = deepcopy(document)
            yield row, copy, copy["steps"][number]


def comparisons(condition: Any, row: Row) -> Iterator[tuple[Row, Json]]:
    """Return the comparisons right inside a condition, each with its row."""
    inner = condition.get("not", condition)
    parts = inner.get("all", inner.get("any", [inner]))
    yield from zip(row.parts.get("rows", ()), parts, strict=False)
    groups = row.parts.get("groups", ())
    for group, part in zip(groups, parts[len(row.parts.get("rows", ())) :], strict=True):
        yield from comparisons(part, group)


def with_comparison(row: Row, new: Row, old: Row) -> Row:
    return replace(
        row,
        parts={
            name: tuple(new if one is old else with_comparison(one, new, old) for one in rows)
            for name, rows in row.parts.items()
        },
    )


def conditions_in(sheet: Sheet, document: Json) -> Iterator[tuple[Callable[[Row], Sheet], Row, Json, Any]]:
    for field, copy, schema in fields_in(sheet, document):
        if "x-when" in schema and field.only("when").text("mode") != "locked":
            put_in = into_field(sheet, field, "when")
            yield put_in, field.only("when"), copy, schema["x-when"]
    for step, copy, part in steps_in(sheet, document):
        if "when" in part and step.only("when").text("mode") != "locked":
            put_in = into_step(sheet, step, "when")
            yield put_in, step.only("when"), copy, part["when"]


def is_followed_by_nothing_else(make: Edit) -> bool:
    """Tell whether an edit, made in many documents, leads to what it means in each of them."""
    tried = 0
    for seed in SEEDS:
        document = document_of(seed)
        sheet = sheet_of(document, published=fields_of(document))
        for edited, expected in make(sheet, document):
            assert text_of(saved(edited).document) == text_of(expected), seed
            tried += 1
    return tried >= 5
