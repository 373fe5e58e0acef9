"""Contexts of stored workflows and of conversations: reads what surrounds them, and hands it to the pure builders."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from conversations.around import around
from conversations.briefing.context import context, context_without_workflow
from conversations.briefing.locales import DEFAULT
from conversations.briefing.stable import of_version, stable_prompt_of, stable_prompt_without_workflow
from conversations.offers import has_room, may_act, may_start, offers_in, paused_in
from conversations.parties import Party
from conversations.tools import tools_of
from conversations.toolschema.dialects import Dialect
from conversations.toolschema.tools import tools_for
from engine.definition import Definition
from engine.progress import Position, locate
from engine.report import Report
from engine.saying import Say
from instances.acting import Done
from instances.models import Workflow
from registry.definitions import definition_of, remembered
from rest.callers import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a context is wanted: for which kind of tools, in which language, and within how many characters."""

    dialect: Dialect = Dialect.OPENAI
    locale: str = DEFAULT
    max_chars: int | None = None


def context_of(
    workflow: Workflow,
    definition: Definition,
    caller: Caller,
    *,
    wanted: Wanted,
    position: Position | None = None,
    report: Report | None = None,
    say: Iterable[Say] | None = None,
    base_url: str = "",
) -> dict[str, Any]:
    """Return what a model needs to know of a workflow now, whoever asks for it.

    After an act, `report` says what was refused and `say` what is to be told; see :func:`context_after`.
    """
    progress = workflow.progress
    where = position or locate(definition, progress)
    model = replace(caller, is_model=True)
    facts = around(workflow, definition, progress, where, model, report=report, say=say, base_url=base_url)
    # There are as many locales as callers think of, so what is remembered must not depend on them.
    version = remembered(workflow.version_id, "prompt", lambda: of_version(definition))
    stable = stable_prompt_of(version, dialect=wanted.dialect, locale=wanted.locale)
    told = context(definition, progress, where, facts, stable=stable, max_chars=wanted.max_chars)
    tools = tools_of(workflow.version_id, definition, wanted.dialect).tools
    return {**told, "tools": [*tools]}


def context_after(done: Done, caller: Caller, *, wanted: Wanted, base_url: str = "") -> dict[str, Any]:
    """Return what a model needs to know after an act."""
    return context_of(
        done.workflow,
        done.definition,
        caller,
        wanted=wanted,
        position=done.decision.position,
        report=done.decision.report,
        say=done.decision.say,
        base_url=base_url,
    )


def conversation_context(party: Party, caller: Caller, *, wanted: Wanted, base_url: str = "") -> dict[str, Any]:
    """Return the context of what is active of a person in a conversation, or what this person may start in it."""
    conversation_id = party.conversation_id
    active = party.workflows(caller).active_in(conversation_id).in_brief().first()
    if active is not None:
        return context_of(active, definition_of(active.version_id), caller, wanted=wanted, base_url=base_url)
    is_free = has_room(conversation_id)
    told = context_without_workflow(
        offers_in(party.person),
        paused_in(conversation_id, party.person),
        may_start=is_free and may_start(caller),
        may_resume=is_free and may_act(caller),
        stable=stable_prompt_without_workflow(dialect=wanted.dialect, locale=wanted.locale),
        max_chars=wanted.max_chars,
    )
    return {**told, "tools": [*tools_for(None, wanted.dialect).tools]}
