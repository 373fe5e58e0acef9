"""A template as a picture: where its boxes, arrows and words stand. Numbers only; the page draws them.

The way runs down a line at the left. What always happens stands on that line; what happens only sometimes stands beside
it, on a branch of its own with its condition on the arrow, and the line goes on past it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from urllib.parse import quote

from authoring.diagram.outline import Kind, Outline, Part, outline
from authoring.diagram.shapes import Shape, arrowhead, shape
from authoring.diagram.text_width import text_width, wrap

WIDTH = 400.0
SPINE = 36.0
LEFT, RIGHT = 12.0, 376.0
BRANCH, BESIDE = 112.0, 130.0
"""Where what stands beside the line begins, and where the arrow comes down to it."""
BUS = 388.0
"""Where the branches of a fork come together again."""
GAP, PAD, ROUND = 22.0, 10.0, 16.0
DIAMOND = 8.0
TITLE, TEXT, SMALL = 13.0, 11.5, 10.5
MOST_LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text; `role` says how it looks: title, text or small."""

    text: str
    x: float
    y: float
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A thing in the picture; those of steps have the id and the number of theirs."""

    shape: Shape
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...] = ()
    is_optional: bool = False
    step: str | None = None
    number: int | None = None
    sentence: str = ""

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.y + self.height

    @property
    def step_in_url(self) -> str:
        """The id of its step as a part of an address; an id may hold anything."""
        return quote(self.step or "", safe="")

    @property
    def path(self) -> str:
        """Its outline, as SVG draws it."""
        return shape(self.shape, x=self.x, y=self.y, width=self.width, height=self.height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words on an arrow."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A line from corner to corner, and what is said on it; `is_open` if it only leads to another line."""

    points: tuple[tuple[float, float], ...]
    label: Label | None = None
    is_open: bool = False

    @property
    def path(self) -> str:
        """The line, as SVG draws it."""
        return "M" + " L".join(f"{x:g} {y:g}" for x, y in self.points)

    @property
    def head(self) -> str:
        """Its point, as SVG draws it; nothing, if it has none."""
        return "" if self.is_open else arrowhead(self.points[-2], self.points[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """A picture and the same in words."""

    name: str
    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    sentences: tuple[str, ...]


def layout(document: Any) -> Diagram:
    """Return the picture of any JSON value that is, or is to become, a template document."""
    found = outline(document)
    drawing = _Drawing()
    drawing.put("Start", Shape.START)
    if found.needs:
        drawing.put("Before it can start", Shape.NEEDS, text=_capital(found.needs))
    for fork in _forks(found.steps):
        if fork[0][0].condition:
            drawing.branch(fork)
        else:
            drawing.step(fork[0][0])
    _finish(drawing, found)
    return Diagram(
        name=found.name,
        width=WIDTH,
        height=drawing.y + PAD,
        boxes=tuple(drawing.boxes),
        arrows=tuple(drawing.arrows),
        sentences=found.sentences,
    )


type _Arm = list[Part]
"""Steps one after the other under the same condition, and then perhaps some that can only follow on these."""


def _runs(parts: tuple[Part, ...]) -> Iterator[_Arm]:
    for _, run in groupby(parts, key=lambda part: part.when if part.condition else part.number):
        yield list(run)


def _forks(parts: tuple[Part, ...]) -> list[list[_Arm]]:
    """Put arms together of which at most one is taken: their conditions are different choices of one field."""
    forks: list[list[_Arm]] = []
    for run in _runs(parts):
        choice = run[0].choice
        before = [arm[0].choice for arm in forks[-1]] if forks else []
        if forks and _follows(run, forks[-1][-1], parts):
            forks[-1][-1].extend(run)
        elif choice is not None and before and all(other is not None and choice.excludes(other) for other in before):
            forks[-1].append(run)
        else:
            forks.append([run])
    return forks


def _follows(run: _Arm, arm: _Arm, parts: tuple[Part, ...]) -> bool:
    """Tell whether steps apply only where those of an arm did: they need an answer that nothing else asks for."""
    is_plain = all(part.when == arm[0].when for part in arm)
    if not arm[0].condition or not is_plain or arm[-1].kind is Kind.ENDING:
        return False
    elsewhere = {name for part in parts if part not in arm for name in part.asked}
    return any(name in run[0].needed and name not in elsewhere for part in arm for name in part.asked)


def _finish(drawing: "_Drawing", found: Outline) -> None:
    if found.left_out:
        drawing.put(f"… and {found.left_out} more steps", Shape.PLAIN)
    if found.must_confirm:
        drawing.put("Confirmation", Shape.CONFIRMATION, text="The person looks at all answers and confirms them")
    drawing.put("The end", Shape.END, text=_capital(found.finish))


@dataclass(slots=True)
class _Drawing:
    """What is drawn so far; `y` is where there is room, `loose_end` where the line breaks off that goes on."""

    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    y: float = PAD
    loose_end: float | None = None

    def put(self, title: str, kind: Shape, *, text: str = "") -> None:
        """Put a box on the line that is no step."""
        self._on_line(_box(kind, title, x=LEFT, y=self._below(), text=text))

    def step(self, part: Part) -> None:
        """Put a step on the line."""
        box = _step_box(part, x=LEFT, y=self._below())
        self._on_line(box)
        if part.kind is Kind.ENDING:
            self.loose_end = None

    def branch(self, arms: list[_Arm]) -> None:
        """Put steps beside the line, and the line past them."""
        top = self._below()
        fork = Box(shape=Shape.FORK, x=SPINE - DIAMOND, y=top, width=2 * DIAMOND, height=2 * DIAMOND)
        self._on_line(fork)
        outs: list[Box] = []
        for number, arm in enumerate(arms):
            at = top + DIAMOND if number == 0 else self.y + GAP / 2
            outs += self._arm(arm, start=(SPINE + DIAMOND if number == 0 else SPINE, at))
        last = self.boxes[-1]
        join = last.bottom + GAP / 2
        self.arrows += _ways_back(outs, join=join, is_only=outs == [last])
        otherwise = _label("otherwise", x=SPINE + 6, y=last.y + last.height / 2, room=BRANCH - SPINE - 10)
        self.arrows.append(Arrow(points=((SPINE, fork.bottom), (SPINE, join)), label=otherwise, is_open=True))
        self.y = self.loose_end = join

    def _arm(self, arm: _Arm, *, start: tuple[float, float]) -> list[Box]:
        """Draw one branch; return the boxes from which ways lead back: its last, and any that others may follow."""
        outs: list[Box] = []
        way: tuple[tuple[float, float], ...] = (start, (BESIDE, start[1]))
        for before, part in zip((None, *arm[:-1]), arm, strict=True):
            at, label = way[-1][1], None
            y = at + GAP
            if before is None or before.when != part.when:
                label = _label(f"Only if {part.condition}", x=BESIDE + 8, y=at + 4, room=RIGHT - BESIDE - 8)
                y = label.y + label.height + 8
                outs += [] if before is None else [self.boxes[-1]]
            self.boxes.append(_step_box(part, x=BRANCH, y=y))
            if before is None or before.kind is not Kind.ENDING:
                self.arrows.append(Arrow(points=(*way, (BESIDE, y)), label=label))
            self.y = self.boxes[-1].bottom
            way = ((BESIDE, self.y),)
        return outs if arm[-1].kind is Kind.ENDING else [*outs, self.boxes[-1]]

    def _below(self) -> float:
        return self.y + GAP if self.boxes else self.y

    def _on_line(self, box: Box) -> None:
        if self.loose_end is not None:
            self.arrows.append(Arrow(points=((SPINE, self.loose_end), (SPINE, box.y))))
        self.boxes.append(box)
        self.y = self.loose_end = box.bottom


def _ways_back(boxes: list[Box], *, join: float, is_only: bool) -> Iterator[Arrow]:
    """Lead the ways out of the branches back to the line; the piece of it that they share is drawn once."""
    for number, box in enumerate(boxes):
        if is_only:
            yield Arrow(points=((BESIDE, box.bottom), (BESIDE, join), (SPINE, join)))
            continue
        middle = box.y + box.height / 2
        corner = ((RIGHT, middle), (BUS, middle))
        yield Arrow(points=corner, is_open=True) if number else Arrow(points=(*corner, (BUS, join), (SPINE, join)))


_TAGS = {Kind.INFORMATION: "Information", Kind.ACTION: "Found out by the server"}
_SHAPES = {
    Kind.ASKING: Shape.ASKING,
    Kind.INFORMATION: Shape.INFORMATION,
    Kind.ACTION: Shape.ACTION,
    Kind.ENDING: Shape.ENDING,
}


def _step_box(part: Part, *, x: float, y: float) -> Box:
    tags = [_TAGS[part.kind]] if part.kind in _TAGS else []
    tags += ["may be skipped"] if part.is_optional else []
    return _box(
        _SHAPES[part.kind],
        f"{part.number}. {part.name}",
        x=x,
        y=y,
        tag=_capital(" · ".join(tags)),
        text=_capital("; ".join(words for words in (part.shows, part.ends) if words)),
        part=part,
    )


def _box(
    kind: Shape, title: str, *, x: float, y: float, tag: str = "", text: str = "", part: Part | None = None
) -> Box:
    """Return a box as high as its words need; only what stands beside the line is narrower."""
    left, room = x + ROUND, RIGHT - x - 2 * ROUND
    lines: list[Line] = []
    bottom = y + PAD
    for words, role, size, most in (
        (tag, "small", SMALL, 1),
        (title, "title", TITLE, 3),
        (text, "text", TEXT, MOST_LINES),
    ):
        is_bold = role == "title"
        for line in wrap(words, size, room=room, most=most, is_bold=is_bold) if words else ():
            lines.append(Line(text=line, x=left, y=round(bottom + 0.8 * size, 1), role=role))
            bottom += round(1.3 * size, 1)
    return Box(
        shape=kind,
        x=x,
        y=y,
        width=RIGHT - x,
        height=round(bottom + PAD - 2 - y, 1),
        lines=tuple(lines),
        is_optional=part is not None and part.is_optional,
        step=part.id if part is not None else None,
        number=part.number if part is not None else None,
        sentence=part.sentence if part is not None else "",
    )


def _label(text: str, *, x: float, y: float, room: float) -> Label:
    texts = wrap(text, SMALL, room=room, most=MOST_LINES)
    height = round(1.3 * SMALL, 1)
    lines = [
        Line(text=part, x=x, y=round(y + number * height + SMALL, 1), role="small") for number, part in enumerate(texts)
    ]
    width = max(text_width(part, SMALL) for part in texts)
    return Label(x=x, y=y, width=width, height=height * len(lines), lines=tuple(lines))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
