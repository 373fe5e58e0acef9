"""Checks of a state schema on its own: valid, compiled offline, linear patterns, no keyword that nobody reads."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

import jsonschema_rs

from engine.document_schema import MAX_PATTERNS, MAX_UNFOLDED, PROPERTY_KEYWORDS
from engine.errors import did_you_mean
from engine.findings import MAX_FINDINGS, Finding, Severity, pointer
from engine.schema import DIALECT, StateSchema, compile_schema

# Without formats: what is wrong with a pattern is said once, by `_pattern_findings`.
_META = jsonschema_rs.Draft202012Validator({"$ref": DIALECT}, offline=True)

# Their content is data, not schema.
_DATA_KEYWORDS = frozenset(
    {"const", "enum", "default", "examples", "x-messages", "x-when", "x-ask", "x-computed", "x-choices"}
)
_NAMED_SCHEMAS = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
_REFERENCES = frozenset({"$ref", "$dynamicRef"})


def check(schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Return everything found in a state schema, with paths below `/state_schema`."""
    texts = list(_texts(schema, "/state_schema"))
    found = chain(_dialect(schema), _meta_findings(schema), _reference_findings(texts), _pattern_findings(texts))
    blocking = tuple(islice(found, MAX_FINDINGS))
    yield from blocking
    yield from _unknown_keywords(schema)
    if not blocking:
        yield from chain(_unfolding_findings(schema), _compiled(schema))


def references(schema: Any, path: str) -> Iterator[str]:
    """Return the place of every reference in a schema that stands at this path."""
    return (place for key, _, place in _texts(schema, path) if key in _REFERENCES)


def _dialect(schema: Mapping[str, Any]) -> Iterator[Finding]:
    dialect = schema.get("$schema", DIALECT)
    if not isinstance(dialect, str) or dialect.removesuffix("#") != DIALECT:
        yield Finding(
            rule="other_dialect",
            path="/state_schema/$schema",
            message=f"The state schema is read as {DIALECT}. Write it so, and leave $schema out.",
        )


def _meta_findings(schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Judge by the meta-schema; it says the same of a place once for each of its vocabularies."""
    judged = {key: part for key, part in schema.items() if key != "$schema"}
    said: set[tuple[str, str]] = set()
    for error in _META.iter_errors(judged):
        words = error.message if len(error.message) <= 300 else error.message[:300] + " ..."
        path = pointer("state_schema", *error.instance_path)
        if (path, words) not in said:
            said.add((path, words))
            yield Finding(rule="schema_invalid", path=path, message=f"This is no valid JSON Schema: {words}.")


def _texts(schema: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """Look into every subschema for references and patterns: keyword, text and place of each."""
    if isinstance(schema, list):
        for index, part in enumerate(schema):
            yield from _texts(part, path + pointer(index))
    if isinstance(schema, Mapping):
        for key, part in schema.items():
            yield from _texts_of_keyword(key, part, path + pointer(key))


def _texts_of_keyword(key: str, part: Any, path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(part, str) and (key == "pattern" or key in _REFERENCES):
        yield key, part, path
    elif key in _NAMED_SCHEMAS and isinstance(part, Mapping):
        for name, named in part.items():
            if key == "patternProperties":
                yield "pattern", name, path + pointer(name)
            yield from _texts(named, path + pointer(name))
    elif key not in _DATA_KEYWORDS:
        yield from _texts(part, path)


def _reference_findings(texts: Iterable[tuple[str, str, str]]) -> Iterator[Finding]:
    for key, reference, path in texts:
        if key in _REFERENCES and not reference.startswith("#"):
            words = f"References stay inside the document and begin with '#', unlike {reference[:200]!r}."
            yield Finding(rule="remote_ref", path=path, message=words)


def _unfolding_findings(schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Refuse references that unfold to more than a value should be judged by: a few lines can name billions."""
    if _Unfolding(schema).size_of(schema) > MAX_UNFOLDED:
        words = f"With its references unfolded the state schema has more than {MAX_UNFOLDED:,} parts. Use fewer."
        yield Finding(rule="schema_too_large", path="/state_schema", message=words)


class _Unfolding:
    """How large parts of a schema are once local references are replaced by what they refer to."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self.sizes: dict[str, int] = {}

    def size_of(self, part: Any) -> int:
        """Return the number of parts below a part; a reference in a circle counts once."""
        if isinstance(part, list):
            return sum(map(self.size_of, part))
        if not isinstance(part, Mapping):
            return 0
        below = sum(self.size_of(value) for key, value in part.items() if key not in _DATA_KEYWORDS)
        reference = part.get("$ref")
        return 1 + below + (self._size_of_target(reference) if isinstance(reference, str) else 0)

    def _size_of_target(self, reference: str) -> int:
        if reference not in self.sizes:
            self.sizes[reference] = 0
            self.sizes[reference] = self.size_of(self._target(reference))
        return self.sizes[reference]

    def _target(self, reference: str) -> Any:
        target: Any = self.root
        for key in reference.split("/")[1:]:
            target = target.get(key.replace("~1", "/").replace("~0", "~")) if isinstance(target, Mapping) else None
        return target


def _pattern_findings(texts: Iterable[tuple[str, str, str]]) -> Iterator[Finding]:
    patterns = [(pattern, path) for key, pattern, path in texts if key == "pattern"]
    if len(patterns) > MAX_PATTERNS:
        words = f"A state schema has at most {MAX_PATTERNS} patterns."
        yield Finding(rule="too_many_patterns", path="/state_schema", message=words)
        return
    for pattern, path in patterns:
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
        words = f"The state schema cannot be used: {first_line}."
        yield Finding(rule="schema_invalid", path="/state_schema", message=words)
