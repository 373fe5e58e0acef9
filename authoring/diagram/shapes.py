"""The outlines of what a diagram shows, as SVG paths: told apart by their form, without any colour."""

from enum import StrEnum

SLANT = 8.0
INSET = 3.0


class Shape(StrEnum):
    """The forms there are."""

    START = "start"
    NEEDS = "needs"
    ASKING = "asking"
    INFORMATION = "information"
    ACTION = "action"
    ENDING = "ending"
    FORK = "fork"
    PLAIN = "plain"
    CONFIRMATION = "confirmation"
    END = "end"


def shape(kind: Shape, *, x: float, y: float, width: float, height: float) -> str:
    """Return the outline of a form that fills this rectangle."""
    match kind:
        case Shape.START:
            return _rounded(x, y, width, height, radius=14)
        case Shape.ENDING | Shape.END:
            inner = _rounded(x + INSET, y + INSET, width - 2 * INSET, height - 2 * INSET, radius=11)
            return f"{_rounded(x, y, width, height, radius=14)} {inner}"
        case Shape.NEEDS:
            cut, right, bottom = SLANT, x + width, y + height
            corners = ((x + cut, y), (right - cut, y), (right, y + cut), (right, bottom - cut))
            return _through(*corners, (right - cut, bottom), (x + cut, bottom), (x, bottom - cut), (x, y + cut))
        case Shape.INFORMATION:
            right, bottom, fold = x + width, y + height, SLANT + 2
            sheet = _through((x, y), (right - fold, y), (right, y + fold), (right, bottom), (x, bottom))
            return f"{sheet} M{right - fold:g} {y:g} v{fold:g} h{fold:g}"
        case Shape.ACTION:
            sides = f"M{x + 6:g} {y:g} v{height:g} M{x + width - 6:g} {y:g} v{height:g}"
            return f"{_rounded(x, y, width, height, radius=2)} {sides}"
        case Shape.FORK:
            middle, centre = y + height / 2, x + width / 2
            return _through((centre, y), (x + width, middle), (centre, y + height), (x, middle))
        case Shape.CONFIRMATION:
            return _through((x + SLANT, y), (x + width, y), (x + width - SLANT, y + height), (x, y + height))
        case _:
            return _rounded(x, y, width, height, radius=4)


def arrowhead(before: tuple[float, float], end: tuple[float, float]) -> str:
    """Return the point of an arrow that comes from above or from the right."""
    x, y = end
    if before[1] == y:
        return _through((x, y), (x + 7, y - 4), (x + 7, y + 4))
    return _through((x, y), (x - 4, y - 7), (x + 4, y - 7))


def _rounded(x: float, y: float, width: float, height: float, *, radius: float) -> str:
    across, down, turn = width - 2 * radius, height - 2 * radius, f"a{radius:g} {radius:g} 0 0 1"
    return (
        f"M{x + radius:g} {y:g} h{across:g} {turn} {radius:g} {radius:g} v{down:g} {turn} {-radius:g} {radius:g} "
        f"h{-across:g} {turn} {-radius:g} {-radius:g} v{-down:g} {turn} {radius:g} {-radius:g} z"
    )


def _through(*points: tuple[float, float]) -> str:
    return "M" + " L".join(f"{x:g} {y:g}" for x, y in points) + " z"
