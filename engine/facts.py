"""What became true: the values from which the layers above make events. Past tense, nothing else happens to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from engine.definition import NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """Values were given; whether or not any of them counted."""

    type: ClassVar[str] = "workflow.submitted"
    source: str
    set: Mapping[str, Any] = NOTHING
    cleared: tuple[str, ...] = ()
    appended: Mapping[str, Mapping[int, Any]] = NOTHING
    removed: Mapping[str, tuple[int, ...]] = NOTHING
    corrected: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()
    invalidated: Mapping[str, str] = NOTHING
    skipped: tuple[str, ...] = ()
    acknowledged: tuple[str, ...] = ()
    outdated_actions: tuple[str, ...] = ()
    """Steps whose action is to be asked for anew, because its inputs are others."""
    parked: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    rejected: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataChanged:
    """The client changed what it keeps with the workflow; only which keys is told."""

    type: ClassVar[str] = "workflow.metadata_changed"
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCompleted:
    """A step that was open is complete."""

    type: ClassVar[str] = "workflow.step_completed"
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Activated:
    """The workflow takes the slot of its conversation."""

    type: ClassVar[str] = "workflow.activated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The workflow gave the slot of its conversation up and keeps everything."""

    type: ClassVar[str] = "workflow.paused"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """A paused workflow took the slot of its conversation again."""

    type: ClassVar[str] = "workflow.resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """A failed workflow was asked to end again; `is_changed` tells whether something else may come of it."""

    type: ClassVar[str] = "workflow.retried"
    is_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The person confirmed what was collected."""

    type: ClassVar[str] = "workflow.confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndActionRequested:
    """All is collected; what must leave the building is asked for.

    `step` is that of an ending in the middle; `again` marks the same request once more, after it failed.
    """

    type: ClassVar[str] = "workflow.end_action_requested"
    action: str
    target: str
    step: str | None = None
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRequested:
    """The server is to find a step out; `again` if the same request was made before, under the same key."""

    type: ClassVar[str] = "workflow.action_requested"
    step: str
    run: int
    digest: str
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCompleted:
    """What a step asked the server for is done, and its answer counts."""

    type: ClassVar[str] = "workflow.action_completed"
    step: str
    run: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFailure:
    """What a step asked the server for is not done, or done to no use, or nobody knows; `status` says which."""

    type: ClassVar[str] = "workflow.action_failed"
    step: str
    run: int
    status: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOutdated:
    """A result came that nothing waits for any more; it changes nothing."""

    type: ClassVar[str] = "workflow.action_outdated"
    step: str
    run: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """The workflow came to its end."""

    type: ClassVar[str] = "workflow.completed"
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The workflow could not come to its end; the data is kept."""

    type: ClassVar[str] = "workflow.failed"
    code: str
    reason: str
    step: str | None = None
    """The step whose action failed, if that is why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Somebody ended the workflow before its end."""

    type: ClassVar[str] = "workflow.cancelled"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """The workflow ended before its end because nobody interacted with it for too long."""

    type: ClassVar[str] = "workflow.expired"
    reason: str = "expired"


type Fact = (
    Submitted
    | MetadataChanged
    | StepCompleted
    | Activated
    | Paused
    | Resumed
    | Retried
    | Confirmed
    | EndActionRequested
    | ActionRequested
    | ActionCompleted
    | ActionFailure
    | ActionOutdated
    | Completed
    | Failed
    | Cancelled
    | Expired
)
