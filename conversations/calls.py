"""Carrying out what a model called: one act of the same services as every other surface, and the context after it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from conversations import acts
from conversations.acts import Acted, Call
from conversations.contexts import Wanted, context_after, conversation_context
from conversations.errors import PersonUnknown
from conversations.parties import Conversation, Party, party_of
from conversations.reports import report_of
from conversations.toolschema.arguments import read, tool_named
from conversations.toolschema.toolnames import ToolName
from engine.definition import NOTHING
from engine.errors import DomainError
from engine.progress import Status
from instances.acting import Acting
from instances.errors import AppendUnprotected
from instances.inclusions import after_act
from rest.callers import Caller

CLIENTS_FAULT = (PersonUnknown, AppendUnprotected)
"""What no model can mend: whoever calls for it said too little."""

type Act = Callable[[Party, Call, Acting], Acted]

_ACTS: Mapping[ToolName, Act] = {
    ToolName.START: acts.start,
    ToolName.SUBMIT: acts.submit,
    ToolName.CONFIRM: acts.confirm,
    ToolName.CANCEL: acts.cancel,
    ToolName.SWITCH: acts.switch,
}

_NEXT = {
    "active_workflow_exists": "Another workflow is active in this conversation. Go on with that one, put it aside with "
    "switch_workflow, or end it with cancel_workflow.",
    "workflow_paused": "The workflow was put aside. Go on with it with switch_workflow.",
    "confirmation_outdated": "Something changed since. Show the person the summary in the context. Once they agree, "
    "call confirm_workflow with the token that came with it.",
    "revision_conflict": "Something changed since. Look at the context, and decide anew.",
    "not_granted": "This person may not use that workflow. Offer one that the context lists.",
}
"""What a model reads where the words for programs would not help it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """What a model called; `arguments` as it came, an object or its text. `message` is what the person said last.

    Unless it `is_protected` against being sent twice, what would then be done twice is not done at all.
    """

    name: str
    arguments: Any = NOTHING
    message: str | None = None
    is_protected: bool = True


def carry_out(
    conversation: Conversation, call: ToolCall, acting: Acting, *, wanted: Wanted, base_url: str = ""
) -> dict[str, Any]:
    """Carry out one call and return what came of it, with all that the next turn needs.

    What the model can mend, or can do nothing about, is answered as `error`, in words that say what to do next. The
    context is None if something was done, and how things stand now cannot be told.

    :raises PersonUnknown: a workflow is to be started, and whoever calls for the model did not say for whom
    :raises AppendUnprotected: it appends, and nothing would tell a second delivery of it from the first
    :raises UserTypeRequired: nobody said of which kind the person is
    :raises UserTypeNotFound: there is no such kind, or it is not the caller's
    """
    model = replace(acting.caller, is_model=True)
    party = party_of(conversation, model)
    acted, error = None, None
    try:
        acted = _carried_out(party, call, replace(acting, caller=model))
    except CLIENTS_FAULT:
        raise
    except DomainError as refused:
        error = {"code": refused.code, "message": _NEXT.get(refused.code, refused.message)}
    context = partial(_context, party, acted, model, wanted=wanted, base_url=base_url)
    return {
        "tool": call.name,
        "result": report_of(acted, model) if acted else None,
        "error": error,
        "context": after_act(context) if acted else context(),
    }


def _carried_out(party: Party, call: ToolCall, acting: Acting) -> Acted:
    tool = tool_named(call.name)
    arguments = read(tool, call.arguments)
    if arguments.get("append") and not call.is_protected:
        raise AppendUnprotected("Sent twice, append adds twice. Send an Idempotency-Key, or the expected_revision.")
    return _ACTS[tool](party, Call(arguments=arguments, message=call.message), acting)


def _context(party: Party, acted: Acted | None, model: Caller, *, wanted: Wanted, base_url: str) -> dict[str, Any]:
    """Return what the next turn needs: of the workflow that was acted on while it goes on, else of the conversation."""
    if acted is not None and acted.done.workflow.status == Status.ACTIVE:
        return context_after(acted.done, model, wanted=wanted, base_url=base_url)
    return conversation_context(party, model, wanted=wanted, base_url=base_url)
