"""Arguments as OpenAI's constrained decoding takes them ("Structured Outputs"), and what they cannot say there.

Every object is closed and every property is there; an optional one may be null, which says that there is nothing. What
a keyword cannot say is told in words, and judged all the same once it comes.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from conversations.toolschema.keywords import ANNOTATIONS
from conversations.toolschema.limits import excess_of
from conversations.toolschema.losses import Place
from conversations.toolschema.restoring import admits_null
from conversations.toolschema.words import keyword_in_words, sentences
from engine.conditions import is_number

type Schema = Mapping[str, Any]

FORMATS = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"})

_OF_NUMBERS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})
_KEPT: Mapping[str, frozenset[str]] = {
    "string": frozenset({"pattern", "format"}),
    "number": _OF_NUMBERS,
    "integer": _OF_NUMBERS,
    "array": frozenset({"minItems", "maxItems"}),
}
"""The keywords that a strict schema may have beside its structure, by type."""

# Each judges values of this type alone; a keyword that is not here judges any.
_ONLY_OF = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "format"), "string"),
    **dict.fromkeys(_OF_NUMBERS, "number"),
    **dict.fromkeys(
        ("items", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains"), "array"
    ),
    **dict.fromkeys(("prefixItems", "unevaluatedItems"), "array"),
    **dict.fromkeys(("properties", "required", "additionalProperties", "patternProperties"), "object"),
    **dict.fromkeys(("minProperties", "maxProperties", "propertyNames", "dependentRequired"), "object"),
    **dict.fromkeys(("dependentSchemas", "unevaluatedProperties"), "object"),
}
_CHOICES = ("enum", "const")
_SAID = frozenset({"type", "description"})
_KINDS: Mapping[str, type] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": float,
    "array": list,
    "object": dict,
    "null": type(None),
}


class NotStrictable(Exception):
    """A schema that no strict one can stand for."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(why)
        self.path = path
        self.why = why


def strict(parameters: Schema, place: Place) -> dict[str, Any]:
    """Return arguments as a strict tool has them; what they cannot say is noted as lost.

    :raises NotStrictable: they cannot be strict
    """
    made = _Conversion(place=place).of(parameters)
    if excess := excess_of(made):
        raise NotStrictable(place.path, excess)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Conversion:
    """The conversion of what stands at a place; in a union it must be clear what a null stands for."""

    place: Place
    is_in_union: bool = False

    def of(self, schema: Any) -> dict[str, Any]:
        """Return the strict schema for a schema."""
        if not isinstance(schema, Mapping):
            raise self._impossible("anything may stand here")
        types = _types_of(schema)
        match [kind for kind in types if kind != "null"]:
            case [] if not types:
                return self._union(schema)
            case []:
                return {"type": "null", **self._told(schema, frozenset(_CHOICES), "null")}
            case [kind]:
                made = self._one(schema, kind)
                return or_null(made) if "null" in types else made
            case kinds:
                branches = [self._one(schema, kind) for kind in kinds]
                return {"anyOf": [*branches, *([{"type": "null"}] if "null" in types else ())]}

    def _union(self, schema: Schema) -> dict[str, Any]:
        """Return one schema out of several; that it is exactly one of them, no strict schema can say."""
        key = next((key for key in ("anyOf", "oneOf") if key in schema), None)
        if key is None:
            raise self._impossible("anything may stand here")
        if key == "oneOf":
            self.place.lose("oneOf", "anyOf: more than one of them may fit")
        inside = replace(self, is_in_union=True)
        branches = [inside._at(key, index).of(branch) for index, branch in enumerate(schema[key])]
        return {**self._told(schema, frozenset({key}), None), "anyOf": branches}

    def _one(self, schema: Schema, kind: str) -> dict[str, Any]:
        """Return the schema of values of one type."""
        match kind:
            case "object":
                structure = self._group(schema)
            case "array":
                structure = {"items": self._at("items").of(schema.get("items"))}
            case _:
                structure = _choices(schema, kind)
        kept = {key: schema[key] for key in sorted(_KEPT.get(kind, frozenset()) & schema.keys())}
        if kept.get("format") not in FORMATS:
            kept.pop("format", None)
        return {"type": kind, **self._told(schema, structure.keys() | kept.keys(), kind), **structure, **kept}

    def _group(self, schema: Schema) -> dict[str, Any]:
        """Return what makes an object: all its members, and no other."""
        properties, required = schema.get("properties", {}), frozenset(schema.get("required", ()))
        if schema.get("additionalProperties", not properties) is not False or schema.get("patternProperties"):
            raise self._impossible("members of other names may stand here")
        if any(name not in properties for name in required):
            raise self._impossible("a member is required of which nothing is known")
        if "additionalProperties" not in schema:
            self.place.lose("additionalProperties", "false: only members that are named can be given")
        members = {name: self._member(name, part, is_required=name in required) for name, part in properties.items()}
        return {"properties": members, "required": [*members], "additionalProperties": False}

    def _member(self, name: str, part: Any, *, is_required: bool) -> dict[str, Any]:
        there = self._at("properties", name)
        made = there.of(part)
        if is_required:
            return made
        if self.is_in_union or admits_null(part):
            raise there._impossible("null could mean two things here")
        return or_null(made)

    def _told(self, schema: Schema, said: Set[str], kind: str | None) -> dict[str, Any]:
        """Return the description, with what is not said otherwise; of that, what judges is lost."""
        rest = [key for key in sorted(schema) if key not in said and key not in _SAID and _judges(key, kind)]
        for key in rest:
            if key not in ANNOTATIONS:
                self.place.lose(key, "told in the description")
        words = sentences(schema.get("description", ""), *(keyword_in_words(key, schema[key]) for key in rest))
        return {"description": words} if words else {}

    def _at(self, *parts: str | int) -> "_Conversion":
        return replace(self, place=self.place.at(*parts))

    def _impossible(self, why: str) -> NotStrictable:
        return NotStrictable(self.place.path, why)


def or_null(made: Schema) -> dict[str, Any]:
    """Return a strict schema that takes null, too."""
    if "anyOf" in made:
        return {**made, "anyOf": [*made["anyOf"], {"type": "null"}]}
    nullable = {**made, "type": [made["type"], "null"]}
    if "const" in nullable:
        nullable["enum"] = [nullable.pop("const")]
    if "enum" in nullable:
        nullable["enum"] = [*nullable["enum"], None]
    return nullable


def _types_of(schema: Schema) -> tuple[str, ...]:
    """Return the types of the values that fit; none if the schema does not say."""
    declared = schema.get("type")
    kinds = (declared,) if isinstance(declared, str) else tuple(declared or ())
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if values is None:
        return kinds
    if not kinds:
        return tuple(dict.fromkeys(map(_kind_of, values)))
    return tuple(kind for kind in kinds if any(_is(value, kind) for value in values))


def _choices(schema: Schema, kind: str) -> dict[str, Any]:
    """Return the choices of one type."""
    if "enum" in schema:
        return {"enum": [value for value in schema["enum"] if _is(value, kind)]}
    return {"const": schema["const"]} if "const" in schema else {}


def _judges(keyword: str, kind: str | None) -> bool:
    """Tell whether a keyword says anything of values of a type."""
    # Integers keep the keywords of numbers, so of these it is never asked.
    return kind is None or _ONLY_OF.get(keyword, kind) == kind


def _kind_of(value: Any) -> str:
    return next(kind for kind in _KINDS if _is(value, kind))


def _is(value: Any, kind: str) -> bool:
    if kind in ("number", "integer"):
        return is_number(value) and (kind == "number" or value == int(value))
    return isinstance(value, _KINDS[kind])
