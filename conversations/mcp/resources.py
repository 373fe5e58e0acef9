"""One resource for each template that the caller may read: what it asks, as data."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from django.http import HttpRequest

from conversations.mcp.callers import caller_of, check_may, needed
from conversations.mcp.offers import brief, offered_to, page_of, version_of
from conversations.mcp.server import Method
from registry.errors import TemplateNotFound

MEDIA_TYPE = "application/json"
PREFIX = "workflow://templates/"

_ACCESS = needed("templates", "GET")


def uri_of(name: str) -> str:
    """Return the address of a template."""
    return PREFIX + quote(name, safe="")


def _list(request: HttpRequest, params: Mapping[str, Any]) -> dict[str, Any]:
    caller = caller_of(request)
    check_may(caller, _ACCESS)
    page = page_of(offered_to(caller), params.get("cursor"))
    found = [
        {
            "uri": uri_of(template.name),
            "name": template.name,
            "description": brief(template),
            "mimeType": MEDIA_TYPE,
        }
        for template in page.templates
    ]
    return {"resources": found, **page.cursor}


def _list_templates(request: HttpRequest, params: Mapping[str, Any]) -> dict[str, Any]:
    check_may(caller_of(request), _ACCESS)
    described = {
        "uriTemplate": PREFIX + "{name}",
        "name": "workflow template",
        "description": "Guidelines, steps and state schema of a workflow template.",
        "mimeType": MEDIA_TYPE,
    }
    return {"resourceTemplates": [described]}


def _read(request: HttpRequest, params: Mapping[str, Any]) -> dict[str, Any]:
    caller = caller_of(request)
    check_may(caller, _ACCESS)
    uri = params["uri"]
    version = version_of(caller, _name_in(uri))
    text = json.dumps({"workflow": version.template.name, "version": version.number}, ensure_ascii=False)
    return {"contents": [{"uri": uri, "mimeType": MEDIA_TYPE, "text": text}]}


def _name_in(uri: str) -> str:
    name = unquote(uri.removeprefix(PREFIX), errors="replace")
    if not uri.startswith(PREFIX) or "\x00" in name:
        raise TemplateNotFound(f"There is no such resource. They are at {PREFIX}<name>.")
    return name


METHODS: Mapping[str, Method] = {
    "resources/list": Method(answer=_list),
    "resources/templates/list": Method(answer=_list_templates),
    "resources/read": Method(answer=_read, named_by="uri"),
}
