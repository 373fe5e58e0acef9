"""Objects as rows of a name and what it has: headers, what a request carries, what an answer fills, words by reason."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from authoring.sheet.references import Place
from authoring.sheet.rows import Row, Shape, are_same, keyed, shown
from engine import strict_json

PAIR = Shape(texts=("name", "value"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """How the entries of an object are rows. The base of a row is the pair of its name and what it has."""

    letter: str
    name_input: str
    """The input that says the name."""
    show: Callable[[str, Any], Row]
    read: Callable[[Row, Place], tuple[str, Any] | None]
    """Return the entry that a row states; None if there is a mistake, which it has noted, or nothing in the row."""
    twice: str
    """What is said about a name that another row has."""

    def rows(self, source: Any) -> tuple[Row, ...]:
        """Return a row for each entry of an object."""
        entries = source.items() if isinstance(source, Mapping) else ()
        return keyed([_with_base(self.show(name, part), name, part) for name, part in entries], self.letter)

    def object(self, rows: Sequence[Row], place: Place, *, before: Any) -> Any:
        """Return the object that rows state; what was, if nothing was changed."""
        if are_same(rows, self.rows(before)):
            return before
        kept = {row.key: row.base for row in rows if self._is_unchanged(row)}
        names = {entry[0] for entry in kept.values()}
        found: list[tuple[str, Any]] = []
        for row in rows:
            entry = kept.get(row.key) or self._read(row, place.below(row.key), names)
            if entry is not None:
                names.add(entry[0])
                found.append((entry[0], entry[1]))
        return dict(found)

    def _is_unchanged(self, row: Row) -> bool:
        return _is_entry(row.base) and row.says_the_same_as(self.show(*row.base))

    def _read(self, row: Row, place: Place, names: set[str]) -> tuple[str, Any] | None:
        """Return the entry that a row states: as it was where something is wrong."""
        if not any(text.strip() for text in row.texts.values()):
            return None
        entry = self.read(row, place)
        if entry is not None and entry[0] in names:
            place.complain(self.name_input, self.twice)
            entry = None
        if entry is None and _is_entry(row.base) and row.base[0] not in names:
            return row.base[0], row.base[1]
        return entry


def _is_entry(base: Any) -> bool:
    return isinstance(base, list) and len(base) == 2 and isinstance(base[0], str)


def as_it_was(row: Row, text: str, *, number: int = 0) -> str:
    """Return a text, or what an entry had in its place (its name is 0) if that looks the same in an input."""
    was = row.base[number] if _is_entry(row.base) else text
    return was if isinstance(was, str) and shown(was).strip() == text else text


def _with_base(row: Row, name: str, part: Any) -> Row:
    return Row(base=[name, part], texts=row.texts)


def _show_pair(name: str, value: Any) -> Row:
    return Row(texts={"name": shown(name), "value": _text(value)})


def _text(value: Any) -> str:
    """Return a value as its input holds it: what is no text as a developer would write it."""
    return shown(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _read_pair(row: Row, place: Place) -> tuple[str, Any] | None:
    name = row.text("name").strip()
    if not name:
        place.complain("name", "Give this a name.")
        return None
    was = row.base[1] if _is_entry(row.base) else ""
    return as_it_was(row, name), _value(row.text("value"), was)


def _value(text: str, was: Any) -> Any:
    """Return the value that a text is: what it was, if only it looks the same; no text where it was none, if it can."""
    if _text(was) == text:
        return was
    if isinstance(was, str):
        return text
    try:
        return strict_json.loads(text)
    except strict_json.UnreadableJson:
        return text


PAIRS = Entries(letter="p", name_input="name", show=_show_pair, read=_read_pair, twice="This name appears twice.")
