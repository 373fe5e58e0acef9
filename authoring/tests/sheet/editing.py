"""Small documents, and one edit in each of them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from authoring.sheet.rows import Row
from authoring.sheet.whole import Compiled, Sheet, sheet_of
from authoring.tests.sheet.pages import saved

type Json = dict[str, Any]


def with_properties(**properties: Any) -> Json:
    """Return a document with these properties."""
    return {"name": "small", "state_schema": {"type": "object", "properties": properties}, "steps": []}


def with_steps(*steps: Any, **properties: Any) -> Json:
    """Return a document with these steps and properties."""
    return {**with_properties(**properties), "steps": list(steps)}


def typed(row: Row, **texts: str) -> Row:
    """Return a row in which other texts stand."""
    return replace(row, texts={**row.texts, **texts})


def chosen(row: Row, **several: tuple[str, ...]) -> Row:
    """Return a row in which other keys are chosen."""
    return replace(row, several={**row.several, **several})


def with_rows(row: Row, name: str, *rows: Row) -> Row:
    """Return a row with these rows in one place inside it."""
    return replace(row, parts={**row.parts, name: rows})


def field(sheet: Sheet, name: str) -> Row:
    """Return the row of a field."""
    return next(row for row in sheet.fields if row.text("was") == name)


def save_field(document: Mapping[str, Any], *rows: Row) -> Compiled:
    """Save the sheet of a document with other rows in the place of those with the same keys; new ones at the end."""
    sheet = sheet_of(document)
    others = {row.key: row for row in rows}
    fields = [others.pop(row.key, row) for row in sheet.fields]
    return saved(replace(sheet, fields=(*fields, *others.values())))


def save_step(document: Mapping[str, Any], row: Row) -> Compiled:
    """Save the sheet of a document with another row in the place of its first step."""
    sheet = sheet_of(document)
    return saved(replace(sheet, steps=(row, *sheet.steps[1:])))


def save_rest(document: Mapping[str, Any], row: Row) -> Compiled:
    """Save the sheet of a document with other inputs beside its fields and steps."""
    return saved(replace(sheet_of(document), rest=row))


def property_of(found: Compiled, name: str) -> Any:
    """Return a property of what was made."""
    return found.document["state_schema"]["properties"][name]


def complaints(found: Compiled) -> dict[str, str]:
    """Return what is wrong, by the places; nobody is told the same twice."""
    assert len(set(found.mistakes)) == len(found.mistakes)
    return {mistake.place: mistake.message for mistake in found.mistakes}
