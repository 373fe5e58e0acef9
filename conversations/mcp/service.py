"""The server as it stands at `/mcp/`: who may enter, and all there is."""

from typing import Any

from django.http import HttpRequest

from conversations.mcp import prompts, resources
from conversations.mcp.callers import caller_of, denied, let_in, may, needed
from conversations.mcp.catalogue import TOOLS
from conversations.mcp.refusals import words_of
from conversations.mcp.server import WorkflowServer

INSTRUCTIONS = (
    "Workflows find out, step by step, what an author wants to know. You talk with the person; the service decides "
    "what counts, what is missing and what to ask next. Make up a conversation_id for each conversation, that no "
    "other has, and keep to it. Hand over what the person said with submit_data, and ask what ask_next says. "
    "Never make a value up."
)

_NEEDED = {tool.name: tool.access for tool in TOOLS}
_READING = needed("templates", "GET")


def _capabilities(request: HttpRequest) -> dict[str, Any]:
    """Return what there is for a caller; who may not read templates is not invited to ask for them."""
    of_templates: dict[str, Any] = {"prompts": {}, "resources": {}}
    return {"tools": {}, **(of_templates if may(caller_of(request), _READING) else {})}


def _denial(request: HttpRequest, tool: str) -> str:
    return words_of(denied(_NEEDED[tool]))


server = WorkflowServer(
    name="workflows",
    title="Workflows",
    version="1",
    instructions=INSTRUCTIONS,
    auth=let_in,
    methods={**prompts.METHODS, **resources.METHODS},
    capabilities=_capabilities,
    explain_denial=_denial,
)
for tool in TOOLS:
    tool.serve(server)
