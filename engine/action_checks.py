"""Checks of one action, at the end or in a step: its target, its config, and what its placeholders ask for."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from engine.definition import EndActionType
from engine.errors import did_you_mean
from engine.findings import Finding, pointer
from engine.headers import refused_header
from engine.json_pointer import POINTER
from engine.placeholders import PLACEHOLDER, Placeholder, Source, names_in, placeholder_of, placeholders_in
from engine.rendering import METHODS, SECRET_NAME, WORKFLOW_FACTS, Facts, Unrenderable, render_url

MAX_HEADERS = 50
MAX_STATUSES = 50

_NO_HEADER_OF_AUTHORS = frozenset({"idempotency-key"})
_STATUS_CLASS = re.compile(r"[1-5]xx")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where placeholders are looked at: the fields there are, and whether a secret may stand there."""

    properties: Mapping[str, Mapping[str, Any]]
    no_secrets: str = ""
    """Why a secret may not stand there; empty where it may."""


_IN_URL = "A secret never stands in a URL, which is logged everywhere. Send it in a header or in the body."
_IN_TOOL = "A tool is given no secrets. Take the placeholder out."


def check(
    kind: str,
    target: str,
    config: Any,
    *,
    path_target: str,
    path_config: str,
    properties: Mapping[str, Mapping[str, Any]],
) -> Iterator[Finding]:
    """Return what is wrong with an action of a known kind; a config that is no object is told of elsewhere."""
    if kind == EndActionType.NONE:
        return
    given = config if isinstance(config, Mapping) else {}
    if not target.strip():
        yield Finding(rule="target_missing", path=path_target, message=f"An action of type {kind!r} needs a target.")
    match kind:
        case EndActionType.API_CALL:
            yield from _target_findings(target, path_target, properties) if target.strip() else ()
            yield from _config_findings(given, path_config, _API_CALL)
            yield from _header_findings(given.get("headers"), path_config + "/headers", properties)
            if "body" in given:
                yield from _body_findings(given, path_config, properties)
        case EndActionType.TOOL_CALL:
            yield from _config_findings(given, path_config, _TOOL_CALL)
            place = _Place(properties=properties, no_secrets=_IN_TOOL)
            yield from _template_findings(given.get("arguments"), path_config + "/arguments", place)
        case _:
            yield from _config_findings(given, path_config, _WORKFLOW)
            yield from _carried(given.get("state"), path_config + "/state", properties)


# ---- The shape of a config ----


def _is_object_of_texts(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(part, str) for part in value.values())


def _is_result(value: Any) -> bool:
    return _is_object_of_texts(value) and all(POINTER.fullmatch(path) for path in value.values())


def _is_status(value: Any) -> bool:
    if isinstance(value, str):
        return _STATUS_CLASS.fullmatch(value) is not None
    return _is_whole(value, least=100, most=599)


def _are_statuses(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MAX_STATUSES and all(map(_is_status, value))


def _is_whole(value: Any, *, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _is_number(value: Any, *, least: int, most: int) -> bool:
    return type(value) in (int, float) and least <= value <= most


type _Keys = Mapping[str, tuple[Callable[[Any], bool], str]]

_RESULT = (_is_result, "This must be an object from names to JSON Pointers into the answer, like '/loan/id'.")
_API_CALL: _Keys = {
    "method": (lambda value: value in METHODS, f"This must be one of: {', '.join(METHODS)}."),
    "headers": (
        lambda value: _is_object_of_texts(value) and len(value) <= MAX_HEADERS,
        f"This must be an object from names of headers to texts, {MAX_HEADERS} at most.",
    ),
    "body": (lambda _: True, ""),
    "success": (
        lambda value: _are_statuses(value) and value != [],
        f"This must be a list of 1 to {MAX_STATUSES} statuses like 200, or classes of them like '2xx'.",
    ),
    "retry_on": (
        _are_statuses,
        f"This must be a list of at most {MAX_STATUSES} statuses like 429, or classes of them like '5xx'.",
    ),
    "max_attempts": (partial(_is_whole, least=1, most=20), "This must be a whole number from 1 to 20."),
    "max_hours": (partial(_is_number, least=1, most=168), "This must be a number from 1 to 168."),
    "timeout": (partial(_is_number, least=1, most=20), "This must be a number of seconds from 1 to 20."),
    "result": _RESULT,
}
_TOOL_CALL: _Keys = {
    "arguments": (
        lambda value: isinstance(value, Mapping),
        "This must be an object from names of arguments to values.",
    ),
    "result": _RESULT,
}
_WORKFLOW: _Keys = {
    "state": (
        lambda value: isinstance(value, Mapping),
        "This must be an object from a field of the target to a field of this template.",
    ),
}


def _config_findings(config: Mapping[str, Any], path: str, keys: _Keys) -> Iterator[Finding]:
    for key, value in config.items():
        if key not in keys:
            yield _unknown("unknown_key", path + pointer(key), f"There is no key {key!r} here.", key, keys)
        elif not keys[key][0](value):
            yield Finding(rule="shape", path=path + pointer(key), message=keys[key][1])


def _carried(carried: Any, path: str, properties: Mapping[str, Any]) -> Iterator[Finding]:
    """Check `state` in the config of a `workflow`: the target's field to the name of ours that fills it."""
    for theirs, ours in carried.items() if isinstance(carried, Mapping) else ():
        if not isinstance(ours, str) or ours not in properties:
            words = f"The state schema has no property {ours!r}."
            yield Finding(rule="unknown_field", path=path + pointer(theirs), message=words)


# ---- Where a call goes, and what it carries ----


def _target_findings(target: str, path: str, properties: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    if not _is_web_address(target):
        words = "An api_call needs an http or https address whose host is spelt out, without user or password."
        yield Finding(rule="target_not_a_url", path=path, message=words)
        return
    unfit = tuple(_text_findings(target, path, _Place(properties=properties, no_secrets=_IN_URL)))
    yield from unfit
    if unfit:
        return
    for name in names_in(target, Source.STATE):
        if properties[name].get("type") in ("array", "object"):
            words = f"{name!r} is a list or an object, which no part of a URL can be. Send it in the body."
            yield Finding(rule="placeholder_not_plain", path=path, field=name, message=words)
    try:
        anything = {found.name: "x" for found in placeholders_in(target)}
        render_url(target, Facts(state=anything, workflow=anything))
    except Unrenderable as refused:
        yield Finding(rule=refused.reason, path=path, message=refused.message)


def _is_web_address(target: str) -> bool:
    plain = PLACEHOLDER.sub("{}", target)
    try:
        parts = urlsplit(plain)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    clean = bool(host) and "@" not in parts.netloc and "{" not in parts.netloc
    return clean and parts.scheme in ("http", "https") and not any(character.isspace() for character in plain)


def _header_findings(headers: Any, path: str, properties: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for name, text in headers.items() if isinstance(headers, Mapping) else ():
        place = path + pointer(name)
        refused = refused_header(name, text if isinstance(text, str) else "")
        if refused is None and name.lower() in seen:
            refused = f"The header {name} is given twice."
        if refused is None and name.lower() in _NO_HEADER_OF_AUTHORS:
            refused = f"The header {name} is set by this service, to the same value for every attempt. Leave it out."
        seen.add(name.lower())
        if refused is not None:
            yield Finding(rule="header_refused", path=place, message=refused)
        if isinstance(text, str):
            yield from _text_findings(text, place, _Place(properties=properties))


def _body_findings(
    config: Mapping[str, Any], path: str, properties: Mapping[str, Mapping[str, Any]]
) -> Iterator[Finding]:
    if config.get("method") == "GET":
        words = "A GET carries no body. Take the body out, or use another method."
        yield Finding(rule="body_not_sent", path=path + "/body", message=words)
    yield from _template_findings(config["body"], path + "/body", _Place(properties=properties))


# ---- Placeholders ----


def _template_findings(part: Any, path: str, place: _Place) -> Iterator[Finding]:
    match part:
        case str():
            yield from _text_findings(part, path, place)
        case Mapping():
            for name, below in part.items():
                if "{{" in name:
                    words = "Names are never filled in, only what stands beside them. Take the placeholder out."
                    yield Finding(rule="placeholder_misplaced", path=path + pointer(name), message=words)
                yield from _template_findings(below, path + pointer(name), place)
        case list():
            for index, below in enumerate(part):
                yield from _template_findings(below, path + pointer(index), place)


def _text_findings(text: str, path: str, place: _Place) -> Iterator[Finding]:
    for match in PLACEHOLDER.finditer(text):
        yield from _placeholder_findings(placeholder_of(match), path, place)
    if "{{" in PLACEHOLDER.sub(" ", text):
        words = (
            "This holds a {{...}} that asks for nothing known. "
            "Write {{state.field}}, {{workflow.id}} or {{secret:name}}, with nothing else in the braces."
        )
        yield Finding(rule="malformed_placeholder", path=path, message=words)


def _placeholder_findings(asked: Placeholder, path: str, place: _Place) -> Iterator[Finding]:
    name = asked.name
    match asked.source:
        case Source.STATE if name not in place.properties:
            words = f"The state schema has no property {name!r}."
            yield _unknown("unknown_field", path, words, name, place.properties)
        case Source.WORKFLOW if name not in WORKFLOW_FACTS:
            words = f"A workflow tells {', '.join(WORKFLOW_FACTS)}, and no {name!r}."
            yield _unknown("unknown_placeholder", path, words, name, WORKFLOW_FACTS)
        case Source.SECRET if place.no_secrets:
            yield Finding(rule="secret_misplaced", path=path, message=place.no_secrets)
        case Source.SECRET if not SECRET_NAME.fullmatch(name):
            words = f"{name!r} is no name of a secret: small letters, digits, '-' and '_', 100 at most."
            yield Finding(rule="secret_name", path=path, message=words)


def _unknown(rule: str, path: str, words: str, name: str, known: Iterable[str]) -> Finding:
    near = did_you_mean(name, known)
    hint = f" Did you mean {near!r}?" if near else ""
    return Finding(rule=rule, path=path, message=words + hint, suggestion=near)
