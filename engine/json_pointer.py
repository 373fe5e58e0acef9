"""What a JSON Pointer (RFC 6901) leads to in a value."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)*")  # section 3


def pointed_to(value: Any, path: str) -> Iterator[Any]:
    """Return the one value that a pointer leads to, or none: null is a value, too."""
    for part in path.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        match value:
            case Mapping() if key in value:
                value = value[key]
            case list() if _is_index(key) and int(key) < len(value):
                value = value[int(key)]
            case _:
                return
    yield value


def all_pointed_to(value: Any, paths: Mapping[str, str]) -> dict[str, Any]:
    """Return by name what each pointer leads to; what leads nowhere is left out."""
    return {name: found for name, path in paths.items() for found in pointed_to(value, path)}


def _is_index(key: str) -> bool:
    return key.isascii() and key.isdecimal() and len(key) < 10 and (key == "0" or not key.startswith("0"))
