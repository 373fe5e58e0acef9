"""One prompt for each template that the caller may read: how a model is to guide a person through it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from conversations.briefing.locales import DEFAULT
from conversations.briefing.stable import stable_prompt
from conversations.mcp.callers import caller_of, check_may, needed
from conversations.mcp.offers import brief, offered_to, page_of, version_of
from conversations.mcp.server import Method
from conversations.toolschema.dialects import Dialect
from registry.definitions import definition_of

_ACCESS = needed("templates", "GET")


def _list(request: HttpRequest, params: Mapping[str, Any]) -> dict[str, Any]:
    caller = caller_of(request)
    check_may(caller, _ACCESS)
    page = page_of(offered_to(caller), params.get("cursor"))
    found = [{"name": template.name, "description": brief(template)} for template in page.templates]
    return {"prompts": found, **page.cursor}


def _get(request: HttpRequest, params: Mapping[str, Any]) -> dict[str, Any]:
    caller = caller_of(request)
    check_may(caller, _ACCESS)
    version = version_of(caller, params["name"])
    text = stable_prompt(definition_of(version.pk), dialect=Dialect.MCP, locale=DEFAULT)
    return {
        "description": brief(version.template),
        "messages": [{"role": "user", "content": {"type": "text", "text": text}}],
    }


METHODS: Mapping[str, Method] = {
    "prompts/list": Method(answer=_list),
    "prompts/get": Method(answer=_get, named_by="name", may_be_kept=False),
}
