"""Quoting data for a model: JSON in a fence that no value can break, with nothing in it that cannot be seen."""

import json
import re
from collections.abc import Mapping
from typing import Any

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

OPENED, CLOSED = "<data>", "</data>"

# What fences and markers of roles are made of, and what looks like it.
_TELLING = re.compile("[<>`\u2039\u203a\u276c-\u2771\u27e8\u27e9\u3008\u3009\ufe64\ufe65\uff1c\uff1e\uff40]")

# Printable to Python, and yet nothing that a reader sees.
_INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0e\uffa0\U000e0100-\U000e01ef]")


def fenced(members: Mapping[str, Any]) -> str:
    """Return members as one JSON object in a fence, each on a line of its own."""
    lines = ",\n".join(f"{quoted(name)}: {quoted(value)}" for name, value in members.items())
    return f"{OPENED}\n{{\n{lines}\n}}\n{CLOSED}"


def quoted(value: Any) -> str:
    """Return a value as JSON on one line, in which no character can end a fence, hide, or turn the direction."""
    text = compact(value)
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else _escaped(sign) for sign in text)
    text = _TELLING.sub(lambda found: _escaped(found[0]), text)
    return text if text.isascii() else _INVISIBLE.sub(lambda found: _escaped(found[0]), text)


def compact(value: Any) -> str:
    """Return a value as JSON without spaces, every letter as it is."""
    return _ENCODER.encode(value)


def _escaped(sign: str) -> str:
    """Return a character as JSON escapes it (RFC 8259, section 7): beyond the first plane as a pair."""
    return json.dumps(sign)[1:-1] if ord(sign) > 0x7E else f"\\u{ord(sign):04x}"
