"""What a tool is called with, held against the schema that its callers were given."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from conversations.toolschema.restoring import restore
from engine.errors import Invalid, did_you_mean
from engine.findings import pointer
from engine.messages import explain
from engine.schema import MAX_VIOLATIONS, Violation, compile_schema, violations


class ArgumentsInvalid(Invalid):
    """The arguments are not those that the tool takes."""

    code = "invalid"


class Arguments:
    """The arguments that a tool takes."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema
        self._judge = compile_schema(schema)

    def read(self, called_with: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of a call, without nulls that only say that there is nothing.

        :raises ArgumentsInvalid: they do not fit; with everything that is wrong, and no value of theirs
        """
        given: dict[str, Any] = restore(called_with, self.schema)
        wrong = [each for found in islice(violations(self._judge, given), MAX_VIOLATIONS) for each in self._told(found)]
        if wrong:
            raise ArgumentsInvalid(" ".join(each["message"] for each in wrong), errors=wrong)
        return given

    def _told(self, found: Violation) -> Iterator[dict[str, str]]:
        known = self.schema["properties"]
        if found.keyword == "additionalProperties" and not found.path:
            for name in islice(found.details["unexpected"], MAX_VIOLATIONS):
                near = did_you_mean(name, known)
                hint = f"Did you mean {near!r}?" if near else f"Known are: {', '.join(known)}."
                words = f"There is no {name[:100]!r} here. {hint}"
                yield {"path": pointer(name), "code": "unknown_key", "message": words}
        else:
            label = str(found.path[0]) if found.path else "The call"
            words = explain(found, known.get(label, {}), label)
            yield {"path": pointer(*found.path), "code": found.keyword, "message": words}
