"""Tools: functions that a `tool_call` can name, found in the `workflow_tools.py` of every installed app.

@tool("look_up", description="Find a customer.", arguments={"number": {"type": "string"}}, required=["number"])
def look_up(call: ToolCall, *, number: str) -> dict[str, str]: ...
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import jsonschema_rs

from engine.errors import Invalid, NotFound
from engine.schema import compile_schema, violations

type ToolFunction = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """Why a tool is called. `idempotency_key` is the same in every attempt of one call, and in no other."""

    idempotency_key: str
    workflow_id: str
    template: str
    version: int
    at: datetime
    own_addresses: frozenset[str] = frozenset()
    """E-mail addresses of the person: the live values of fields that the template marks with `x-own-address`."""


class ToolRefused(Invalid):
    """A tool does not do what it was asked, and never will: it is not called again."""

    code = "tool_refused"

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, reason=code)
        self.reason = code


class ToolNotFound(NotFound):
    """There is no such tool."""

    code = "tool_not_found"


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A function with a name, what it takes, and who may publish its use."""

    name: str
    description: str
    arguments: Mapping[str, Any]
    """The JSON Schema (2020-12) of all arguments together."""
    function: ToolFunction
    is_idempotent: bool = False
    """Whether it may be called again when it is not known what became of a call."""
    permission: str = ""
    """The Django permission that whoever publishes its use must hold; empty if nobody needs one."""

    @cached_property
    def judge(self) -> jsonschema_rs.Draft202012Validator:
        """What decides whether arguments fit."""
        return compile_schema(self.arguments)

    def run(self, call: ToolCall, arguments: Mapping[str, Any]) -> Any:
        """Call the function and return what it answers, which is JSON.

        :raises ToolRefused: the arguments do not fit, or the tool itself says no
        """
        found = next(violations(self.judge, dict(arguments)), None)
        if found is not None:
            place = "/".join(map(str, found.path)) or ", ".join(found.fields) or "arguments"
            raise ToolRefused("unfit_arguments", f"{self.name} cannot use {place}: {found.keyword}.")
        return self.function(call, **arguments)


_tools: dict[str, Tool] = {}


def tool(
    name: str,
    *,
    description: str,
    arguments: Mapping[str, Any],
    required: Sequence[str] = (),
    is_idempotent: bool = False,
    permission: str = "",
) -> Callable[[ToolFunction], ToolFunction]:
    """Register a function as a tool; `arguments` are the properties of its argument schema."""
    schema = {
        "type": "object",
        "properties": dict(arguments),
        "required": list(required),
        "additionalProperties": False,
    }

    def register(function: ToolFunction) -> ToolFunction:
        if name in _tools:
            raise ValueError(f"There are two tools of the name {name!r}. Give one of them another name.")
        made = Tool(
            name=name,
            description=description,
            arguments=schema,
            function=function,
            is_idempotent=is_idempotent,
            permission=permission,
        )
        assert made.judge  # noqa: S101  a schema that is none is found when the service starts
        _tools[name] = made
        return function

    return register


def every_tool() -> list[Tool]:
    """Return all tools by name."""
    return [_tools[name] for name in sorted(_tools)]


def find_tool(name: str) -> Tool | None:
    """Return a tool, or None if there is none of this name."""
    return _tools.get(name)


def tool_named(name: str) -> Tool:
    """Return a tool.

    :raises ToolNotFound: there is none of this name
    """
    found = find_tool(name)
    if found is None:
        raise ToolNotFound(f"There is no tool {name!r}. GET /api/tools lists them.")
    return found
