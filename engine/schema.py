"""The state schema as a judge: which values count, and what is wrong with the others.

Everything is compiled offline and with linear-time patterns, so that neither an author nor a person can make the judge
open a socket or run for ever.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import jsonschema_rs

# Of one value. Nobody mends more at a time, and a long list of wrong entries must not become a gigabyte of complaints.
MAX_VIOLATIONS = 10

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# Keywords of the root that do not judge a single value: without them `{field: value}` is judged by its property alone.
_KEPT_FOR_ONE_VALUE = frozenset({"$schema", "$id", "$defs", "definitions", "properties"})

# What the compiled judge adds to an error beside plain values.
_NOT_DATA = frozenset({"context", "error"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One keyword that a value does not satisfy; `path` leads from the judged object to the spot."""

    keyword: str
    path: tuple[str | int, ...]
    details: Mapping[str, Any]

    @property
    def fields(self) -> tuple[str, ...]:
        """The top-level fields this names: where it happened, or what is missing or too much there."""
        if self.path:
            return (str(self.path[0]),)
        if self.keyword == "required":
            return (str(self.details["property"]),)
        return tuple(self.details.get("unexpected", ()))


def types_of(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the types that a property may be of, null beside others aside; none if its schema does not say."""
    declared = schema.get("type", ())
    return (declared,) if isinstance(declared, str) else tuple(kind for kind in declared if kind != "null")


def compile_schema(schema: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """Return a compiled JSON Schema (2020-12) that never fetches and whose patterns run in linear time.

    :raises ValueError: the schema is invalid, refers outside itself, or has a pattern that cannot run in linear time
    """
    return jsonschema_rs.Draft202012Validator(
        dict(schema), validate_formats=True, offline=True, pattern_options=jsonschema_rs.RegexOptions()
    )


def violations(validator: jsonschema_rs.Draft202012Validator, value: Any) -> Iterator[Violation]:
    """Return everything that is wrong with a value."""
    for error in validator.iter_errors(value):
        details = {key: found for key, found in error.kind.as_dict().items() if key not in _NOT_DATA}
        yield Violation(keyword=error.kind.name, path=tuple(error.instance_path), details=details)


class StateSchema:
    """A state schema, compiled once for each version."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Compile the schema.

        :raises ValueError: see :func:`compile_schema`
        """
        self.source = schema
        self._one = compile_schema({key: part for key, part in schema.items() if key in _KEPT_FOR_ONE_VALUE})
        self._whole = compile_schema({key: part for key, part in schema.items() if key != "required"})

    def judge(self, values: Mapping[str, Any]) -> Mapping[str, tuple[Violation, ...]]:
        """Return the violations of each field whose value, judged alone, is refused."""
        refused: defaultdict[str, list[Violation]] = defaultdict(list)
        for name, value in values.items():
            refused[name] += islice(violations(self._one, {name: value}), MAX_VIOLATIONS)
        return {name: tuple(found) for name, found in refused.items() if found}

    def admits(self, field: str, value: Any) -> bool:
        """Tell whether this value alone is one the field may have."""
        return bool(self._one.is_valid({field: value}))

    def judge_whole(self, values: Mapping[str, Any]) -> tuple[Violation, ...]:
        """Return what is wrong with the values taken together, `required` of the root aside."""
        return tuple(islice(violations(self._whole, dict(values)), MAX_VIOLATIONS))
