"""Confirmation: the client puts the summary before its person where it can, else the model does, with a token.

Only the first proves that somebody agreed. A model can send a token by itself, as any client of the API can.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django_mcpz.elicitation import Elicitation
from django_mcpz.server import ElicitationDeclinedError, elicit

from conversations.mcp.calling import act, answer_of, context_in
from conversations.mcp.questions import NOTHING_TO_FILL_IN, question
from conversations.toolschema.toolnames import ToolName

_SHOW = "Show the person the summary in confirmation. Once they agree, call confirm_workflow again, with its token."
_LEAVE = "The person did not agree, and nothing was changed. Ask what is to be corrected."


def confirm(request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Confirm what the person agreed to: exactly what they were shown, and not what was stored since."""
    if "token" in given:
        return act(request, ToolName.CONFIRM, given)
    context = context_in(request, given)
    confirmation = context.get("confirmation")
    if confirmation is None:  # the refusal says why
        return act(request, ToolName.CONFIRM, {**given, "token": ""})
    if _asked(request).unavailable is not None:
        return _unconfirmed(context, _SHOW)
    try:
        _ask(request, context["workflow"], confirmation)
    except ElicitationDeclinedError:
        return _unconfirmed(context, _LEAVE)
    return act(request, ToolName.CONFIRM, {**given, "token": confirmation["token"]})


def _ask(request: HttpRequest, workflow: Mapping[str, Any], confirmation: Mapping[str, Any]) -> None:
    """Return if the person agreed to what is stored now; an answer to what was stored before is an answer to nothing.

    :raises ElicitationDeclinedError: they did not
    """
    elicit(request, question(confirmation), NOTHING_TO_FILL_IN, key=f"{workflow['id']} {workflow['revision']}")


def _unconfirmed(context: Mapping[str, Any], to_do: str) -> dict[str, Any]:
    told = {"outcome": "unconfirmed", "next": "confirm", "workflow": context["workflow"], "to_do": to_do}
    return answer_of({"tool": ToolName.CONFIRM, "result": told, "error": None, "context": context})


def _asked(request: HttpRequest) -> Elicitation:
    found: Elicitation = request.__dict__["mcp_elicitation"]
    return found
