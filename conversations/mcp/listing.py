"""The tool that says which workflows there are to start."""

from typing import Any

from django.http import HttpRequest

from conversations.mcp.callers import caller_of, needed
from conversations.mcp.offers import brief, offered_to, page_of
from conversations.mcp.tools import ServedTool

# A model reads all of them.
PAGE = 50

_NAME = {"type": "string", "minLength": 1, "maxLength": 255}


def _list(request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    caller = caller_of(request)
    found = offered_to(caller)
    if "user_type" in given:
        found = found.granted_to(given["user_type"], among=caller.user_type_ids)
    if "search" in given:
        found = found.matching(given["search"])
    page = page_of(found, given.get("cursor"), size=PAGE)
    return {
        "workflows": [
            {"workflow": template.name, "description": brief(template), "category": template.category}
            for template in page.templates
        ],
        "next_cursor": page.next_cursor,
    }


LIST_WORKFLOWS = ServedTool(
    name="list_workflows",
    title="List workflows",
    description="List the workflows that can be started, by name. Start one with start_workflow.",
    arguments={
        "user_type": {**_NAME, "description": "Only those that this kind of user may start."},
        "search": {**_NAME, "description": "Only those whose name, description or category contains this."},
        "cursor": {**_NAME, "maxLength": 2000, "description": "The next_cursor of the page before."},
    },
    access=needed("templates", "GET"),
    reads_only=True,
    may_be_repeated=True,
    carry_out=_list,
)
