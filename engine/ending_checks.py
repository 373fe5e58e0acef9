"""Checks of what happens at the end: an end action that says what it is to reach, and how."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from engine.definition import EndActionType
from engine.findings import Finding, pointer


def check(source: Mapping[str, Any], path: str, properties: Mapping[str, Any]) -> Iterator[Finding]:
    """Return what is wrong with an end action: that of a document, or that of a step which ends it, at this place."""
    kind = source.get("end_action_type")
    target = source.get("end_action_target") or ""
    if kind not in tuple(EndActionType) or not isinstance(target, str):
        return
    place = path + "/end_action_target"
    if kind == EndActionType.NONE:
        return
    if not target.strip():
        yield Finding(rule="target_missing", path=place, message=f"An end action of type {kind!r} needs a target.")
    elif kind == EndActionType.API_CALL and not _is_web_address(target):
        words = "An api_call needs an http or https address whose host is spelt out, without user or password."
        yield Finding(rule="target_not_a_url", path=place, message=words)
    elif kind == EndActionType.WORKFLOW:
        yield from _carried(source.get("end_action_config"), path + "/end_action_config", properties)


def _carried(config: Any, path: str, properties: Mapping[str, Any]) -> Iterator[Finding]:
    """Check `state` in the config of a `workflow`: the target's field to the name of ours that fills it."""
    if not isinstance(config, Mapping) or "state" not in config:
        return
    carried = config["state"]
    if not isinstance(carried, Mapping):
        words = "This must be an object from a field of the target to a field of this template."
        yield Finding(rule="shape", path=path + "/state", message=words)
        return
    for theirs, ours in carried.items():
        if not isinstance(ours, str) or ours not in properties:
            words = f"The state schema has no property {ours!r}."
            yield Finding(rule="unknown_field", path=path + pointer("state", theirs), message=words)


def _is_web_address(target: str) -> bool:
    try:
        parts = urlsplit(target)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    clean = bool(host) and "@" not in parts.netloc and "{" not in parts.netloc
    return clean and parts.scheme in ("http", "https") and not any(character.isspace() for character in target)
