"""The rows of a sheet as the page shows them: each with its form, the rows inside it, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from authoring.editor.forms import FORMS, RowForm
from authoring.sheet.rows import ONLY, Mistake, Row
from authoring.sheet.whole import FIELDS, REST, STEPS, Sheet, base_text

NEW_KEY, NEW_PREFIX = "__key__", "__prefix__"
"""What stands in a row that is copied for every new one; the page's script puts the real ones in its place."""

_SINGLE = frozenset({"when", "check", "action", "end_action"})
_INSIDE: Mapping[str, tuple[str, ...]] = {
    "field": ("choices", "columns", "messages", "when"),
    "columns": ("choices",),
    "when": ("rows", "groups"),
    "check": ("rows", "groups"),
    "groups": ("rows",),
    "step": ("when", "rules", "action", "end_action"),
    "rules": ("check",),
    "action": ("headers", "body", "arguments", "state", "result"),
    "end_action": ("headers", "body", "arguments", "state", "result"),
    "document": ("prerequisites", "end_action"),
}
"""Which rows stand inside a row."""

_PAGES: Mapping[str, str] = {
    "choices": "choice",
    "columns": "column",
    "messages": "message",
    "rows": "comparison",
    "groups": "group",
    "rules": "rule",
    "headers": "pair",
    "body": "pair",
    "arguments": "pair",
    "state": "carried",
    "result": "filled",
    "prerequisites": "prerequisite",
}

_FRESH: Mapping[str, Mapping[str, str]] = {
    "field": {"kind": "text", "required": "on"},
    "columns": {"kind": "text", "required": "on"},
    "rows": {"op": "==", "side": "value"},
    "groups": {"mode": "any"},
    "check": {"mode": "all"},
    "step": {"kind": "ask"},
    "action": {"type": "none"},
    "end_action": {"type": "none"},
}
"""What a new row says."""


@dataclass(frozen=True)
class Page:
    """What all rows of a page share: what fields are called, and what is wrong with which input."""

    labels: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sheet: Sheet, mistakes: Sequence[Mistake] = ()) -> "Page":
        """Return what the rows of a sheet share."""
        labels = {row.key: row.text("label") or row.text("was") for row in sheet.fields}
        return cls(labels, {mistake.place: mistake.message for mistake in reversed(mistakes)})

    def rows(self, place: str, rows: Sequence[Row], prefix: str) -> list["RowView"]:
        """Return rows as they are shown; a place for one row has one."""
        found = rows if rows or place not in _SINGLE else (Row(key=ONLY, texts={**_FRESH.get(place, {}), "mode": ""}),)
        return [RowView(self, place, row, f"{prefix}-{row.key}") for row in found]

    def sheet(self, sheet: Sheet) -> dict[str, Any]:
        """Return the rows of a whole sheet."""
        return {
            "fields": self.rows("field", sheet.fields, FIELDS),
            "steps": self.rows("step", sheet.steps, STEPS),
            "document": RowView(self, "document", sheet.rest, f"{REST}-{sheet.rest.key}"),
        }


@dataclass(frozen=True)
class RowView:
    """One row as the page shows it."""

    page: Page
    place: str
    row: Row
    prefix: str

    @cached_property
    def form(self) -> RowForm:
        """The inputs of the row."""
        return FORMS[self.place](self.row, self.prefix, self.page.labels)

    @property
    def page_name(self) -> str:
        """The HTML page of this kind of row."""
        return f"authoring/editor/_{_PAGES.get(self.place, self.place)}.html"

    @property
    def container(self) -> str:
        """The beginning of the names of all rows beside this one."""
        return self.prefix.rpartition("-")[0]

    @property
    def base(self) -> str:
        """What the row was made of, as the page carries it."""
        return base_text(self.row)

    @cached_property
    def parts(self) -> dict[str, list["RowView"]]:
        """The rows inside this one, by the places they stand in."""
        return {
            name: self.page.rows(name, self.row.rows(name), f"{self.prefix}-{name}")
            for name in _INSIDE.get(self.place, ())
        }

    def named(self, several: str) -> list[dict[str, str]]:
        """Return the fields that an input with several values holds, as key and label."""
        labels = self.page.labels
        return [{"key": key, "label": labels.get(key, key.lstrip("?"))} for key in self.row.chosen(several)]

    def mistake(self, name: str) -> str:
        """Return what is wrong with an input; empty if nothing is."""
        return self.page.mistakes.get(f"{self.prefix}-{name}", "")


def new_rows() -> Iterator[RowView]:
    """Return a row of each kind to copy for new ones."""
    page = Page()
    for place in FORMS:
        if place not in _SINGLE and place != "document":
            row = Row(key=NEW_KEY, texts=_FRESH.get(place, {}), parts=_fresh_parts(place))
            yield RowView(page, place, row, f"{NEW_PREFIX}-{NEW_KEY}")


def _fresh_parts(place: str) -> dict[str, tuple[Row, ...]]:
    return {
        name: (Row(texts=_FRESH.get(name, {}), parts=_fresh_parts(name)),)
        for name in _INSIDE.get(place, ())
        if name in _SINGLE
    }
