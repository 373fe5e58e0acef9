"""What a tool is called with, held against the schema that its callers were given."""

from collections.abc import Mapping
from typing import Any

from conversations.toolschema.mistakes import Judge
from conversations.toolschema.restoring import restore
from engine.errors import Invalid


class ArgumentsInvalid(Invalid):
    """The arguments are not those that the tool takes."""

    code = "invalid"


class Arguments:
    """The arguments that a tool takes."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._judge = Judge(schema)

    def read(self, called_with: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of a call, without nulls that only say that there is nothing.

        :raises ArgumentsInvalid: they do not fit; with everything that is wrong, and no value of theirs
        """
        given: dict[str, Any] = restore(called_with, self._judge.schema)
        if wrong := self._judge.mistakes(given):
            raise ArgumentsInvalid(" ".join(each["message"] for each in wrong), errors=wrong)
        return given
