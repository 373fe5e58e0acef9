"""Rows of inputs: what is shown of a part of a document, and what comes back from a form."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Protocol

from engine.conditions import same

MAX_ROWS = 5000
ONLY = "only"
"""The key of a row that stands alone in its place: the condition of a step, say."""

NOT_WHOLE = "This form is not whole. Load the page again."

_KEY = re.compile(r"[A-Za-z0-9]{1,20}", re.ASCII)
_NUMBERED = re.compile(r"[fsk](\d{1,6})", re.ASCII)
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Posted(Protocol):
    """The inputs of a form; Django's `QueryDict` is one."""

    def __contains__(self, key: object, /) -> bool:
        """Tell whether there is an input of this name."""

    def getlist(self, key: str) -> list[Any]:
        """Return the values of all inputs of this name, in the order of the page."""


class BrokenForm(Exception):
    """What was posted is not what one of our pages posts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What inputs a row has: texts, those with several values, and rows of its own."""

    texts: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    parts: Mapping[str, "Shape"] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A part of a document as inputs. A checked box is the text `on`, an empty one the empty text."""

    key: str = ONLY
    base: Any = None
    """The part of the document that the row was made of, or None for a new row."""
    texts: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    several: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    parts: Mapping[str, tuple["Row", ...]] = field(default_factory=lambda: _NOTHING)

    def text(self, name: str) -> str:
        """Return the text of an input."""
        return self.texts.get(name, "")

    def is_on(self, name: str) -> bool:
        """Tell whether a box is checked."""
        return self.text(name) != ""

    def chosen(self, name: str) -> tuple[str, ...]:
        """Return what is chosen in an input that takes several."""
        return self.several.get(name, ())

    def rows(self, name: str) -> tuple["Row", ...]:
        """Return the rows in one place inside this one."""
        return self.parts.get(name, ())

    @property
    def number(self) -> int | None:
        """The number among its like with which the page was opened; None for a row that was added since."""
        found = _NUMBERED.fullmatch(self.key)
        return int(found[1]) if found else None

    def only(self, name: str) -> "Row":
        """Return the row that stands alone in this place; an empty one if it is not there."""
        return next(iter(self.rows(name)), Row())

    def says_the_same_as(self, other: "Row") -> bool:
        """Tell whether two rows have the same inputs; where they are on the page is another matter."""
        names = self.parts.keys() | other.parts.keys()
        return (
            _given(self.texts) == _given(other.texts)
            and _given(self.several) == _given(other.several)
            and all(are_same(self.rows(name), other.rows(name)) for name in names)
        )


def _given[T](inputs: Mapping[str, T]) -> dict[str, T]:
    return {name: value for name, value in inputs.items() if value}


def are_same(rows: Sequence[Row], before: Sequence[Row]) -> bool:
    """Tell whether rows say the same in the same order, and are made of the same parts."""
    return len(rows) == len(before) and all(
        row.says_the_same_as(was) and same(row.base, was.base) for row, was in zip(rows, before, strict=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What is wrong with one input; `place` is its name in the form."""

    place: str
    message: str


class Misfit(Exception):
    """A text is not what its input asks for; the message tells what is."""


def shown(text: Any, *, lines: bool = False) -> str:
    """Return a text as a browser gives it back: a single line loses its line breaks, other lines end in one way."""
    if not isinstance(text, str):
        return ""
    return text.replace("\r\n", "\n").replace("\r", "\n") if lines else text.replace("\r", "").replace("\n", "")


def read_rows(posted: Posted, prefix: str, shape: Shape, *, base_of: Callable[[str], Any]) -> tuple[Row, ...]:
    """Return the rows posted under a prefix, in the order of the page.

    `base_of` reads the JSON text of a base.

    :raises BrokenForm: a key is none, or occurs twice, or there are too many rows
    """
    return _Reading(posted, base_of).rows(prefix, shape)


class _Reading:
    """Reads the rows of one form, and counts them."""

    def __init__(self, posted: Posted, base_of: Callable[[str], Any]) -> None:
        self.posted, self.base_of, self.count = posted, base_of, 0

    def rows(self, prefix: str, shape: Shape) -> tuple[Row, ...]:
        keys = self.posted.getlist(f"{prefix}-keys")
        self.count += len(keys)
        if self.count > MAX_ROWS:
            raise BrokenForm(f"There are more than {MAX_ROWS} rows on this page.")
        if len(set(keys)) != len(keys) or not all(_KEY.fullmatch(key) for key in keys):
            raise BrokenForm(NOT_WHOLE)
        return tuple(self._row(f"{prefix}-{key}", key, shape) for key in keys)

    def _row(self, prefix: str, key: str, shape: Shape) -> Row:
        posted = self.posted
        return Row(
            key=key,
            base=self.base_of(text_of(posted, f"{prefix}-base")),
            texts={name: text_of(posted, f"{prefix}-{name}") for name in shape.texts},
            several={name: tuple(map(str, posted.getlist(f"{prefix}-{name}"))) for name in shape.several},
            parts={name: self.rows(f"{prefix}-{name}", part) for name, part in shape.parts.items()},
        )


def text_of(posted: Posted, name: str) -> str:
    """Return the text of one input, its lines ended in one way; the empty text if it was not posted."""
    if name not in posted:  # as most are not: a browser's script leaves out what is empty
        return ""
    values = posted.getlist(name)
    return shown(str(values[-1]), lines=True) if values else ""


def keyed(rows: Sequence[Row], letter: str) -> tuple[Row, ...]:
    """Return rows with keys of their own: a letter and a number."""
    return tuple(replace(row, key=f"{letter}{number}") for number, row in enumerate(rows, start=1))
