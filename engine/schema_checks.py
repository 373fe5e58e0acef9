"""Checks of a state schema on its own: valid, compiled offline, linear patterns, no keyword that nobody reads."""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import jsonschema_rs
from referencing import Registry

from engine.document_schema import PROPERTY_KEYWORDS
from engine.errors import did_you_mean
from engine.findings import Finding, Severity, pointer
from engine.schema import DIALECT, StateSchema, compile_schema

_META = jsonschema.Draft202012Validator(jsonschema.Draft202012Validator.META_SCHEMA, registry=Registry())

# Their content is data, not schema.
_DATA_KEYWORDS = frozenset({"const", "enum", "default", "examples", "x-messages", "x-when", "x-ask"})
_NAMED_SCHEMAS = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})


def check(schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Return everything found in a state schema, with paths below `/state_schema`."""
    found = [*_dialect(schema), *_meta_findings(schema), *_walk(schema, "/state_schema")]
    yield from found
    yield from _unknown_keywords(schema)
    if not any(finding.is_error for finding in found):
        yield from _compiled(schema)


def _dialect(schema: Mapping[str, Any]) -> Iterator[Finding]:
    dialect = schema.get("$schema", DIALECT)
    if not isinstance(dialect, str) or dialect.rstrip("#") != DIALECT:
        yield Finding(
            rule="other_dialect",
            path="/state_schema/$schema",
            message=f"The state schema is read as {DIALECT}. Write it so, and leave $schema out.",
        )


def _meta_findings(schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Judge by the meta-schema. The fast judge decides; the reference one words what is wrong."""
    judged = {key: part for key, part in schema.items() if key != "$schema"}
    if jsonschema_rs.meta.is_valid(judged):
        return
    for error in _META.iter_errors(judged):
        words = error.message if len(error.message) <= 300 else error.message[:300] + " ..."
        path = pointer("state_schema", *error.absolute_path)
        yield Finding(rule="schema_invalid", path=path, message=f"This is no valid JSON Schema: {words}.")


def _walk(schema: Any, path: str) -> Iterator[Finding]:
    """Look into every subschema for references out of the document and patterns that cannot run in linear time."""
    if isinstance(schema, list):
        for index, part in enumerate(schema):
            yield from _walk(part, path + pointer(index))
    if isinstance(schema, Mapping):
        for key, part in schema.items():
            yield from _keyword(key, part, path + pointer(key))


def _keyword(key: str, part: Any, path: str) -> Iterator[Finding]:
    if key in ("$ref", "$dynamicRef") and isinstance(part, str) and not part.startswith("#"):
        words = f"References stay inside the document and begin with '#', unlike {part[:200]!r}."
        yield Finding(rule="remote_ref", path=path, message=words)
    elif key == "pattern" and isinstance(part, str):
        yield from _pattern(part, path)
    elif key in _NAMED_SCHEMAS and isinstance(part, Mapping):
        for name, named in part.items():
            if key == "patternProperties":
                yield from _pattern(name, path + pointer(name))
            yield from _walk(named, path + pointer(name))
    elif key not in _DATA_KEYWORDS:
        yield from _walk(part, path)


def _pattern(pattern: str, path: str) -> Iterator[Finding]:
    try:
        compile_schema({"pattern": pattern})
    except ValueError:
        words = "This pattern cannot run in linear time: no look-around, back-references or huge repeats."
        yield Finding(rule="unsafe_pattern", path=path, message=words)


def _unknown_keywords(schema: Mapping[str, Any]) -> Iterator[Finding]:
    properties = schema.get("properties")
    for name, part in properties.items() if isinstance(properties, Mapping) else ():
        for key in part if isinstance(part, Mapping) else ():
            if key.startswith("x-") and key not in PROPERTY_KEYWORDS:
                near = did_you_mean(key, PROPERTY_KEYWORDS)
                yield Finding(
                    rule="unknown_keyword",
                    severity=Severity.WARNING,
                    path=pointer("state_schema", "properties", name, key),
                    field=name,
                    message=f"{key!r} means nothing here." + (f" Did you mean {near!r}?" if near else ""),
                    suggestion=near,
                )


def _compiled(schema: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        StateSchema(schema)
    except ValueError as error:
        first_line = str(error).partition("\n")[0]
        path = pointer("state_schema", *getattr(error, "instance_path", ()))
        yield Finding(rule="schema_invalid", path=path, message=f"The state schema cannot be used: {first_line}.")
