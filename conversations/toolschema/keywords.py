"""Which keywords of JSON Schema (2020-12) hold schemas, and which of them judge nothing."""

from collections.abc import Mapping
from typing import Any

ONE_SCHEMA = frozenset(
    {
        "items",
        "contains",
        "additionalProperties",
        "unevaluatedItems",
        "unevaluatedProperties",
        "propertyNames",
        "not",
        "if",
        "then",
        "else",
    }
)
MANY_SCHEMAS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
NAMED_SCHEMAS = frozenset({"patternProperties", "dependentSchemas"})
REFERENCES = frozenset({"$ref", "$dynamicRef"})

ANNOTATIONS = frozenset({"description", "default", "examples"})
"""What judges nothing and a model may read."""

_SILENT = frozenset(
    {
        "title",
        "readOnly",
        "writeOnly",
        "deprecated",
        "contentMediaType",
        "contentEncoding",
        "contentSchema",
        "definitions",
    }
)


def is_silent(keyword: str) -> bool:
    """Tell whether a keyword is not for models: ours, and those that name, locate or annotate."""
    return keyword in _SILENT or keyword.startswith("x-") or (keyword.startswith("$") and keyword not in REFERENCES)


def ordered(value: Any) -> Any:
    """Return JSON with the keys of every object in one order: a database may keep none."""
    match value:
        case Mapping():
            return {key: ordered(value[key]) for key in sorted(value)}
        case list():
            return [ordered(part) for part in value]
        case _:
            return value
