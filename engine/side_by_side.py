"""Two documents beside each other: the same field and the same step in the same row, each side in plain words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.conditions import same
from engine.describing import TITLES, Item, Items, described
from engine.difference import moved


class State(StrEnum):
    """How the two sides of a row differ."""

    SAME = "same"
    CHANGED = "changed"
    MOVED = "moved"
    ONLY_LEFT = "only on the left"
    ONLY_RIGHT = "only on the right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One fact on both sides, or on one of them."""

    left: str | None
    right: str | None

    @property
    def differs(self) -> bool:
        """Whether the sides say something else."""
        return self.left != self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One side of a row: what the thing is called there, if it is there, and its lines with whether each differs."""

    name: str | None
    lines: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing on both sides, or on one of them."""

    left: str | None
    """What it is called there, if it is there."""
    right: str | None
    state: State
    has_moved: bool = False
    lines: tuple[Line, ...]

    @property
    def title(self) -> str:
        """What it is called, the later name before the earlier one."""
        return self.right or self.left or ""

    @property
    def cells(self) -> tuple[Cell, Cell]:
        """What stands on the left and on the right."""
        left = tuple((line.left, line.differs) for line in self.lines if line.left is not None)
        right = tuple((line.right, line.differs) for line in self.lines if line.right is not None)
        return Cell(name=self.left, lines=left), Cell(name=self.right, lines=right)

    @property
    def differs(self) -> bool:
        """Whether the sides differ in anything."""
        return self.state is not State.SAME

    @property
    def is_renamed(self) -> bool:
        """Whether it is called something else on each side."""
        return self.left is not None and self.right is not None and self.left != self.right

    @property
    def is_opaque(self) -> bool:
        """Whether they differ in what no line says."""
        is_said = self.is_renamed or any(line.differs for line in self.lines)
        return self.state is State.CHANGED and not is_said


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of one part of the editor."""

    title: str
    rows: tuple[Row, ...]

    @property
    def differing(self) -> tuple[Row, ...]:
        """The rows that differ."""
        return tuple(row for row in self.rows if row.differs)


def side_by_side(left: Any, right: Any) -> tuple[Table, ...]:
    """Return two documents, of which either may be wrong in any way, as tables of rows."""
    lefts, rights = described(left), described(right)
    return tuple(Table(title=title, rows=tuple(_rows(lefts[part], rights[part]))) for part, title in TITLES.items())


def _rows(left: Items, right: Items) -> Iterator[Row]:
    movers = {key for key, _ in moved(list(left), list(right))}
    for key in _aligned(list(left), list(right)):
        here, there = left.get(key), right.get(key)
        yield Row(
            left=here.title if here else None,
            right=there.title if there else None,
            state=_state(here, there, has_moved=key in movers),
            has_moved=key in movers,
            lines=tuple(_lines(here.facts if here else {}, there.facts if there else {})),
        )


def _state(left: Item | None, right: Item | None, *, has_moved: bool) -> State:
    if left is None or right is None:
        return State.ONLY_RIGHT if left is None else State.ONLY_LEFT
    if not same(left.source, right.source):
        return State.CHANGED
    return State.MOVED if has_moved else State.SAME


def _lines(left: Mapping[str, str], right: Mapping[str, str]) -> Iterator[Line]:
    for key in _aligned(list(left), list(right)):
        yield Line(left=left.get(key), right=right.get(key))


def _aligned(left: Sequence[str], right: Sequence[str]) -> list[str]:
    """Return the keys of both sides in the order of the right one; what is only left stays behind what it followed."""
    kept = set(right)
    behind: dict[str | None, list[str]] = {}
    anchor: str | None = None
    for key in left:
        if key in kept:
            anchor = key
        else:
            behind.setdefault(anchor, []).append(key)
    return [*behind.get(None, ()), *(one for key in right for one in (key, *behind.get(key, ())))]
