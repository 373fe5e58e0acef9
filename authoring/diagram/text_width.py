"""How wide text will be, without measuring it: as wide as in a wide font (DejaVu Sans), so that nothing runs over."""

import re
from collections.abc import Mapping

MAX_READ = 2000
"""Longer texts are cut before anybody looks at them: a diagram is no place for a book."""

ELLIPSIS = "…"
BOLD = 1.12
"""So much wider are bold letters."""
NO_BREAK = "\u00a0"
"""The space at which no line is broken."""

_WIDTHS: Mapping[str, float] = {
    letter: width
    for width, letters in (
        (0.34, f"ijlI.,:;'|!` {NO_BREAK}"),
        (0.42, "frtJ()[]/\\-"),
        (0.52, '"“”„{}*\u2018\u2019'),
        (0.86, "ABCDEFGHKLNOPQRSTUVXYZ#&+<=>~^$"),
        (1.05, "mwMW@%…—"),
    )
    for letter in letters
}
_ROUNDING = 0.01
_LATIN = 0.66
_OTHER = 1.05
_PICTURE = 1.5
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # controls, and what turns the direction
_SPACES = re.compile(rf"[^\S{NO_BREAK}]+")


def clean(text: str) -> str:
    """Return text as it can be shown on a line: without line breaks, control characters and halves of pairs."""
    whole = _SPACES.sub(" ", text[:MAX_READ].encode("utf-8", "replace").decode()).strip()
    return _INVISIBLE.sub("", whole)


def text_width(text: str, size: float, *, is_bold: bool = False) -> float:
    """Return the most room that a line of text will take at a font size, in its unit."""
    return sum(map(_width, text)) * size * (BOLD if is_bold else 1)


def wrap(text: str, size: float, *, room: float, most: int = 1000, is_bold: bool = False) -> tuple[str, ...]:
    """Return text as lines that fit into this room; of more than the most, the last ends in an ellipsis."""
    lines: list[str] = []
    line = ""
    for word in clean(text).split(" "):
        if len(lines) > most:
            break
        longer = f"{line} {word}" if line else word
        if text_width(longer, size, is_bold=is_bold) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, size, room=room, is_bold=is_bold)
        lines += full
    lines.append(line)
    if len(lines) <= most:
        return tuple(lines)
    return (*lines[: most - 1], _shortened(lines[most - 1], size, room=room, is_bold=is_bold))


def _shortened(line: str, size: float, *, room: float, is_bold: bool) -> str:
    while line and text_width(line + ELLIPSIS, size, is_bold=is_bold) > room:
        line = line[:-1]
    return line.rstrip() + ELLIPSIS


def _broken(word: str, size: float, *, room: float, is_bold: bool) -> list[str]:
    """Return the pieces of a word, each as long as fits; the last may be followed by other words."""
    pieces, width = [""], 0.0
    for letter in word:
        more = text_width(letter, size, is_bold=is_bold)
        if pieces[-1] and width + more > room - _ROUNDING:
            pieces.append("")
            width = 0.0
        pieces[-1] += letter
        width += more
    return pieces


def _width(letter: str) -> float:
    if letter in _WIDTHS:
        return _WIDTHS[letter]
    code = ord(letter)
    return _LATIN if code < 0x250 else _OTHER if code < 0x1F000 else _PICTURE
