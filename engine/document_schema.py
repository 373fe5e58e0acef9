"""The shape of a template document as a JSON Schema (2020-12). What a shape cannot say is in `engine.validation`."""

from typing import Any

from engine.actions import ActionType, OnFailure
from engine.conditions import LIST_VALUED, PRESENCE, TODAY, Operator
from engine.definition import EndActionType, Sensitivity

MAX_FIELDS = 1000
MAX_UNFOLDED = 50_000
MAX_STEPS = 500
MAX_PATTERNS = 1000
MAX_CONDITION_DEPTH = 16
MAX_CONDITION_ROWS = 100
MAX_PARTS = 100
MAX_PREREQUISITES = 20
MAX_ACTIONS = 50

SETTINGS = ("name", "description", "category", "metadata", "is_active")
CONTENT = (
    "guidelines",
    "state_schema",
    "steps",
    "end_action_type",
    "end_action_target",
    "end_action_config",
    "confirmation",
    "prerequisites",
    "expires_after",
    "time_zone",
    "tests",
)

LONG_TEXT_TYPE = "text/plain"
"""The `contentMediaType` of a long text; it decides on no value (JSON Schema 2020-12, validation, section 8)."""

PROPERTY_KEYWORDS = frozenset(
    {
        "x-ask",
        "x-ask-first",
        "x-choices",
        "x-computed",
        "x-depends-on",
        "x-messages",
        "x-on-change",
        "x-order",
        "x-own-address",
        "x-sensitive",
        "x-unit",
        "x-when",
    }
)

# Part of the contract, and not carried out yet: a document that uses one is refused rather than half obeyed.
NOT_YET_DOCUMENT = frozenset({"tests"})
NOT_YET_STEP = frozenset({"for_each"})

_TEXT: dict[str, Any] = {"type": "string"}
_WORDS: dict[str, Any] = {"type": "string", "pattern": r"\S"}
_NAME: dict[str, Any] = {"pattern": r"\S", "maxLength": 255}
_CONDITION: dict[str, Any] = {"$ref": "#/$defs/condition"}
_CONDITIONS: dict[str, Any] = {"type": "array", "items": _CONDITION, "minItems": 1}

_END_ACTION: dict[str, Any] = {
    "end_action_type": {"enum": [str(kind) for kind in EndActionType]},
    "end_action_target": {"type": "string", "maxLength": 2000},
    "end_action_config": {"type": "object"},
}

_ROW: dict[str, Any] = {
    "properties": {
        "field": _WORDS,
        "op": {"enum": [str(op) for op in Operator]},
        "value": {"not": {"type": "null"}},
        "ref": _WORDS,
        "offset": _TEXT,
    },
    "required": ["field", "op"],
    "additionalProperties": False,
    "dependentRequired": {"offset": ["ref"]},
    "allOf": [
        {
            "if": {"properties": {"op": {"enum": [str(op) for op in PRESENCE]}}, "required": ["op"]},
            "then": {"properties": {"value": False, "ref": False}},
            "else": {"if": {"not": {"required": ["ref"]}}, "then": {"required": ["value"]}},
        },
        {"if": {"required": ["ref"]}, "then": {"properties": {"value": False}}},
        {
            "if": {"properties": {"op": {"enum": [str(op) for op in LIST_VALUED]}}, "required": ["op"]},
            "then": {"properties": {"value": {"type": "array"}, "ref": {"not": {"const": TODAY}}}},
        },
        {
            "if": {"properties": {"op": {"const": str(Operator.ATTEMPTS)}}, "required": ["op"]},
            "then": {"properties": {"value": {"type": "integer", "minimum": 1}, "ref": False}},
        },
    ],
}

_DEFINITIONS: dict[str, Any] = {
    "condition": {
        "type": "object",
        "if": {"required": ["all"]},
        "then": {"properties": {"all": _CONDITIONS}, "additionalProperties": False},
        "else": {
            "if": {"required": ["any"]},
            "then": {"properties": {"any": _CONDITIONS}, "additionalProperties": False},
            "else": {
                "if": {"required": ["not"]},
                "then": {"properties": {"not": _CONDITION}, "additionalProperties": False},
                "else": _ROW,
            },
        },
    },
    "prerequisite": {
        "type": ["string", "object"],
        **_NAME,
        "properties": {"template": {"type": "string", **_NAME}, "check": _CONDITION},
        "required": ["template"],
        "additionalProperties": False,
    },
    "rule": {
        "type": "object",
        "properties": {
            "check": _CONDITION,
            "message": _WORDS,
            "field": {"type": ["string", "array"], "items": _WORDS, "minItems": 1, "uniqueItems": True},
        },
        "required": ["check", "message"],
        "additionalProperties": False,
    },
    "step": {
        "type": "object",
        "properties": {
            "id": {**_WORDS, "maxLength": 100},
            "name": {**_WORDS, "maxLength": 255},
            "description": _TEXT,
            "fields": {"type": "array", "items": _WORDS, "uniqueItems": True},
            "required": {"type": "boolean"},
            "when": _CONDITION,
            "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
            "end": {"$ref": "#/$defs/end"},
            "action": {"$ref": "#/$defs/action"},
            "uses": {"type": ["string", "null"]},
            "prefix": {"type": ["string", "null"]},
            **dict.fromkeys(NOT_YET_STEP, True),
        },
        "required": ["id", "name"],
        "additionalProperties": False,
    },
    "end": {
        "type": "object",
        "properties": {"outcome": {**_WORDS, "maxLength": 100}, "message": _WORDS, **_END_ACTION},
        "required": ["outcome"],
        "additionalProperties": False,
        "dependentRequired": {"end_action_target": ["end_action_type"], "end_action_config": ["end_action_type"]},
    },
    "action": {
        "type": ["object", "null"],
        "properties": {
            "type": {"enum": [str(kind) for kind in ActionType]},
            "target": {**_WORDS, "maxLength": 2000},
            "config": {"type": "object"},
            "result": {"type": "object", "additionalProperties": _TEXT},
            "idempotent": {"type": "boolean"},
            "confirm": {"type": "boolean"},
            "on_failure": {"enum": [str(choice) for choice in OnFailure]},
        },
        "required": ["type", "target"],
        "additionalProperties": False,
    },
    "choices": {
        "type": "object",
        "properties": {"ref": _WORDS, "value": _WORDS, "label": _WORDS},
        "required": ["ref"],
        "dependentRequired": {"label": ["value"]},
        "additionalProperties": False,
    },
    "computed": {
        "type": "object",
        "properties": {
            "sum": {
                "if": {"type": "array"},
                "then": {"items": _WORDS, "minItems": 1, "maxItems": MAX_PARTS, "uniqueItems": True},
                "else": {
                    "type": "object",
                    "properties": {"list": _WORDS, "of": _WORDS},
                    "required": ["list", "of"],
                    "additionalProperties": False,
                },
            },
            "difference": {"type": "array", "items": _WORDS, "minItems": 2, "maxItems": 2},
            "count": _WORDS,
            "years_since": _WORDS,
        },
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    },
    "property": {
        "type": "object",
        "properties": {
            "title": _TEXT,
            "readOnly": {"type": "boolean"},
            "x-ask": {"type": "array", "items": _WORDS, "minItems": 1},
            "x-ask-first": {"type": "boolean"},
            "x-choices": {"$ref": "#/$defs/choices"},
            "x-computed": {"$ref": "#/$defs/computed"},
            "x-depends-on": {"type": "array", "items": _WORDS, "uniqueItems": True},
            "x-messages": {"type": "object", "additionalProperties": _WORDS},
            "x-on-change": {"enum": ["revalidate", "reset"]},
            "x-order": {"type": "number"},
            "x-own-address": {"type": "boolean"},
            "x-sensitive": {"enum": [str(kind) for kind in Sensitivity]},
            "x-unit": _TEXT,
            "x-when": _CONDITION,
        },
    },
}

DOCUMENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {**_WORDS, "maxLength": 255},
        "description": _TEXT,
        "category": {"type": "string", "maxLength": 100},
        "guidelines": _TEXT,
        "state_schema": {
            "type": "object",
            "properties": {
                "type": {"const": "object"},
                "properties": {
                    "type": "object",
                    "additionalProperties": {"$ref": "#/$defs/property"},
                    "maxProperties": MAX_FIELDS,
                },
                "required": {"type": "array", "items": _TEXT},
            },
            "required": ["type", "properties"],
        },
        "steps": {"type": "array", "items": {"$ref": "#/$defs/step"}, "minItems": 1, "maxItems": MAX_STEPS},
        **_END_ACTION,
        "confirmation": {"enum": ["none", "required"]},
        "expires_after": {"type": ["string", "null"]},
        "prerequisites": {
            "type": "array",
            "items": {"$ref": "#/$defs/prerequisite"},
            "maxItems": MAX_PREREQUISITES,
        },
        "time_zone": _WORDS,
        "metadata": {"type": "object"},
        "is_active": {"type": "boolean"},
        **dict.fromkeys(NOT_YET_DOCUMENT, True),
    },
    "required": ["name", "state_schema", "steps", "end_action_type"],
    "additionalProperties": False,
    "$defs": _DEFINITIONS,
}
