"""The table of acts: what can be done to a workflow in which status. Clients never set a status; they act."""

from collections.abc import Mapping
from enum import StrEnum

from engine.errors import (
    Conflict,
    WorkflowAlreadyActive,
    WorkflowEnded,
    WorkflowFinishing,
    WorkflowNotStarted,
    WorkflowPaused,
)
from engine.progress import ENDED, Status


class Act(StrEnum):
    """What can be done to a workflow."""

    SUBMIT = "submit"
    ACTIVATE = "activate"
    PAUSE = "pause"
    RESUME = "resume"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    RETRY = "retry"
    EXPIRE = "expire"
    DELETE = "delete"


_ALLOWED: Mapping[Act, frozenset[Status]] = {
    Act.SUBMIT: frozenset({Status.ACTIVE}),
    Act.ACTIVATE: frozenset({Status.CREATED}),
    Act.PAUSE: frozenset({Status.ACTIVE}),
    Act.RESUME: frozenset({Status.PAUSED}),
    Act.CONFIRM: frozenset({Status.ACTIVE}),
    Act.CANCEL: frozenset({Status.CREATED, Status.ACTIVE, Status.PAUSED, Status.FAILED}),
    Act.RETRY: frozenset({Status.ACTIVE, Status.FAILED}),
    Act.EXPIRE: frozenset({Status.CREATED, Status.ACTIVE, Status.PAUSED}),
    Act.DELETE: frozenset({Status.CREATED, *ENDED}),
}

_REFUSALS: Mapping[Status, tuple[type[Conflict], str]] = {
    Status.CREATED: (WorkflowNotStarted, "The workflow has not started. Activate it, once what it waits for is done."),
    Status.ACTIVE: (WorkflowAlreadyActive, "The workflow is active. Submit to it, or cancel it."),
    Status.PAUSED: (WorkflowPaused, "The workflow is paused. Resume it, or cancel it."),
    Status.FINISHING: (WorkflowFinishing, "All is collected and the end action is under way. Wait for its result."),
    Status.COMPLETED: (WorkflowEnded, "The workflow is completed. Start a new one."),
    Status.FAILED: (WorkflowEnded, "The workflow has failed. Retry it, or cancel it."),
    Status.CANCELLED: (WorkflowEnded, "The workflow is cancelled. Start a new one."),
}


def is_allowed(act: Act, status: Status) -> bool:
    """Tell whether the status allows an act."""
    return status in _ALLOWED[act]


def check_allowed(act: Act, status: Status) -> None:
    """Refuse an act that the status does not allow.

    :raises Conflict: the one that says which status stands in the way
    """
    if not is_allowed(act, status):
        error, message = _REFUSALS[status]
        raise error(message, act=str(act), workflow_status=str(status))
