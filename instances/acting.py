"""What every act on a stored workflow has in common: who acts, when, on what it relies, and what it led to."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from engine.definition import Definition
from engine.errors import RevisionConflict
from engine.workflow import Decision
from instances.errors import WorkflowNotFound
from instances.locks import lock_person_of
from instances.models import Workflow
from rest.callers import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Who acts and when; `expected_revision` is what the caller read before deciding to."""

    caller: Caller
    at: datetime
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A workflow as an act left it, with the decision that led there."""

    workflow: Workflow
    definition: Definition
    decision: Decision


def locked(workflow_id: UUID, acting: Acting) -> Workflow:
    """Return a workflow for this act alone to change.

    :raises WorkflowNotFound: there is none, or none for this caller
    :raises RevisionConflict: somebody wrote since the caller read it
    """
    lock_person_of(workflow_id, acting.caller)
    found = Workflow.objects.visible_to(acting.caller).with_names().locked().filter(pk=workflow_id).first()
    if found is None:
        raise WorkflowNotFound("There is no such workflow.")
    if acting.expected_revision is not None and acting.expected_revision != found.revision:
        raise RevisionConflict(expected=acting.expected_revision, actual=found.revision)
    return found


def today_of(definition: Definition, at: datetime) -> date:
    """Return the calendar date in the template's time zone."""
    return at.astimezone(ZoneInfo(definition.time_zone)).date()
