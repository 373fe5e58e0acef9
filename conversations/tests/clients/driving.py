"""What tests ask of an official client, whichever language it is written in. All answers are plain JSON."""

from collections.abc import Mapping
from typing import Any, Protocol


class Refused(Exception):
    """The client was answered with an error, or with no answer that it understands."""


class Driven(Protocol):
    """A client that is connected."""

    version: str
    capabilities: Mapping[str, Any]
    instructions: str

    def asked(self) -> list[str]:
        """Return what its person was asked."""

    def tools(self) -> list[dict[str, Any]]:
        """List the tools."""

    def prompts(self) -> list[dict[str, Any]]:
        """List the prompts."""

    def prompt(self, name: str) -> list[dict[str, Any]]:
        """Return the messages of a prompt."""

    def resources(self) -> list[dict[str, Any]]:
        """List the resources."""

    def resource(self, uri: str) -> list[dict[str, Any]]:
        """Return the contents of a resource."""

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool; a question is put to the person."""

    def round(self, tool: str, arguments: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
        """Call a tool once, with what answers its question, if anything does."""


class Driver(Protocol):
    """Connects official clients of one language; `agrees` is what their person answers, None if nobody can be asked."""

    def connect(self, url: str, key: str, *, mode: str = "modern", agrees: bool | None = None) -> Driven:
        """Connect a client that shows a key."""

    def close(self) -> None:
        """Disconnect every client."""


def told(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a tool answers as data, where it could do something."""
    assert not result.get("isError"), result
    answer: dict[str, Any] = result["structuredContent"]
    return answer
