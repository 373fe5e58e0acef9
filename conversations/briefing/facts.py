"""What a context tells that does not follow from definition and progress, handed over as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.report import Rejected
from engine.saying import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumable:
    """A paused workflow of the same person in the same conversation."""

    id: str
    template: str
    paused_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where a person gives what no model may read, and reviews and confirms everything."""

    url: str
    expires_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What surrounds a workflow. Times are texts in ISO 8601."""

    id: str
    template: str
    version: int
    revision: int
    expires_at: str | None = None
    waiting_for: tuple[str, ...] = ()
    outcome: str | None = None
    failure_code: str = ""
    has_unmet: bool = False
    """Whether something must be completed before it may begin."""
    has_room: bool = True
    """Whether the slot of the conversation is its own, or free."""
    may_act: bool = True
    """Whether whoever asks may do anything at all."""
    hidden: frozenset[str] = frozenset()
    """The fields whose values are not shown."""
    rejected: tuple[Rejected, ...] = ()
    """What the act that this answers refused."""
    say: tuple[Say, ...] = ()
    confirmation: Mapping[str, Any] | None = None
    resumable: tuple[Resumable, ...] = ()
    switchable: tuple[str, ...] = ()
    """The templates that could be started instead."""
    page: Page | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Startable:
    """A template that a person may start, and what this person must complete before it begins."""

    workflow: str
    description: str = ""
    category: str = ""
    requires: tuple[str, ...] = ()
