"""Schemas of single fields that nobody wrote, and values that may fit them."""

from typing import Any

from hypothesis import strategies as st

type Json = dict[str, Any]

NAMES = st.sampled_from(["a", "b", "c", "Größe"])
DEFS: Json = {
    "short": {"type": "string", "maxLength": 3},
    "person": {
        "type": "object",
        "properties": {"name": {"$ref": "#/$defs/short"}, "age": {"type": "integer"}},
        "required": ["name"],
    },
    "chain": {"type": "object", "properties": {"next": {"$ref": "#/$defs/chain"}}},
}
SCALARS: tuple[Json, ...] = (
    {"type": "string"},
    {"type": "string", "minLength": 1, "maxLength": 2},
    {"type": "string", "pattern": "^[ab]*$", "title": "Letters"},
    {"type": "string", "format": "date"},
    {"type": "string", "format": "uri"},
    {"type": "integer", "minimum": 0, "maximum": 9, "x-unit": "EUR"},
    {"type": "number", "exclusiveMinimum": 0.5},
    {"type": "boolean", "x-ask-first": True},
    {"enum": ["a", 1, True]},
    {"type": "string", "enum": ["a", "b", 7], "default": "a"},
    {"const": "a"},
    {"type": "string", "oneOf": [{"const": "a", "title": "An apple"}, {"const": "b", "title": "A book"}]},
    {"oneOf": [{"const": 1}, {"const": 1.0}, {"const": 2}]},
    {"type": ["string", "null"]},
    {"type": ["string", "integer"], "minLength": 2},
    {"type": ["string", "integer", "null"], "enum": ["a", 1]},
    {"type": "null"},
    {"$ref": "#/$defs/short"},
    {"$ref": "#/$defs/short", "minLength": 2},
)
ODD: tuple[Json, ...] = (
    {},
    {"minimum": 3},
    {"$ref": "#/$defs/chain"},
    {"type": "object"},
    {"type": "array"},
    {"type": "object", "additionalProperties": {"type": "integer"}},
)
LOSSY: tuple[Json, ...] = (
    {"not": {"const": "a"}},
    {"allOf": [{"not": {"const": 1}}]},
    {"if": {"type": "string"}, "then": {"minLength": 2}},
)


@st.composite
def scalars(draw: st.DrawFn) -> Json:
    """Return a schema of a single value, now and then with a keyword that strict tools do not know."""
    more = draw(st.sampled_from([{}, {}, {}, *LOSSY]))
    return {**draw(st.sampled_from(SCALARS)), **more}


@st.composite
def groups(draw: st.DrawFn, members: st.SearchStrategy[Json]) -> Json:
    """Return a schema of an object."""
    properties = draw(st.dictionaries(NAMES, members, min_size=1, max_size=3))
    required = draw(st.lists(st.sampled_from(sorted(properties)), unique=True))
    closed: list[Json] = [{}, {"additionalProperties": False}, {"unevaluatedProperties": False}]
    more: Json = draw(st.sampled_from([*closed, {"minProperties": 2}]))
    return {"type": "object", "properties": properties, "required": required, **more}


@st.composite
def lists(draw: st.DrawFn, entries: st.SearchStrategy[Json]) -> Json:
    """Return a schema of an array."""
    sized: list[Json] = [{}, {"minItems": 1}, {"maxItems": 1}, {"uniqueItems": True}, {"contains": {}}]
    more: Json = draw(st.sampled_from(sized))
    return {"type": "array", "items": draw(entries), **more}


@st.composite
def unions(draw: st.DrawFn, branches: st.SearchStrategy[Json]) -> Json:
    """Return a schema that is one of several."""
    key = draw(st.sampled_from(["anyOf", "oneOf"]))
    return {key: draw(st.lists(branches, min_size=1, max_size=2)), "description": "One of them"}


def schemas() -> st.SearchStrategy[Json]:
    """Return schemas of what a field may be."""
    simple = scalars() | st.sampled_from([{"$ref": "#/$defs/person"}])

    def deeper(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
        return groups(inner) | lists(inner) | unions(inner)

    return st.recursive(simple, deeper, max_leaves=5) | st.sampled_from(ODD)


def values() -> st.SearchStrategy[Any]:
    """Return values that have nothing to do with any schema in particular."""
    plain = st.sampled_from([None, True, False, 0, 1, 1.0, 2.5, 7, 12, "", "a", "b", "ab", "abcd", "2026-01-31"])
    return st.recursive(
        plain, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=5
    )


@st.composite
def fitting(draw: st.DrawFn, schema: Any) -> Any:
    """Return a value made after a schema; it may miss keywords that say less than what a value is made of."""
    match schema:
        case {"$ref": str(reference)}:
            return draw(fitting(DEFS[reference.rpartition("/")[2]]))
        case {"enum": _} | {"const": _}:
            return draw(st.sampled_from(schema.get("enum", [schema.get("const")])))
        case {"anyOf": branches} | {"oneOf": branches}:
            return draw(fitting(draw(st.sampled_from(branches))))
        case {"type": [*kinds]}:
            return draw(fitting({**schema, "type": draw(st.sampled_from(kinds))}))
        case {"type": "object", "properties": properties}:
            required = schema.get("required", ())
            given = [name for name in properties if name in required or draw(st.booleans())]
            return {name: draw(fitting(properties[name])) for name in given}
        case {"type": "array", "items": items}:
            fewest, most = schema.get("minItems", 0), schema.get("maxItems", 2)
            return draw(st.lists(fitting(items), min_size=fewest, max_size=max(fewest, most)))
        case {"type": kind} if kind in _PLAIN:
            return draw(_PLAIN[kind])
        case _:
            return draw(values())


_PLAIN = {
    "string": st.sampled_from(["", "a", "b", "ab", "ba", "abc", "abcd", "2026-01-31", "https://example.org/"]),
    "integer": st.integers(0, 10),
    "number": st.sampled_from([0, 1, 2.5, 7]),
    "boolean": st.booleans(),
    "null": st.none(),
}


def in_full(value: Any, schema: Any) -> Any:
    """Return a value with null for every optional member that it lacks, as a strict tool is given it."""
    if isinstance(value, dict) and isinstance(schema, dict) and "properties" in schema:
        known = schema["properties"]
        return {name: in_full(value[name], part) if name in value else None for name, part in known.items()}
    if isinstance(value, list) and isinstance(schema, dict):
        return [in_full(entry, schema.get("items")) for entry in value]
    return value
