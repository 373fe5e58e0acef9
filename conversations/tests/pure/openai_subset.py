"""What OpenAI takes as the schema of a strict tool, as its guide "Structured Outputs" tells it: a checker."""

from collections.abc import Iterator
from typing import Any

ANYWHERE = {"type", "description", "enum", "const", "anyOf"}
BY_TYPE = {
    "object": {"properties", "required", "additionalProperties"},
    "array": {"items", "minItems", "maxItems"},
    "string": {"pattern", "format"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
    "integer": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
    "boolean": set(),
    "null": set(),
}
FORMATS = {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}


def complaints(schema: Any) -> list[str]:
    """Return what OpenAI would refuse in the parameters of a strict tool."""
    found = list(_of(schema, "#", 1))
    if schema.get("type") != "object" or "anyOf" in schema:
        found.append("# is no object")
    nodes = list(_nodes(schema))
    if sum(len(node.get("properties", ())) for node in nodes) > 5000:
        found.append("# has too many properties")
    if sum(len(node.get("enum", ())) for node in nodes) > 1000:
        found.append("# has too many choices")
    return found


def _of(schema: Any, path: str, depth: int) -> Iterator[str]:
    if not isinstance(schema, dict):
        yield f"{path} is no object"
        return
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    yield from (f"{path} {words}" for words in _of_one(schema, kinds))
    if depth > 10:
        yield f"{path} is too deep"
    for name, part in schema.get("properties", {}).items():
        yield from _of(part, f"{path}/{name}", depth + 1)
    if "array" in kinds:
        yield from _of(schema.get("items"), f"{path}/items", depth + 1)
    for index, part in enumerate(schema.get("anyOf", ())):
        yield from _of(part, f"{path}/anyOf/{index}", depth)


def _of_one(schema: dict[str, Any], kinds: list[str]) -> Iterator[str]:
    if not kinds and "anyOf" not in schema:
        yield "has no type"
    if len([kind for kind in kinds if kind != "null"]) > 1:
        yield "has several types"
    known = ANYWHERE.union(*(BY_TYPE[kind] for kind in kinds))
    yield from (f"has {key}" for key in schema if key not in known)
    if schema.get("format", "date") not in FORMATS:
        yield f"has the format {schema['format']}"
    if schema.get("enum") == []:
        yield "has no choice"
    if "object" in kinds and schema.get("additionalProperties") is not False:
        yield "is open"
    if "object" in kinds and schema.get("required") != list(schema.get("properties", ["?"])):
        yield "does not require all"


def _nodes(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        for below in part.values():
            yield from _nodes(below)
    elif isinstance(part, list):
        for below in part:
            yield from _nodes(below)
