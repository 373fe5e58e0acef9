"""How a step says which reusable step it was made from: `"uses": "address@3"`, and `"prefix"` for its fields."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from engine.findings import Finding, pointer
from engine.parts import Parts

MAX_SLUG = 50
MAX_PREFIX = 50

SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
PREFIX = re.compile(r"[A-Za-z0-9_]*")
_USE = re.compile(rf"({SLUG.pattern})@([1-9][0-9]{{0,8}})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One version of a reusable step, as a step names it."""

    slug: str
    number: int

    def __str__(self) -> str:
        return f"{self.slug}@{self.number}"

    @classmethod
    def parse(cls, text: Any) -> Self | None:
        """Return what a text names, or None if it is not written like `address@3`."""
        match = _USE.fullmatch(text) if isinstance(text, str) else None
        return cls(slug=match[1], number=int(match[2])) if match and len(match[1]) <= MAX_SLUG else None


def is_slug(text: Any) -> bool:
    """Tell whether a text may be the name of a reusable step."""
    return isinstance(text, str) and len(text) <= MAX_SLUG and SLUG.fullmatch(text) is not None


def is_prefix(text: Any) -> bool:
    """Tell whether names of fields may begin with this."""
    return isinstance(text, str) and len(text) <= MAX_PREFIX and PREFIX.fullmatch(text) is not None


def uses_in(document: Any) -> Iterator[tuple[int, Mapping[str, Any], Use]]:
    """Return the steps of any document, finished or not, that name a reusable step, each with its place."""
    match document:
        case {"steps": list(steps)}:
            for index, step in enumerate(steps):
                used = Use.parse(step.get("uses")) if isinstance(step, Mapping) else None
                if used is not None:
                    yield index, step, used


def check(parts: Parts) -> Iterator[Finding]:
    """Return what is wrong with how the well-formed steps of a document name reusable ones."""
    for index, step in parts.steps:
        place, uses, prefix = pointer("steps", index), step.get("uses"), step.get("prefix")
        if uses is not None and Use.parse(uses) is None:
            words = "Name a reusable step and its version like 'address@3'."
            yield Finding(rule="bad_uses", path=place + "/uses", step=step["id"], message=words)
        if prefix is not None and not is_prefix(prefix):
            words = f"A prefix is made of at most {MAX_PREFIX} letters, digits and underscores, like 'home_'."
            yield Finding(rule="bad_prefix", path=place + "/prefix", step=step["id"], message=words)
        elif prefix and uses is None:
            words = "A prefix says how the fields of a reusable step are named here. Add uses, or take the prefix out."
            yield Finding(rule="bad_prefix", path=place + "/prefix", step=step["id"], message=words)
