"""Names made from what people read: `date_of_birth` from "Date of birth", and a pattern from an example."""

import re
import unicodedata
from collections.abc import Container
from itertools import count, groupby

_LETTERS_THAT_DO_NOT_FALL_APART = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d"}
)
MAX_NAME = 60


def name_from(label: str, *, taken: Container[str] = (), otherwise: str = "item") -> str:
    """Return a name of small letters, digits and underscores that no other thing has.

    >>> name_from("Date of birth", taken={"date_of_birth"})
    'date_of_birth_2'
    """
    spelt = unicodedata.normalize("NFKD", label.lower().translate(_LETTERS_THAT_DO_NOT_FALL_APART)).lower()
    plain = "".join(letter for letter in spelt if not unicodedata.combining(letter))
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:MAX_NAME].strip("_") or otherwise
    if stem not in taken:
        return stem
    return next(name for number in count(2) if (name := f"{stem}_{number}") not in taken)


def pattern_of(example: str) -> str:
    """Return the pattern of everything that looks like an example: as many digits and letters in the same places.

    >>> pattern_of("AB-123")
    '^[A-Z]{2}-[0-9]{3}$'
    """
    parts = []
    for kind, letters in groupby(example, key=_kind_of):
        found = list(letters)
        if not kind:
            parts.append(re.sub(r"([\\^$.|?*+()\[\]{}/])", r"\\\1", "".join(found)))
        else:
            parts.append(kind + (f"{{{len(found)}}}" if len(found) > 1 else ""))
    return f"^{''.join(parts)}$"


def _kind_of(letter: str) -> str:
    if letter in "0123456789":
        return "[0-9]"
    if "A" <= letter <= "Z":
        return "[A-Z]"
    return "[a-z]" if "a" <= letter <= "z" else ""
