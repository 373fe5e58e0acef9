"""What else there is in a conversation: what is paused, whether the slot is free, and what this person may start."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from conversations.briefing.facts import Resumable, Startable
from engine.conditions import Known
from engine.prerequisites import Finished, Prerequisite, unmet
from engine.progress import Status, locate
from instances.models import Person, Workflow
from permissions.policy import access_to, holds
from registry.definitions import definitions_of
from registry.models import WorkflowTemplate, WorkflowTemplateQuerySet
from rest.callers import Caller

MAX_PAUSED = 10
MAX_STARTABLE = 100
MAX_LOOKED_AT = 200
"""So many completed workflows are looked at for prerequisites, the latest first."""


def may_act(caller: Caller) -> bool:
    """Tell whether a caller may do anything to workflows, and not only look."""
    return _may_post(caller, "workflow-acts")


def may_start(caller: Caller) -> bool:
    """Tell whether a caller may start workflows; a session of the staff may have the right to act and not this one."""
    return _may_post(caller, "workflows")


def may_link(caller: Caller) -> bool:
    """Tell whether a caller may have links to the page, with which anybody acts in the person's place."""
    return _may_post(caller, "workflow-links")


def paused_in(conversation_id: str, person: Person, *, but: Workflow | None = None) -> tuple[Resumable, ...]:
    """Return what of this person is paused in a conversation, the latest first."""
    paused = Workflow.objects.of_person(person).paused_in(conversation_id)
    if but is not None and but.status == Status.PAUSED:
        paused = paused.exclude(pk=but.pk)
    rows = paused.values_list("pk", "template__name", "updated_at")[:MAX_PAUSED]
    return tuple(Resumable(id=str(pk), template=name, paused_at=moment(at)) for pk, name, at in rows)


def has_room(conversation_id: str) -> bool:
    """Tell whether the slot of a conversation is free, whosever the workflow is that could have it."""
    return not Workflow.objects.active_in(conversation_id).exists()


def switchable(workflow: Workflow) -> tuple[str, ...]:
    """Return the names of the other templates that the person may start."""
    others = _startable(workflow.person).exclude(pk=workflow.template_id)
    return tuple(others.values_list("name", flat=True)[:MAX_STARTABLE])


def offers_in(person: Person) -> tuple[Startable, ...]:
    """Return what this person may start, and what must be completed first; for nobody in particular, all of it."""
    rows = list(_startable(person).values("name", "description", "category", "prerequisites")[:MAX_STARTABLE])
    wanted = {row["name"]: [Prerequisite.from_document(source) for source in row["prerequisites"]] for row in rows}
    finished = _finished(person, [one for found in wanted.values() for one in found])
    return tuple(
        Startable(
            workflow=row["name"],
            description=row["description"],
            category=row["category"],
            requires=unmet(wanted[row["name"]], lambda one: finished.get(one.template, ())),
        )
        for row in rows
    )


def moment(at: datetime) -> str:
    """Return a time as answers write it."""
    return at.isoformat().replace("+00:00", "Z")


def _may_post(caller: Caller, route: str) -> bool:
    access = access_to(route, "POST")
    return access is not None and holds(access, scopes=caller.scopes, permissions=caller.permissions)


def _startable(person: Person) -> WorkflowTemplateQuerySet:
    granted = WorkflowTemplate.objects.published().granted_to(person.user_type_id)
    return granted.filter(is_active=True).order_by("name")


def _finished(person: Person, wanted: Iterable[Prerequisite]) -> Mapping[str, list[Finished]]:
    """Return what this person has completed of these templates, with as many queries for many as for one."""
    names = {one.template for one in wanted}
    if not names or not person.user_id:
        return {}
    completed = Workflow.objects.of_person(person).filter(status=Status.COMPLETED, template__name__in=names)
    rows = list(completed.select_related("template").order_by("-ended_at", "id")[:MAX_LOOKED_AT])
    found: dict[str, list[Finished]] = {}
    for name, one in _as_finished(rows):
        found.setdefault(name, []).append(one)
    return found


def _as_finished(rows: list[Workflow]) -> Iterator[tuple[str, Finished]]:
    definitions = definitions_of(row.version_id for row in rows)
    for row in rows:
        progress = row.progress
        live = locate(definitions[row.version_id], progress).live
        known = Known(values=live, today=progress.today, attempts=progress.attempts)
        yield row.template.name, Finished(outcome=row.outcome, known=known)
