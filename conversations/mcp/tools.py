"""The tools: their descriptions, which never vary with the state of anything, and what carries them out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django_mcpz.server import MCPServer

from conversations.mcp.arguments import Arguments
from conversations.mcp.callers import caller_of, may
from conversations.mcp.refusals import told
from permissions.policy import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedTool:
    """A tool, what it needs, and what it does; the four hints tell clients what to ask a person before they call it."""

    name: str
    title: str
    description: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    access: Access
    reads_only: bool = False
    destroys: bool = False
    may_be_repeated: bool = False
    carry_out: Callable[[HttpRequest, dict[str, Any]], Mapping[str, Any]]

    @property
    def input_schema(self) -> dict[str, Any]:
        """What it is called with."""
        return {
            "type": "object",
            "properties": dict(self.arguments),
            "required": list(self.required),
            "additionalProperties": False,
        }

    def serve(self, server: MCPServer) -> None:
        """Let a server offer it to those who may use it."""
        schema = self.input_schema
        arguments = Arguments(schema)

        def called(request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
            with told():
                return dict(self.carry_out(request, arguments.read(given)))

        server.tool(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=schema,
            read_only=self.reads_only,
            destructive=self.destroys,
            idempotent=self.may_be_repeated,
            open_world=False,
            permission=lambda request: may(caller_of(request), self.access),
        )(called)
