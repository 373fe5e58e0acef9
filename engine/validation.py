"""Whether a document may be published: every finding at once, each with the JSON Pointer of its place.

First the shape (`engine.document_schema`), then the meaning of every part whose shape is right, so that one typo hides
nothing else. What needs the world (does the target exist?) is a publish check of the registry.
"""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine import (
    action_step_checks,
    computed_checks,
    dates,
    dependency_checks,
    ending_checks,
    prerequisite_checks,
    schema_checks,
    step_checks,
    uses,
    word_checks,
)
from engine.document_schema import (
    DOCUMENT_SCHEMA,
    MAX_FIELDS,
    MAX_PREREQUISITES,
    MAX_STEPS,
    NOT_YET_DOCUMENT,
    NOT_YET_STEP,
)
from engine.errors import did_you_mean
from engine.findings import MAX_FINDINGS, Finding, errors, pointer
from engine.parts import Parts
from engine.schema import Violation, compile_schema, violations
from engine.step_checks import unknown_field

# What a reserved key of a document says when it is left out; any other value asks for what is not carried out yet.
_SAYING_NOTHING: Mapping[str, Any] = {"tests": []}

_COMPLAINTS = {
    "pattern": "This must not be empty.",
    "maxLength": "This must have at most {limit} characters.",
    "minItems": "This must have at least {limit} entries.",
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
    parts = Parts(document, frozenset(finding.path for finding in (*shape, *schema) if finding.is_error))
    found = chain(
        shape,
        _not_yet(document, NOT_YET_DOCUMENT, ""),
        schema,
        _property_findings(parts),
        _reserved_findings(parts),
        step_checks.check(parts),
        uses.check(parts),
        word_checks.check(parts),
        ending_checks.check(parts.document, "", parts.properties),
        _expiry_findings(parts),
        prerequisite_checks.check(parts.prerequisites, document.get("name")),
        _time_zone_findings(parts),
    )
    told = tuple(islice(found, MAX_FINDINGS))
    return told if errors(told) else (*told, *action_step_checks.check_circles(document))[:MAX_FINDINGS]


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
        case ("steps", int(), "end"):
            return tuple(definitions["end"]["properties"])
        case ("steps", int(), "action"):
            return tuple(definitions["action"]["properties"])
        case ("steps", int(), "rules", int()):
            return tuple(definitions["rule"]["properties"])
        case ("state_schema", "properties", _, "x-computed"):
            return tuple(definitions["computed"]["properties"])
        case ("state_schema", "properties", _, "x-computed", _):
            return ("list", "of")
        case ("state_schema", "properties", _, "x-choices"):
            return tuple(definitions["choices"]["properties"])
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
        case "minItems" | "minProperties" if details["limit"] == 1:
            return "This must have at least one entry."
        case keyword:
            return _COMPLAINTS[keyword].format_map(details)


def _not_yet(part: Mapping[str, Any], keys: frozenset[str], path: str, *, step: str | None = None) -> Iterator[Finding]:
    for key in sorted(keys & part.keys()):
        if part[key] is not None and part[key] != _SAYING_NOTHING.get(key):
            yield Finding(
                rule="not_supported_yet",
                path=path + pointer(key),
                message=f"{key!r} is reserved and not carried out by this version yet. Take it out.",
                step=step,
            )


def _reserved_findings(parts: Parts) -> Iterator[Finding]:
    for index, step in parts.steps:
        yield from _not_yet(step, NOT_YET_STEP, pointer("steps", index), step=step["id"])


def _property_findings(parts: Parts) -> Iterator[Finding]:
    properties = parts.properties
    for index, name in enumerate(parts.required):
        if name not in properties:
            path = pointer("state_schema", "required", index)
            yield unknown_field(name, properties, path)
    yield from _own_address_findings(properties)
    yield from dependency_checks.check(properties)
    yield from computed_checks.check(properties)


def _own_address_findings(properties: Mapping[str, Mapping[str, Any]]) -> Iterator[Finding]:
    for name, part in properties.items():
        if part.get("x-own-address") is True and (part.get("type"), part.get("format")) != ("string", "email"):
            path = pointer("state_schema", "properties", name, "x-own-address")
            words = "The person's own address is an e-mail address: of the type 'string', with the format 'email'."
            yield Finding(rule="own_address_not_email", path=path, field=name, message=words)


def _expiry_findings(parts: Parts) -> Iterator[Finding]:
    given = parts.document.get("expires_after")
    if isinstance(given, str) and given and not dates.is_idle_time(given):
        words = (
            "This must be a duration from one minute to ten years, like 'P7D' or 'PT30M' (ISO 8601), or empty: never."
        )
        yield Finding(rule="bad_duration", path="/expires_after", message=words)


def _time_zone_findings(parts: Parts) -> Iterator[Finding]:
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
