"""A whole context: everything that a model needs to know now, in one value."""

from typing import Any

from conversations.briefing import members as parts
from conversations.briefing.actions import START, SWITCH, allowed
from conversations.briefing.budget import Members, fitted
from conversations.briefing.dynamic import dynamic_prompt
from conversations.briefing.facts import Around, Resumable, Startable
from engine.definition import Definition
from engine.possible import not_applicable
from engine.progress import Position, Progress
from engine.workflow import next_of


def context(
    definition: Definition,
    progress: Progress,
    position: Position,
    around: Around,
    *,
    stable: str,
    max_chars: int | None,
) -> dict[str, Any]:
    """Return what a model needs to know of a workflow, the tools aside."""
    members: Members = {
        "workflow": _workflow(definition, progress, position, around),
        "progress": parts.progress_member(definition, progress, position),
        "current_step": parts.current_step(progress, position),
        "ask_next": parts.asked(definition, progress, position, around),
        "missing": parts.missing(definition, position),
        "optional": parts.optional(definition, position),
        "filled": parts.filled(definition, progress, position, around),
        "rejected": parts.rejected(definition, progress, position, around.rejected),
        "unmet": parts.unmet(position),
        "not_applicable": list(not_applicable(definition, position)),
        "say": parts.said(around.say),
        **allowed(definition, progress, position, around),
        "confirmation": around.confirmation,
        "resumable": _resumable(around.resumable),
        "switchable": list(around.switchable),
        "page": {"url": around.page.url, "expires_at": around.page.expires_at} if around.page else None,
    }
    return _finished(members, stable=stable, max_chars=max_chars)


def context_without_workflow(
    startable: tuple[Startable, ...],
    resumable: tuple[Resumable, ...],
    *,
    may_start: bool,
    may_resume: bool,
    stable: str,
    max_chars: int | None,
) -> dict[str, Any]:
    """Return what a model needs to know in a conversation in which no workflow is active, the tools aside."""
    actions = [
        name for name, is_so in {START: may_start and startable, SWITCH: may_resume and resumable}.items() if is_so
    ]
    members: Members = {
        "workflow": None,
        "startable": [_startable(found) for found in startable],
        "resumable": _resumable(resumable),
        "allowed_actions": actions,
    }
    return _finished(members, stable=stable, max_chars=max_chars)


def _finished(members: Members, *, stable: str, max_chars: int | None) -> dict[str, Any]:
    def finish(told: Members) -> Members:
        return {**told, "prompt": {"stable": stable, "dynamic": dynamic_prompt(told)}}

    return fitted(members, finish, max_chars=max_chars)


def _workflow(definition: Definition, progress: Progress, position: Position, around: Around) -> dict[str, Any]:
    return {
        "id": around.id,
        "template": around.template,
        "version": around.version,
        "status": str(progress.status),
        "revision": around.revision,
        "next": str(next_of(definition, progress, position)),
        "waiting_for": list(around.waiting_for),
        "outcome": around.outcome,
        "failure_code": around.failure_code or None,
        "expires_at": around.expires_at,
    }


def _resumable(found: tuple[Resumable, ...]) -> list[dict[str, str]]:
    return [{"id": one.id, "template": one.template, "paused_at": one.paused_at} for one in found]


def _startable(found: Startable) -> dict[str, Any]:
    told = {"workflow": found.workflow, "description": found.description, "category": found.category}
    return {**told, "requires": list(found.requires)} if found.requires else told
