"""Whether a document may be published: every finding at once, each with the JSON Pointer of its place.

First the shape (`engine.document_schema`), then the meaning of every part whose shape is right, so that one typo hides
nothing else. What needs the world (does the target exist?) is a publish check of the registry.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine import dependency_checks, prerequisite_checks, schema_checks
from engine.condition_checks import Scope, check_condition, offers_of
from engine.definition import EndActionType, display_order
from engine.document_schema import (
    DOCUMENT_SCHEMA,
    MAX_FIELDS,
    MAX_PREREQUISITES,
    MAX_STEPS,
    NOT_YET_DOCUMENT,
    NOT_YET_PROPERTY,
    NOT_YET_STEP,
)
from engine.errors import did_you_mean
from engine.findings import MAX_FINDINGS, Finding, Severity, pointer
from engine.schema import Violation, compile_schema, violations

# What a reserved key of a document says when it is left out; any other value asks for what is not carried out yet.
_SAYING_NOTHING: Mapping[str, Any] = {"expires_after": "", "tests": []}

_COMPLAINTS = {
    "pattern": "This must not be empty.",
    "maxLength": "This must have at most {limit} characters.",
    "minItems": "This must have at least one entry.",
    "maxItems": "This must have at most {limit} entries.",
    "maxProperties": "This must have at most {limit} entries.",
    "uniqueItems": "The same entry is here twice.",
    "minimum": "This must be at least {limit}.",
    "falseSchema": "This key does not belong to this operator, or stands beside one that excludes it.",
    "not": "A comparison needs a value; ask for a missing one with the operator 'empty'.",
}

_SHAPE = compile_schema(DOCUMENT_SCHEMA)


def validate(document: Any) -> tuple[Finding, ...]:
    """Return what was found in a document; it may be published if none of it is an error.

    At most 200 findings. When the shape alone has as many, nothing is known of the other parts, and nothing said.
    """
    document = _cut(document)
    shape = tuple(islice(_shape_findings(document), MAX_FINDINGS))
    if not isinstance(document, Mapping) or len(shape) == MAX_FINDINGS:
        return shape
    state_schema = document.get("state_schema")
    schema = tuple(islice(schema_checks.check(state_schema), MAX_FINDINGS)) if isinstance(state_schema, Mapping) else ()
    if len(schema) == MAX_FINDINGS:
        return (*shape, *schema)[:MAX_FINDINGS]
    parts = _Parts(document, frozenset(finding.path for finding in (*shape, *schema) if finding.is_error))
    found = chain(
        shape,
        _not_yet(document, NOT_YET_DOCUMENT, ""),
        schema,
        _property_findings(parts),
        _step_findings(parts),
        _placeholder_findings(parts),
        _end_action_findings(parts),
        prerequisite_checks.check(parts.prerequisites, document.get("name")),
        _time_zone_findings(parts),
    )
    return tuple(islice(found, MAX_FINDINGS))


def _cut(document: Any) -> Any:
    """Return the document with at most one entry too many of each kind: that there are too many is told once."""
    for key, limit in (("steps", MAX_STEPS), ("prerequisites", MAX_PREREQUISITES)):
        if isinstance(document, Mapping) and isinstance(entries := document.get(key), list):
            document = {**document, key: entries[: limit + 1]}
    match document:
        case {"state_schema": {"properties": {**properties}} as state_schema}:
            few = dict(islice(properties.items(), MAX_FIELDS + 1))
            return {**document, "state_schema": {**state_schema, "properties": few}}
        case _:
            return document


class _Parts:
    """The parts of a document whose shape is right: nothing is broken at their place, above or below it.

    Of a property that is not well formed, the name alone is known.
    """

    def __init__(self, document: Mapping[str, Any], broken: frozenset[str]) -> None:
        self.document = document
        self._broken = broken
        self._above_broken = frozenset(above for path in broken for above in _above(path))
        state_schema = document.get("state_schema")
        known = state_schema if isinstance(state_schema, Mapping) else {}
        properties, required = known.get("properties"), known.get("required")
        self.properties: Mapping[str, Mapping[str, Any]] = {
            name: part if self._is_sound(pointer("state_schema", "properties", name)) else {}
            for name, part in (properties if isinstance(properties, Mapping) else {}).items()
        }
        self.offers = offers_of(self.properties)
        self.required: list[str] = (
            required if isinstance(required, list) and self._is_sound("/state_schema/required") else []
        )
        self.steps: list[tuple[int, Mapping[str, Any]]] = self._sound_entries("steps")
        self.prerequisites: list[tuple[int, Any]] = self._sound_entries("prerequisites")
        self.knows_every_step = self._is_sound("/steps")

    def _sound_entries(self, key: str) -> list[tuple[int, Any]]:
        entries = self.document.get(key)
        numbered = enumerate(entries if isinstance(entries, list) else ())
        return [(index, entry) for index, entry in numbered if self._is_sound(pointer(key, index))]

    def _is_sound(self, path: str) -> bool:
        return path not in self._above_broken and self._broken.isdisjoint((path, *_above(path)))


def _above(path: str) -> Iterator[str]:
    """Return the places that contain this one."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def _shape_findings(document: Any) -> Iterator[Finding]:
    for violation in violations(_SHAPE, document):
        path = pointer(*violation.path)
        match violation.keyword:
            case "additionalProperties":
                known = _known_keys(violation.path)
                for key in violation.details["unexpected"]:
                    near = did_you_mean(key, known)
                    hint = f" Did you mean {near!r}?" if near else ""
                    yield Finding(
                        rule="unknown_key",
                        path=path + pointer(key),
                        message=f"There is no key {key!r} here.{hint}",
                        suggestion=near,
                    )
            case "required":
                key = violation.details["property"]
                yield Finding(rule="missing_key", path=path + pointer(key), message=f"The key {key!r} is missing.")
            case _:
                yield Finding(rule="shape", path=path, message=_complaint(violation))


def _known_keys(path: tuple[str | int, ...]) -> tuple[str, ...]:
    definitions = DOCUMENT_SCHEMA["$defs"]
    match path:
        case ():
            return tuple(DOCUMENT_SCHEMA["properties"])
        case ("steps", int()):
            return tuple(definitions["step"]["properties"])
        case ("steps", int(), "rules", int()):
            return tuple(definitions["rule"]["properties"])
        case ("prerequisites", int()):
            return tuple(definitions["prerequisite"]["properties"])
        case _:
            return ("field", "op", "value", "ref", "offset", "all", "any", "not")


def _complaint(violation: Violation) -> str:
    details = violation.details
    match violation.keyword:
        case "type":
            return f"This must be of type {' or '.join(sorted(details['types']))}."
        case "enum":
            return f"This must be one of: {', '.join(map(str, details['options']))}."
        case "const":
            return f"This must be {details['expected_value']!r}."
        case keyword:
            return _COMPLAINTS[keyword].format_map(details)


def _not_yet(
    part: Mapping[str, Any], keys: frozenset[str], path: str, *, step: str | None = None, field: str | None = None
) -> Iterator[Finding]:
    for key in sorted(keys & part.keys()):
        if part[key] is not None and part[key] != _SAYING_NOTHING.get(key):
            yield Finding(
                rule="not_supported_yet",
                path=path + pointer(key),
                message=f"{key!r} is reserved and not carried out by this version yet. Take it out.",
                step=step,
                field=field,
            )


def _placeholder_findings(parts: _Parts) -> Iterator[Finding]:
    """Refuse `{{state.field}}` in words that people read: they would read it as it stands."""
    for path, text in _words_of(parts):
        if "{{" in text:
            words = "Placeholders in words are reserved and not filled in by this version yet. Take it out."
            yield Finding(rule="not_supported_yet", path=path, message=words)


def _words_of(parts: _Parts) -> Iterator[tuple[str, str]]:
    for index, step in parts.steps:
        place = pointer("steps", index)
        yield from ((place + pointer(key), step[key]) for key in ("name", "description") if key in step)
        for number, rule in enumerate(step.get("rules", ())):
            yield place + pointer("rules", number, "message"), rule["message"]
    for name, part in parts.properties.items():
        place = pointer("state_schema", "properties", name)
        for keyword, text in part.get("x-messages", {}).items():
            yield place + pointer("x-messages", keyword), text
        for number, text in enumerate(part.get("x-ask", ())):
            yield place + pointer("x-ask", number), text


def _property_findings(parts: _Parts) -> Iterator[Finding]:
    properties = parts.properties
    for index, name in enumerate(parts.required):
        if name not in properties:
            path = pointer("state_schema", "required", index)
            yield _unknown_field(name, properties, path)
    for name, part in properties.items():
        yield from _not_yet(part, NOT_YET_PROPERTY, pointer("state_schema", "properties", name), field=name)
    yield from dependency_checks.check(properties)


def _unknown_field(name: str, properties: Mapping[str, Any], path: str, step: str | None = None) -> Finding:
    near = did_you_mean(name, properties)
    words = f"The state schema has no property {name!r}." + (f" Did you mean {near!r}?" if near else "")
    return Finding(rule="unknown_field", path=path, step=step, field=name, message=words, suggestion=near)


def _step_findings(parts: _Parts) -> Iterator[Finding]:
    properties = parts.properties
    in_steps = {name for _, step in parts.steps for name in step.get("fields", ())}
    loose = [name for name in properties if name not in in_steps]
    before = set(loose)
    seen: dict[str, int] = {}
    if parts.knows_every_step:
        yield from _loose_findings(parts, loose)
    for index, step in parts.steps:
        path, step_id = pointer("steps", index), step["id"]
        if step_id in seen:
            first = seen[step_id]
            words = f"The id {step_id!r} is that of step {first + 1} already; ids are unique."
            yield Finding(rule="duplicate_id", path=path + "/id", step=step_id, message=words)
        seen.setdefault(step_id, index)
        yield from _not_yet(step, NOT_YET_STEP, path, step=step_id)
        scope = Scope(properties=properties, offers=parts.offers, before=before, step=step_id)
        if "when" in step:
            yield from check_condition(step["when"], path + "/when", scope)
        yield from _field_findings(step, path, scope)
        before |= set(step.get("fields", ()))  # the rules, whose scope this is, may look at their own step
        yield from _rule_findings(step, path, scope)


def _field_findings(step: Mapping[str, Any], path: str, scope: Scope) -> Iterator[Finding]:
    """Check the fields of a step and their `x-when`, which may also look at earlier fields of the same step."""
    properties, visible = scope.properties, set(scope.before)
    for position, name in enumerate(step.get("fields", ())):
        if name not in properties:
            yield _unknown_field(name, properties, path + pointer("fields", position), scope.step)
        elif "x-when" in properties[name]:
            place = pointer("state_schema", "properties", name, "x-when")
            yield from check_condition(properties[name]["x-when"], place, replace(scope, before=visible, field=name))
        visible.add(name)


def _loose_findings(parts: _Parts, loose: list[str]) -> Iterator[Finding]:
    properties, required = parts.properties, set(parts.required)
    before: set[str] = set()
    for name in sorted(loose, key=lambda name: display_order(name, properties[name])):
        part, place = properties[name], pointer("state_schema", "properties", name)
        if name in required and part.get("readOnly") is not True:
            words = f"{name!r} is required, but no step asks for it."
            yield Finding(rule="never_asked", severity=Severity.WARNING, path=place, field=name, message=words)
        if "x-when" in part:
            scope = Scope(properties=properties, offers=parts.offers, before=before, field=name)
            yield from check_condition(part["x-when"], place + "/x-when", scope)
        before.add(name)


def _rule_findings(step: Mapping[str, Any], path: str, scope: Scope) -> Iterator[Finding]:
    for index, rule in enumerate(step.get("rules", ())):
        place = path + pointer("rules", index)
        yield from check_condition(rule["check"], place + "/check", scope)
        named = rule.get("field", [])
        for name in [named] if isinstance(named, str) else named:
            if name not in scope.before:
                words = f"A broken rule can ask again only what this step or an earlier one asks, not {name!r}."
                yield Finding(rule="unknown_field", path=place + "/field", step=step["id"], field=name, message=words)


def _end_action_findings(parts: _Parts) -> Iterator[Finding]:
    kind = parts.document.get("end_action_type")
    target = parts.document.get("end_action_target") or ""
    if kind not in tuple(EndActionType) or not isinstance(target, str):
        return
    place = "/end_action_target"
    if kind == EndActionType.NONE:
        return
    if not target.strip():
        yield Finding(rule="target_missing", path=place, message=f"An end action of type {kind!r} needs a target.")
    elif kind == EndActionType.API_CALL and not _is_web_address(target):
        words = "An api_call needs an http or https address whose host is spelt out, without user or password."
        yield Finding(rule="target_not_a_url", path=place, message=words)
    elif kind == EndActionType.WORKFLOW:
        yield from _carried_findings(parts)


def _carried_findings(parts: _Parts) -> Iterator[Finding]:
    """Check `end_action_config.state` of a `workflow`: the target's field to the name of ours that fills it."""
    config = parts.document.get("end_action_config")
    if not isinstance(config, Mapping) or "state" not in config:
        return
    carried = config["state"]
    if not isinstance(carried, Mapping):
        words = "This must be an object from a field of the target to a field of this template."
        yield Finding(rule="shape", path="/end_action_config/state", message=words)
        return
    for theirs, ours in carried.items():
        if not isinstance(ours, str) or ours not in parts.properties:
            path = pointer("end_action_config", "state", theirs)
            yield Finding(rule="unknown_field", path=path, message=f"The state schema has no property {ours!r}.")


def _is_web_address(target: str) -> bool:
    try:
        parts = urlsplit(target)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    clean = bool(host) and "@" not in parts.netloc and "{" not in parts.netloc
    return clean and parts.scheme in ("http", "https") and not any(character.isspace() for character in target)


def _time_zone_findings(parts: _Parts) -> Iterator[Finding]:
    zone = parts.document.get("time_zone")
    if isinstance(zone, str) and zone.strip() and not _is_time_zone(zone):
        words = f"There is no time zone {zone!r}. Name one like 'Europe/Paris' (IANA time zone database)."
        yield Finding(rule="unknown_time_zone", path="/time_zone", message=words)


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
