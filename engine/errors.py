"""The one error tree of the project: five kinds, and what the engine itself refuses. It knows no HTTP."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any, ClassVar


class DomainError(Exception):
    """Something the caller asked for cannot be done; the message says what to do next.

    Clients rely on `code` and `details`, never on the text.
    """

    code: ClassVar[str] = "error"
    retry_after: ClassVar[int | None] = None
    """Seconds after which the same request may succeed, if waiting helps."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, Any] = details


class Invalid(DomainError):
    """What was sent is wrong in itself (HTTP 400)."""

    code = "invalid"


class Forbidden(DomainError):
    """The caller is known and may not do this (HTTP 403)."""

    code = "forbidden"


class NotFound(DomainError):
    """There is no such thing, or not for this caller (HTTP 404)."""

    code = "not_found"


class Conflict(DomainError):
    """What was sent is right, but not for what is stored now (HTTP 409)."""

    code = "conflict"


class PreconditionFailed(DomainError):
    """What the caller made a condition of the request is no longer so (HTTP 412)."""

    code = "precondition_failed"


class WorkflowNotStarted(Conflict):
    """The workflow is created and waits to be activated."""

    code = "workflow_not_started"


class WorkflowPaused(Conflict):
    """The workflow is paused; it takes nothing until it is resumed."""

    code = "workflow_paused"


class WorkflowFinishing(Conflict):
    """All is collected and the end action is under way."""

    code = "workflow_finishing"


class WorkflowEnded(Conflict):
    """The workflow is completed, failed or cancelled."""

    code = "workflow_ended"


class WorkflowAlreadyActive(Conflict):
    """The workflow is active already; there is nothing to activate."""

    code = "workflow_already_active"


class RevisionConflict(Conflict):
    """Somebody else wrote in between; read again and decide anew."""

    code = "revision_conflict"

    def __init__(self, *, expected: int, actual: int) -> None:
        super().__init__(
            f"You expected revision {expected}, but revision {actual} is stored. Read it again and decide anew.",
            expected_revision=expected,
            revision=actual,
        )


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return the known name nearest to a misspelt one, or None when none is near. It looks at a thousand at most."""
    return next(iter(get_close_matches(word[:100], islice(known, 1000), cutoff=0.7)), None)
