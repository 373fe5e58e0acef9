"""What a step asks the server to find out, how far that is, and what came of it; nothing is decided here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from engine.placeholders import Source, names_in

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class ActionType(StrEnum):
    """What kind of thing the server does for a step; the values are those of end actions."""

    API_CALL = "api_call"
    TOOL_CALL = "tool_call"


class OnFailure(StrEnum):
    """What becomes of a workflow whose action failed: it fails, goes on without, or asks the person instead."""

    FAIL = "fail"
    SKIP = "skip"
    ASK = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What the server does to answer a step. `result` has, for each field, the JSON Pointer of its value in the answer.

    Only what is `idempotent` may be done again with other inputs once it may have been sent.
    """

    type: ActionType
    target: str
    config: Mapping[str, Any] = _NOTHING
    result: Mapping[str, str] = _NOTHING
    idempotent: bool = False
    must_confirm: bool = False
    on_failure: OnFailure = OnFailure.FAIL
    inputs: tuple[str, ...] = field(init=False)
    """The fields that its placeholders name; with none, all that is known when its step is entered is its input."""

    def __post_init__(self) -> None:
        """Find the inputs once: every walk asks for them."""
        named = names_in((self.target, self.config), Source.STATE)
        object.__setattr__(self, "inputs", named)


class ActionStatus(StrEnum):
    """How far a request is."""

    REQUESTED = "requested"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """Certainly not done."""
    UNUSABLE = "unusable"
    """Done, but the answer is no valid result."""
    UNKNOWN = "unknown"
    """It may have been done; nobody knows."""


FAILURES = frozenset({ActionStatus.FAILED, ActionStatus.UNUSABLE, ActionStatus.UNKNOWN})

MAY_HAVE_BEEN_SENT = frozenset(ActionStatus) - {ActionStatus.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionState:
    """What is known of the request of one step.

    `digest` is that of the inputs on the day `today`, so that the mere passing of days never makes them others.
    A retry of the same request keeps its `run`; every other request has a run of its own.
    """

    status: ActionStatus
    run: int
    digest: str
    today: date
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSucceeded:
    """It was done, and this JSON value is the answer."""

    answer: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFailed:
    """It is not tried again; unless `may_have_been_done`, it certainly was not done. The reason quotes no value."""

    code: str
    reason: str
    may_have_been_done: bool = False


type ActionResult = ActionSucceeded | ActionFailed
