"""The tools that act, and the one that looks: what they do is done by `conversations.calls`, as for any other model."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django_mcpz.server import ToolError

from conversations.briefing.dynamic import to_do
from conversations.calls import ToolCall, carry_out
from conversations.contexts import Wanted, conversation_context
from conversations.links import base_url_of
from conversations.mcp.callers import acting_of, caller_of
from conversations.mcp.refusals import words
from conversations.parties import Conversation, party_of
from conversations.toolschema.dialects import Dialect
from conversations.toolschema.toolnames import ToolName
from instances.errors import AppendUnprotected

WANTED = Wanted(dialect=Dialect.MCP)

# What says where a call is made and with whom; the rest is the model's to say.
_AROUND = frozenset({"conversation_id", "user_id", "user_type", "message", "expected_revision"})


def look(request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Return all that is to be known of a conversation now, with how to guide the person."""
    return _told(context_in(request, given))


def act(request: HttpRequest, name: ToolName, given: dict[str, Any]) -> dict[str, Any]:
    """Carry out one act and return what came of it.

    :raises django_mcpz.server.ToolError: nothing could be done; with the reason, and where things stand
    """
    arguments = {key: part for key, part in given.items() if key not in _AROUND}
    expected = given.get("expected_revision")
    if arguments.get("append") and expected is None:
        raise AppendUnprotected("Sent twice, append adds twice. Send the revision of the context as expected_revision.")
    done = carry_out(
        _conversation_in(given),
        ToolCall(name=name, arguments=arguments, message=given.get("message")),
        replace(acting_of(request), expected_revision=expected),
        wanted=WANTED,
        base_url=base_url_of(request),
    )
    return answer_of(done)


def answer_of(done: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a client is told of a call that was carried out.

    :raises django_mcpz.server.ToolError: nothing could be done
    """
    result, error, context = done["result"], done["error"], done["context"]
    if error is not None:
        raise ToolError(words(error["code"], error["message"], context=_told(context, is_known=True)))
    if context is None:
        return {"result": result, "context": None}
    is_known = done["tool"] not in (ToolName.START, ToolName.SWITCH) and _is_same(result["workflow"], context)
    return {"result": result, "context": _told(context, is_known=is_known)}


def context_in(request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Return the context of the conversation that a call names."""
    caller = caller_of(request)
    party = party_of(_conversation_in(given), caller)
    return conversation_context(party, caller, wanted=WANTED, base_url=base_url_of(request))


def _conversation_in(given: Mapping[str, Any]) -> Conversation:
    return Conversation(id=given["conversation_id"], user_id=given.get("user_id"), user_type=given.get("user_type"))


def _is_same(workflow: Mapping[str, Any], context: Mapping[str, Any]) -> bool:
    """Tell whether a context is of the workflow that was acted on, or of none, so that nobody needs its guidelines."""
    now = context["workflow"]
    return now is None or str(now["id"]) == str(workflow["id"])


def _told(context: Mapping[str, Any], *, is_known: bool = False) -> dict[str, Any]:
    """Return a context without what every client of the protocol has already: the tools, and the same data in words.

    How to guide the person through a workflow is said with the first answer about it, and whenever it is looked at.
    """
    told = {name: part for name, part in context.items() if name not in ("tools", "prompt")}
    told["to_do"] = to_do(context)
    if not is_known:
        told["guidelines"] = context["prompt"]["stable"]
    return told
