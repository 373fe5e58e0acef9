"""Carrying out what a model called: one act of the same services as every other surface, and the context after it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conversations import acts
from conversations.acts import Call, Conversation
from conversations.contexts import Wanted, conversation_context
from conversations.errors import PersonUnknown
from conversations.toolschema.arguments import read, tool_named
from conversations.toolschema.toolnames import ToolName
from engine.definition import NOTHING
from engine.errors import DomainError
from instances.acting import Acting
from permissions.errors import UserTypeNotFound, UserTypeRequired

type Act = Callable[[Conversation, Call, Acting], dict[str, Any]]

CLIENTS_FAULT = (PersonUnknown, UserTypeNotFound, UserTypeRequired)
"""What no model can mend: who calls for it said too little."""

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
    """What a model called; `arguments` as it came, an object or its text. `message` is what the person said last."""

    name: str
    arguments: Any = NOTHING
    message: str | None = None


def carry_out(
    conversation: Conversation, call: ToolCall, acting: Acting, *, wanted: Wanted, base_url: str = ""
) -> dict[str, Any]:
    """Carry out one call and return what came of it, with all that the next turn needs.

    What the model can mend, or can do nothing about, is answered as `error`, in words that say what to do next.

    :raises DomainError: one of `CLIENTS_FAULT`: it is for whoever calls for the model to mend
    """
    acting = replace(acting, caller=replace(acting.caller, is_model=True))
    result, error = None, None
    try:
        result = _carried_out(conversation, call, acting)
    except CLIENTS_FAULT:
        raise
    except DomainError as refused:
        error = {"code": refused.code, "message": _NEXT.get(refused.code, refused.message)}
    context = conversation_context(
        conversation.id,
        acting.caller,
        wanted=wanted,
        user_id=conversation.user_id,
        user_type=conversation.user_type,
        user_type_id=conversation.user_type_id,
        base_url=base_url,
    )
    return {"tool": call.name, "result": result, "error": error, "context": context}


def _carried_out(conversation: Conversation, call: ToolCall, acting: Acting) -> dict[str, Any]:
    tool = tool_named(call.name)
    arguments = read(tool, call.arguments)
    return _ACTS[tool](conversation, Call(arguments=arguments, message=call.message), acting)
