"""What people read when a value does not count. A message never repeats the value: it may be private."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.schema import Violation

_KINDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "yes or no",
    "array": "a list",
    "object": "a group of values",
    "null": "nothing",
}

_FORMATS = {
    "date": "a date like 2026-01-31",
    "date-time": "a date and time like 2026-01-31T14:00:00Z",
    "time": "a time like 14:00:00Z",
    "duration": "a duration like P3D",
    "email": "an e-mail address",
    "uri": "a link like https://example.org/page",
    "uuid": "a UUID",
}

# Each sentence is completed by the details that the judge gives with the keyword.
_SENTENCES = {
    "minimum": "must be at least {limit}",
    "maximum": "must be at most {limit}",
    "exclusiveMinimum": "must be more than {limit}",
    "exclusiveMaximum": "must be less than {limit}",
    "multipleOf": "must be a multiple of {multiple_of}",
    "minLength": "must have at least {limit} characters",
    "maxLength": "must have at most {limit} characters",
    "minItems": "must have at least {limit} entries",
    "maxItems": "must have at most {limit} entries",
    "minProperties": "must have at least {limit} entries",
    "maxProperties": "must have at most {limit} entries",
    "pattern": "is not written as expected",
    "uniqueItems": "must not have the same entry twice",
    "const": "is not the expected value",
    "required": "lacks {property!r}",
    "not": "is not allowed",
    "falseSchema": "is not allowed",
}

_WITH_UNIT = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})


def explain(violation: Violation, schema: Mapping[str, Any], label: str) -> str:
    """Return one sentence about a violation: the author's `x-messages` nearest to the spot, else ours.

    `schema` is that of the property the value was given for, `label` what people call it.
    """
    return authored(violation, schema) or f"{label} {_complaint(violation, schema)}."


def authored(violation: Violation, schema: Mapping[str, Any]) -> str | None:
    """Return what the author says of a violation, nearest to the spot; its placeholders are still to be filled in."""
    for part in reversed([schema, *_below(schema, violation.path[1:])]):
        said = part.get("x-messages")
        if isinstance(said, Mapping) and (words := said.get(violation.keyword) or said.get("*")):
            return str(words)
    return None


def without_values(violation: Violation, schema: Mapping[str, Any]) -> Violation:
    """Return a violation of a private value with nothing of it left: no keys but those that the author spelt out."""
    path: list[str | int] = list(violation.path[:1])
    part: Any = schema
    for key in violation.path[1:]:
        declared = part.get("properties", {}) if isinstance(part, Mapping) else {}
        if isinstance(key, str) and key not in declared:
            break
        path.append(key)
        part = declared[key] if isinstance(key, str) else isinstance(part, Mapping) and part.get("items")
    details = {name: found for name, found in violation.details.items() if name != "unexpected"}
    return replace(violation, path=tuple(path), details=details)


def choices(schema: Mapping[str, Any]) -> Sequence[tuple[Any, str]] | None:
    """Return the values a property offers, each with its title, or None if it is not a choice."""
    if "enum" in schema:
        return [(value, str(value)) for value in schema["enum"]]
    options = schema.get("oneOf")
    if options and all(isinstance(option, Mapping) and "const" in option for option in options):
        return [(option["const"], str(option.get("title", option["const"]))) for option in options]
    return None


def _below(schema: Mapping[str, Any], path: Sequence[str | int]) -> Iterator[Mapping[str, Any]]:
    """Return the schemas on the way to a spot inside a value, as far as they are spelt out in place."""
    for key in path:
        part = schema.get("items") if isinstance(key, int) else schema.get("properties", {}).get(key)
        if not isinstance(part, Mapping):
            return
        schema = part
        yield schema


def _complaint(violation: Violation, schema: Mapping[str, Any]) -> str:
    details = violation.details
    nested = violation.path[1:]
    where = f"({'/'.join(map(str, nested))}) " if nested else ""
    match violation.keyword:
        case "oneOf" if not nested and (offered := choices(schema)):
            return f"must be one of: {', '.join(title for _, title in offered)}"
        case "enum":
            return f"{where}must be one of: {', '.join(map(str, details['options']))}"
        case "type":
            kinds = details["types"]
            return f"{where}must be {' or '.join(_KINDS[kind] for kind in kinds)}"
        case "format":
            return f"{where}must be {_FORMATS.get(details['format'], 'of the format ' + str(details['format']))}"
        case "additionalProperties" | "unevaluatedProperties":
            named = f": {', '.join(details['unexpected'])}" if "unexpected" in details else ""
            return f"{where}has unknown keys{named}"
        case keyword if sentence := _SENTENCES.get(keyword):
            unit = f" {schema['x-unit']}" if keyword in _WITH_UNIT and "x-unit" in schema else ""
            return where + sentence.format_map(details) + unit
        case keyword:
            return f"{where}does not fit ({keyword})"
