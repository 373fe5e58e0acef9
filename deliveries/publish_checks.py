"""What must be true of the world outside before a template is published that reaches for it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings

from deliveries.addresses import judge_url
from deliveries.hosts import host_of
from deliveries.models import Secret
from deliveries.tools import Tool, every_tool, find_tool
from engine.definition import EndActionType
from engine.errors import did_you_mean
from engine.findings import Finding, Severity, pointer
from engine.placeholders import PLACEHOLDER, Source, names_in, placeholders_in
from engine.references import PlacedAction, actions
from engine.schema import compile_schema, violations
from registry.publish_checks import Publisher

SCOPE = "tools:use"
USE_TOOLS = "deliveries.use_tools"


def tools_fit(document: Mapping[str, Any], publisher: Publisher) -> Iterable[Finding]:
    """Check that tools are there, are given what they take, and are used by whoever may."""
    for placed in actions(document):
        if placed.action.type is EndActionType.TOOL_CALL:
            yield from _tool_findings(placed, publisher)


def _tool_findings(placed: PlacedAction, publisher: Publisher) -> Iterator[Finding]:
    name = placed.action.target
    found = find_tool(name)
    if found is None:
        near = did_you_mean(name, [tool.name for tool in every_tool()])
        hint = f" Did you mean {near!r}?" if near else " GET /api/tools lists them."
        yield Finding(
            rule="unknown_target",
            severity=Severity.WARNING,
            path=placed.path_target,
            message=f"There is no tool {name!r} yet. Until there is, workflows that call it will fail.{hint}",
            suggestion=near,
        )
        if not publisher.holds(USE_TOOLS, scope=SCOPE):
            words = f"Naming a tool that is not there yet needs the permission {USE_TOOLS} or the scope {SCOPE}."
            yield Finding(rule="tool_not_permitted", path=placed.path_target, message=words)
        return
    if found.permission and not publisher.holds(found.permission, scope=SCOPE):
        words = f"Publishing a use of {name!r} needs the permission {found.permission} or the scope {SCOPE}."
        yield Finding(rule="tool_not_permitted", path=placed.path_target, message=words)
    yield from _argument_findings(found, placed)


def _argument_findings(tool: Tool, placed: PlacedAction) -> Iterator[Finding]:
    """Check the names of arguments, and the values of those that hold no placeholder."""
    given: Mapping[str, Any] = placed.action.config.get("arguments", {})
    path = placed.path_config + "/arguments"
    known: Mapping[str, Any] = tool.arguments["properties"]
    for name in tool.arguments["required"]:
        if name not in given:
            words = f"{tool.name} needs the argument {name!r}."
            yield Finding(rule="missing_argument", path=path, message=words)
    for name, value in given.items():
        if name not in known:
            near = did_you_mean(name, known)
            hint = f"Did you mean {near!r}?" if near else f"It takes: {', '.join(known) or 'none'}."
            words = f"{tool.name} has no argument {name!r}. {hint}"
            yield Finding(rule="unknown_argument", path=path + pointer(name), message=words, suggestion=near)
        elif not any(placeholders_in(value)):
            for found in violations(compile_schema(known[name]), value):
                words = f"{tool.name} cannot use this as {name!r}: {found.keyword}."
                yield Finding(rule="unfit_argument", path=path + pointer(name, *found.path), message=words)


def urls_may_be_reached(document: Mapping[str, Any], _: Publisher) -> Iterable[Finding]:
    """Check that requests go where they may: to public addresses over https, or to what the operator allows.

    A name is not resolved for this: what it leads to is judged whenever it is dialled.
    """
    for placed in actions(document):
        if placed.action.type is EndActionType.API_CALL:
            for code, words in judge_url(placed.action.target, allow=settings.EGRESS_ALLOW):
                yield Finding(rule=f"url_{code}", path=placed.path_target, message=words)


def secrets_may_be_sent(document: Mapping[str, Any], _: Publisher) -> Iterable[Finding]:
    """Check that secrets are there, and are sent only to the hosts that they are bound to."""
    calls = [placed for placed in actions(document) if placed.action.type is EndActionType.API_CALL]
    wanted = {name for placed in calls for name in names_in(dict(placed.action.config), Source.SECRET)}
    stored = {secret.name: secret for secret in Secret.objects.named(wanted)} if wanted else {}
    for placed in calls:
        host, port = host_of(PLACEHOLDER.sub("", placed.action.target))
        for path, name in _uses(placed):
            if name not in stored:
                words = f"There is no secret {name!r}. An operator stores it with PUT /api/secrets/{name}."
                yield Finding(rule="unknown_secret", path=path, message=words)
            elif not stored[name].may_go_to(host, port):
                words = f"The secret {name!r} is not bound to {host} (port {port}). An operator can add the host."
                yield Finding(rule="secret_not_for_host", path=path, message=words)


def _uses(placed: PlacedAction) -> Iterator[tuple[str, str]]:
    """Return the secrets that a call names, each once in each header and once in the body, with their places."""
    config = placed.action.config
    for header, text in config.get("headers", {}).items():
        for name in names_in(text, Source.SECRET):
            yield placed.path_config + pointer("headers", header), name
    for name in names_in(config.get("body"), Source.SECRET):
        yield placed.path_config + "/body", name
