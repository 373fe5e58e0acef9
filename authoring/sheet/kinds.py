"""The kinds of information that a row can ask for, and the property of a state schema that each stands for."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from authoring.sheet.rows import shown
from engine.document_schema import LONG_TEXT_TYPE
from engine.messages import choices

type Schema = Mapping[str, Any]


class Kind(StrEnum):
    """What one row asks for."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    DATE_TIME = "date_time"
    CHOICE = "choice"
    CHOICES = "choices"
    EMAIL = "email"
    LINK = "link"
    TEXTS = "texts"
    THINGS = "things"
    COMPUTED = "computed"
    CHOSEN = "chosen"
    LOCKED = "locked"
    """Set up in a way that rows cannot show."""


# What decides which values count, kind by kind; a property with any other such keyword is locked.
_KEYWORDS: Mapping[Kind, frozenset[str]] = {
    Kind.TEXT: frozenset({"type", "minLength", "maxLength", "pattern"}),
    Kind.LONG_TEXT: frozenset({"type", "minLength", "maxLength", "pattern", "contentMediaType"}),
    Kind.NUMBER: frozenset({"type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
    Kind.INTEGER: frozenset({"type", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
    Kind.BOOLEAN: frozenset({"type", "const"}),
    Kind.DATE: frozenset({"type", "format"}),
    Kind.DATE_TIME: frozenset({"type", "format"}),
    Kind.CHOICE: frozenset({"type", "oneOf", "enum"}),
    Kind.CHOICES: frozenset({"type", "items", "minItems", "maxItems", "uniqueItems"}),
    Kind.EMAIL: frozenset({"type", "format", "minLength", "maxLength", "pattern"}),
    Kind.LINK: frozenset({"type", "format", "minLength", "maxLength", "pattern"}),
    Kind.TEXTS: frozenset({"type", "items", "minItems", "maxItems", "uniqueItems"}),
    Kind.THINGS: frozenset({"type", "items", "minItems", "maxItems", "uniqueItems"}),
    Kind.COMPUTED: frozenset({"type", "minimum", "maximum"}),
    Kind.CHOSEN: frozenset({"type"}),
}

_FORMATS = {"date": Kind.DATE, "date-time": Kind.DATE_TIME, "email": Kind.EMAIL, "uri": Kind.LINK}

# What says something about a value without deciding whether it counts.
_NOTES = frozenset(
    {"title", "description", "default", "examples", "readOnly", "writeOnly", "deprecated", "$comment", "$id", "$anchor"}
)

_SKELETONS: Mapping[Kind, Schema] = {
    Kind.TEXT: {"type": "string"},
    Kind.LONG_TEXT: {"type": "string", "contentMediaType": LONG_TEXT_TYPE},
    Kind.NUMBER: {"type": "number"},
    Kind.INTEGER: {"type": "integer"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.DATE_TIME: {"type": "string", "format": "date-time"},
    Kind.CHOICE: {"type": "string", "oneOf": []},
    Kind.CHOICES: {"type": "array", "items": {"type": "string", "oneOf": []}, "uniqueItems": True},
    Kind.EMAIL: {"type": "string", "format": "email"},
    Kind.LINK: {"type": "string", "format": "uri"},
    Kind.TEXTS: {"type": "array", "items": {"type": "string", "minLength": 1}},
    Kind.THINGS: {"type": "array", "items": {"type": "object", "properties": {}, "required": []}},
    Kind.COMPUTED: {"type": "number"},
    Kind.CHOSEN: {"type": "string"},
}

COLUMN_KINDS = (
    Kind.TEXT,
    Kind.NUMBER,
    Kind.INTEGER,
    Kind.BOOLEAN,
    Kind.DATE,
    Kind.EMAIL,
    Kind.LINK,
    Kind.CHOICE,
)
"""What a column of a list can be."""


def kind_of(schema: Any) -> Kind:
    """Return the kind that a property is of; whatever a row cannot show whole is locked."""
    if not isinstance(schema, Mapping):
        return Kind.LOCKED
    kind = _named(schema)
    deciding = {keyword for keyword in schema if keyword not in _NOTES and not keyword.startswith("x-")}
    return kind if kind in _KEYWORDS and deciding <= _KEYWORDS[kind] else Kind.LOCKED


def _named(schema: Schema) -> Kind:
    declared = schema.get("type")
    match declared:
        case _ if "x-computed" in schema:
            return Kind.COMPUTED if declared in ("number", "integer") else Kind.LOCKED
        case _ if "x-choices" in schema:
            return Kind.CHOSEN if declared in ("string", "number", "integer") else Kind.LOCKED
        case "string" | "number" | "integer" | None if "oneOf" in schema or "enum" in schema:
            return Kind.CHOICE if _is_choice(schema) else Kind.LOCKED
        case "string":
            return _named_text(schema)
        case "number":
            return Kind.NUMBER
        case "integer":
            return Kind.INTEGER
        case "boolean":
            return Kind.BOOLEAN if schema.get("const", True) is True else Kind.LOCKED
        case "array":
            return _named_list(schema.get("items"))
        case _:
            return Kind.LOCKED


def _named_text(schema: Schema) -> Kind:
    if "format" in schema:
        return _FORMATS.get(str(schema["format"]), Kind.LOCKED)
    if "contentMediaType" in schema:
        return Kind.LONG_TEXT if schema["contentMediaType"] == LONG_TEXT_TYPE else Kind.LOCKED
    return Kind.TEXT


def _named_list(items: Any) -> Kind:
    match items:
        case {"type": "object", "properties": Mapping() as columns}:
            plain = items.keys() <= {"type", "properties", "required", "title", "additionalProperties"}
            fit = all(kind_of(column) in COLUMN_KINDS for column in columns.values())
            required = items.get("required", [])
            return Kind.THINGS if plain and fit and isinstance(required, list) else Kind.LOCKED
        case Mapping() if "oneOf" in items or "enum" in items:
            return Kind.CHOICES if kind_of(items) is Kind.CHOICE else Kind.LOCKED
        case {"type": "string"}:
            return Kind.TEXTS if kind_of(items) is Kind.TEXT else Kind.LOCKED
        case _:
            return Kind.LOCKED


def _is_choice(schema: Schema) -> bool:
    """Tell whether a property offers single values, each a text or a number that occurs once."""
    if "oneOf" in schema and "enum" in schema:
        return False
    listed = schema.get("oneOf", schema.get("enum"))
    if not isinstance(listed, list) or not all(isinstance(option, dict) for option in schema.get("oneOf", ())):
        return False
    if not listed:
        return True
    if any(not option.keys() <= {"const", "title"} for option in schema.get("oneOf", ())):
        return False
    values = [value for value, _ in choices(schema) or ()]
    plain = all(isinstance(value, str | int | float) and not isinstance(value, bool) for value in values)
    texts = {shown(str(value)) for value in values} - {""}
    return plain and len(values) == len(listed) == len(texts)


def reshaped(schema: Schema, kind: Kind) -> dict[str, Any]:
    """Return a property turned to another kind: what decides on values goes, what is said about them stays."""
    kept = {
        keyword: part
        for keyword, part in schema.items()
        if keyword in _NOTES - {"default", "examples"}
        or (keyword.startswith("x-") and keyword not in ("x-computed", "x-choices", "x-own-address"))
    }
    return {**_SKELETONS[kind], **kept}
