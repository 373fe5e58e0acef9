"""All tools there are, in the order in which clients list them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.http import HttpRequest

from conversations.mcp.callers import needed
from conversations.mcp.calling import act, look
from conversations.mcp.confirming import confirm
from conversations.mcp.listing import LIST_WORKFLOWS
from conversations.mcp.tools import ServedTool
from conversations.toolschema.dialects import Dialect
from conversations.toolschema.toolnames import ToolName
from conversations.toolschema.tools import tools_for
from engine.evidence import MAX_MESSAGE

type Arguments = Mapping[str, Mapping[str, Any]]

# As long as the columns that they are stored in.
_NAME: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 255}
_CONVERSATION = {
    "conversation_id": {
        **_NAME,
        "description": "Your name for this conversation. Make one up that no other conversation has, with a dozen "
        "random characters in it, and keep to it.",
    }
}
_PERSON: Arguments = {
    "user_id": {
        **_NAME,
        "description": "The id or name of the person you talk with, the same each time they come back.",
    },
    "user_type": {**_NAME, "description": "What kind of user the person is, if the key is for several kinds."},
}
_MESSAGE: Arguments = {
    "message": {
        "type": "string",
        "maxLength": MAX_MESSAGE,
        "description": "What the person said last, in their words; what evidence quotes is looked for in it.",
    }
}
_REVISION: Arguments = {
    "expected_revision": {
        "type": "integer",
        "minimum": 0,
        "description": "The revision in the context that you have seen: nothing is changed if it is another now. "
        "Needed with append, which would add twice if it came twice.",
    }
}
_TOKEN: Arguments = {
    "token": {
        "type": "string",
        "maxLength": 1000,
        "description": "The token of the summary that the person agreed to. Leave it out at first: where it is "
        "possible, the person is then asked directly, and else the answer says what to show them.",
    }
}

_LISTED = {tool["name"]: tool for tool in tools_for(None, Dialect.MCP).tools}


def _acting(
    name: ToolName,
    carry_out: Callable[[HttpRequest, dict[str, Any]], Mapping[str, Any]] | None = None,
    *,
    more: Arguments,
    required: tuple[str, ...] = (),
    access: str = "workflow-acts",
) -> ServedTool:
    """Return a tool that acts, as all dialects describe it, with what only clients of the protocol must say."""
    listed = _LISTED[name]
    asked = listed["inputSchema"]
    of_model = {key: part for key, part in asked["properties"].items() if key not in more}
    demanded = [key for key in asked.get("required", ()) if key not in more or key in required]
    return ServedTool(
        name=name,
        title=listed["title"],
        description=listed["description"],
        arguments={**more, **of_model},
        required=tuple(dict.fromkeys((*required, *demanded))),
        access=needed(access, "POST"),
        destroys=listed["annotations"]["destructiveHint"],
        carry_out=carry_out or partial(_act, name),
    )


def _act(name: ToolName, request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    return act(request, name, given)


GET_CONTEXT = ServedTool(
    name="get_workflow_context",
    title="Look where things stand",
    description="Return where a conversation stands: what was collected, what is missing and what to ask next, or "
    "which workflows can be started. Call it when you come to a conversation; every act answers the same.",
    arguments={**_CONVERSATION, **_PERSON},
    required=("conversation_id",),
    access=needed("contexts", "GET"),
    reads_only=True,
    may_be_repeated=True,
    carry_out=look,
)

TOOLS: tuple[ServedTool, ...] = (
    LIST_WORKFLOWS,
    _acting(
        ToolName.START,
        more={**_CONVERSATION, **_PERSON},
        required=("conversation_id", "user_id"),
        access="workflows",
    ),
    GET_CONTEXT,
    _acting(ToolName.SUBMIT, more={**_CONVERSATION, **_MESSAGE, **_REVISION}, required=("conversation_id",)),
    _acting(ToolName.CONFIRM, confirm, more={**_CONVERSATION, **_TOKEN}, required=("conversation_id",)),
    _acting(ToolName.CANCEL, more=_CONVERSATION, required=("conversation_id",)),
    _acting(ToolName.SWITCH, more={**_CONVERSATION, **_PERSON}, required=("conversation_id",)),
)
