"""What is wrong with the arguments of a call, each mistake with its place, in words that repeat no value."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from engine.errors import did_you_mean
from engine.findings import pointer
from engine.messages import explain
from engine.schema import MAX_VIOLATIONS, Violation, compile_schema, violations

_SHOWN_OF_A_NAME = 100


class Judge:
    """Holds arguments against the schema of a tool."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema
        self._compiled = compile_schema(schema)

    def mistakes(self, given: Any) -> list[dict[str, str]]:
        """Return what is wrong, the first of very many, as `path`, `code` and `message`."""
        found = islice(violations(self._compiled, given), MAX_VIOLATIONS)
        return [mistake for violation in found for mistake in self._told(violation)]

    def _told(self, found: Violation) -> Iterator[dict[str, str]]:
        known = self.schema["properties"]
        match found.keyword:
            case "additionalProperties" if not found.path:
                for name in islice(found.details["unexpected"], MAX_VIOLATIONS):
                    yield {"path": pointer(name), "code": "unknown_key", "message": _unknown(name, known)}
            case "required" if not found.path:
                words = f"The argument {found.details['property']!r} is missing."
                yield {"path": "", "code": "required", "message": words}
            case keyword:
                label = str(found.path[0])
                words = explain(found, known[label], label)
                yield {"path": pointer(*found.path), "code": keyword, "message": words}


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    near = did_you_mean(name, known)
    hint = f"Did you mean {near!r}?" if near else f"It takes: {', '.join(known)}."
    return f"There is no argument {name[:_SHOWN_OF_A_NAME]!r}. {hint}"
