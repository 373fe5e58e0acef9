"""One resource for each template that the caller may read: what it asks, as data."""

import json
from collections.abc import Mapping, Set
from typing import Any
from urllib.parse import quote, unquote

from django.http import HttpRequest

from conversations.mcp.callers import caller_of, check_may, needed
from conversations.mcp.offers import brief, offered_to, page_of, version_of
from conversations.mcp.server import Method
from conversations.toolschema.toolnames import ToolName
from conversations.toolschema.tools import parameters_of
from conversations.toolschema.words import blanked
from engine.definition import Step
from registry.definitions import definition_of
from registry.errors import TemplateNotFound
from registry.models import TemplateVersion

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
    text = json.dumps(_shown(version), ensure_ascii=False)
    return {"contents": [{"uri": uri, "mimeType": MEDIA_TYPE, "text": text}]}


def _shown(version: TemplateVersion) -> dict[str, Any]:
    """Return a template as a model may see it: without what is ours, and without what no model may ask for."""
    definition = definition_of(version.pk)
    asked = parameters_of(ToolName.SUBMIT, definition)["properties"].get("data", {"properties": {}})
    return {
        "workflow": version.template.name,
        "version": version.number,
        "description": version.template.description,
        "guidelines": definition.guidelines,
        "steps": [_step(step, among=asked["properties"].keys()) for step in definition.steps],
        "state_schema": {"type": "object", "properties": asked["properties"]},
    }


def _step(step: Step, *, among: Set[str]) -> dict[str, Any]:
    return {
        "id": step.id,
        "name": blanked(step.name),
        "description": blanked(step.description),
        "required": step.required,
        "fields": [name for name in step.fields if name in among],
    }


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
