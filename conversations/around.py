"""What surrounds a stored workflow, read with two queries, or three if it is not active, whatever its size."""

from collections.abc import Iterable

from django.utils import timezone

from conversations.briefing.facts import Around, Page
from conversations.links import page_link
from conversations.offers import has_room, may_act, may_link, may_start, moment, paused_in, switchable
from engine.asking import to_ask
from engine.definition import Definition, Sensitivity
from engine.progress import Position, Progress, Status
from engine.report import Report
from engine.saying import Say, to_say
from engine.workflow import Next, next_of, waiting_for
from instances.confirmation import confirmation_of
from instances.masking import is_masked
from instances.models import Workflow
from rest.callers import Caller

_HEARD = frozenset({Status.ACTIVE, Status.FINISHING, Status.COMPLETED})


def around(
    workflow: Workflow,
    definition: Definition,
    progress: Progress,
    position: Position,
    model: Caller,
    *,
    report: Report | None,
    say: Iterable[Say] | None,
    base_url: str,
) -> Around:
    """Return what a model is told of a workflow beside what follows from its progress."""
    name, number = workflow.made_of
    is_to_confirm = next_of(definition, progress, position) is Next.CONFIRM
    needs_page = is_to_confirm or _asks_in_private(definition, progress, position)
    to_tell = to_say(position, progress.said) if say is None and progress.status in _HEARD else say or ()
    return Around(
        id=str(workflow.pk),
        template=name,
        version=number,
        revision=workflow.revision,
        expires_at=moment(workflow.expires_at) if workflow.expires_at else None,
        waiting_for=_waiting_for(workflow, position),
        outcome=workflow.outcome or None,
        failure_code=(workflow.failure or {}).get("code", ""),
        has_unmet=bool(workflow.unmet_prerequisites),
        has_room=progress.status is Status.ACTIVE or has_room(workflow.conversation_id),
        may_act=may_act(model),
        hidden=frozenset(name for name in definition.fields if is_masked(definition, name, model)),
        rejected=report.rejected if report else (),
        say=tuple(to_tell),
        confirmation=confirmation_of(workflow, definition, position, model) if is_to_confirm else None,
        resumable=paused_in(workflow.conversation_id, workflow.person, but=workflow),
        switchable=switchable(workflow) if may_start(model) else (),
        page=_page(workflow, base_url) if needs_page and may_link(model) else None,
    )


def _asks_in_private(definition: Definition, progress: Progress, position: Position) -> bool:
    """Tell whether something is to be found out that no model may be told."""
    if progress.status is not Status.ACTIVE:
        return False
    names = {*position.missing, *(found.field for found in to_ask(definition, progress, position))}
    return any(definition.fields[name].sensitive is Sensitivity.NEVER_LLM for name in names)


def _page(workflow: Workflow, base_url: str) -> Page:
    link = page_link(workflow, base_url=base_url, at=timezone.now())
    return Page(url=link.url, expires_at=moment(link.expires_at))


def _waiting_for(workflow: Workflow, position: Position) -> tuple[str, ...]:
    """Return the step whose action is under way, or what must be completed first."""
    if workflow.status == Status.CREATED:
        return tuple(workflow.unmet_prerequisites)
    return waiting_for(position) if workflow.status == Status.ACTIVE else ()
