"""What became of everything in a submission."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.definition import NOTHING


class Outcome(StrEnum):
    """What became of a submission as a whole."""

    APPLIED = "applied"
    PARTIAL = "partial"
    REJECTED = "rejected"
    NOOP = "noop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A refused value, or a step that cannot be skipped or acknowledged; `attempts` counts a field's refusals.

    `path` is the JSON Pointer of the spot in the submission, where it is deeper than the field.
    """

    code: str
    message: str
    field: str | None = None
    step: str | None = None
    path: str | None = None
    attempts: int | None = None
    awaits_values: bool = False
    """Whether the message is the author's, with placeholders to be filled in with what is stored after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """Something given that changes nothing and is no mistake."""

    reason: str
    field: str | None = None
    step: str | None = None
    path: str | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A stored value that gave way to another."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Coerced:
    """A value that was stored as it was read, and not as it was sent."""

    field: str
    sent: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalidated:
    """A stored value that was taken out because what it depends on changed."""

    field: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of everything in a submission; list entries go by the ids that the engine gave them."""

    outcome: Outcome = Outcome.NOOP
    accepted: tuple[str, ...] = ()
    appended: Mapping[str, tuple[int, ...]] = NOTHING
    removed: Mapping[str, tuple[int, ...]] = NOTHING
    coerced: tuple[Coerced, ...] = ()
    corrected: tuple[Corrected, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    invalidated: tuple[Invalidated, ...] = ()
    parked: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    completed_steps: tuple[str, ...] = ()


EMPTY_REPORT = Report()
