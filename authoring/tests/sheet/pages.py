"""A sheet as a browser posts it: what its page's inputs hold, and nothing else."""

import json
from collections.abc import Mapping
from typing import Any

from authoring.sheet.rows import Row
from authoring.sheet.whole import Compiled, Sheet, base_text, compiled, read_sheet, sheet_of


class Form:
    """Inputs by their names, as Django's `QueryDict` gives them."""

    def __init__(self, inputs: Mapping[str, list[str]] | None = None) -> None:
        self.inputs: dict[str, list[str]] = {name: list(values) for name, values in (inputs or {}).items()}

    def add(self, name: str, value: str) -> None:
        # A browser ends all lines in one way, and gives the bytes of NUL to nobody.
        ended = value.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
        self.inputs.setdefault(name, []).append(ended)

    def __contains__(self, key: object) -> bool:
        return key in self.inputs

    def getlist(self, key: str) -> list[str]:
        return self.inputs.get(key, [])


def form_of(sheet: Sheet) -> Form:
    """Return what the page of a sheet posts."""
    form = Form()
    for prefix, rows in (("field", sheet.fields), ("step", sheet.steps), ("document", (sheet.rest,))):
        for row in rows:
            _post(form, prefix, row)
    return form


def _post(form: Form, prefix: str, row: Row) -> None:
    form.add(f"{prefix}-keys", row.key)
    at = f"{prefix}-{row.key}"
    if row.base is not None:
        form.add(f"{at}-base", base_text(row))
    for name, text in row.texts.items():
        if text:
            form.add(f"{at}-{name}", text)
    for name, texts in row.several.items():
        for text in texts:
            form.add(f"{at}-{name}", text)
    for name, rows in row.parts.items():
        for part in rows:
            _post(form, f"{at}-{name}", part)


def saved(sheet: Sheet) -> Compiled:
    """Return what is made of a sheet after it was posted."""
    return compiled(read_sheet(form_of(sheet)))


def untouched(document: Mapping[str, Any], *, published: tuple[str, ...] = ()) -> Compiled:
    """Open a document, and save it untouched."""
    return saved(sheet_of(document, published=published))


def text_of(document: Any) -> str:
    """Return the JSON of a document, which does not depend on the order of keys."""
    return json.dumps(document, sort_keys=True)


def fields_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the fields of any draft."""
    schema = document.get("state_schema")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return tuple(properties) if isinstance(properties, dict) else ()
