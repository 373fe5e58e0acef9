"""What every act on a stored workflow has in common: who acts, when, on what it relies, and what it led to."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from engine.conclusion import Decision
from engine.definition import Definition
from engine.errors import PreconditionFailed, RevisionConflict
from instances.errors import WorkflowNotFound
from instances.locks import lock_person_of
from instances.models import Workflow
from rest.callers import Caller
from rest.preconditions import etag_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who acts and when, and what the caller read before deciding to.

    That is `expected_revision`, or `if_match`: the entity tags of which one must be that of the stored revision.
    """

    caller: Caller
    at: datetime
    expected_revision: int | None = None
    if_match: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A workflow as an act left it, with the decision that led there."""

    workflow: Workflow
    definition: Definition
    decision: Decision


def locked(workflow_id: UUID, acting: Acting) -> Workflow:
    """Return a workflow for this act alone to change.

    :raises WorkflowNotFound: there is none, or none for this caller
    :raises PreconditionFailed: somebody wrote since the caller read it, which says so in `If-Match`
    :raises RevisionConflict: somebody wrote since the caller read it, which says so in the body
    """
    lock_person_of(workflow_id, acting.caller)
    found = Workflow.objects.visible_to(acting.caller).with_names().locked().filter(pk=workflow_id).first()
    if found is None:
        raise WorkflowNotFound("There is no such workflow.")
    if acting.if_match is not None and etag_of(found.revision) not in acting.if_match:
        words = f"Revision {found.revision} is stored, and If-Match names another. Read it again and decide anew."
        raise PreconditionFailed(words, revision=found.revision)
    if acting.expected_revision is not None and acting.expected_revision != found.revision:
        raise RevisionConflict(expected=acting.expected_revision, actual=found.revision)
    return found


def today_of(definition: Definition, at: datetime) -> date:
    """Return the calendar date in the template's time zone."""
    return at.astimezone(ZoneInfo(definition.time_zone)).date()
