"""What an action would send, as an author is shown it: rendered as for sending, secrets by their names."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.definition import NOTHING, EndAction, EndActionType
from engine.rendering import Facts, Unrenderable, render_arguments, render_request

# What a real workflow has of its own: made up, so that it is seen where it would stand.
_MADE_UP: Mapping[str, Any] = {
    "id": "00000000-0000-4000-8000-000000000000",
    "version": 1,
    "conversation_id": "conversation-1",
    "user_id": "person-1",
    "metadata": {},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What would be sent, or why it could not be; texts are ready to be read."""

    kind: EndActionType
    target: str
    """What the author wrote down: an address, the name of a tool or of a template."""
    method: str = ""
    url: str = ""
    headers: Mapping[str, str] = NOTHING
    content: str = ""
    """The body of a request, or the arguments of a tool, as JSON on several lines."""
    problem: str = ""


def sending_of(action: EndAction, *, template: str, state: Mapping[str, Any]) -> Sending | None:
    """Return what an action would send with these values; None if it does nothing."""
    if action.type is EndActionType.NONE:
        return None
    facts = Facts(state=state, workflow={**_MADE_UP, "template": template})
    told = Sending(kind=action.type, target=action.target)
    try:
        return _rendered(action, facts, told)
    except Unrenderable as refusal:
        return replace(told, problem=refusal.message)


def _rendered(action: EndAction, facts: Facts, told: Sending) -> Sending:
    match action.type:
        case EndActionType.API_CALL:
            request = render_request(action, facts)
            content = "" if request.body is None else _on_lines(json.loads(request.body))
            return replace(told, method=request.method, url=request.url, headers=request.headers, content=content)
        case EndActionType.TOOL_CALL:
            return replace(told, content=_on_lines(render_arguments(action, facts)))
        case _:
            return told


def _on_lines(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
