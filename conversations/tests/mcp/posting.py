"""Messages of the protocol, posted in process: what a client library sends, one request at a time."""

import json
from itertools import count
from typing import Any

from rest_framework.test import APIClient

PROTOCOL = "2026-07-28"
_PREFIX = "io.modelcontextprotocol/"

_ids = count(1)


def code_of(result: Any) -> str:
    """Return the code of what a tool refused, or nothing if it did not."""
    return str(json.loads(result["content"][0]["text"])["code"]) if result["isError"] else ""


class Mcp:
    """A client of the protocol with an API key; `elicits` says that it can put a question to its person."""

    def __init__(self, client: APIClient, *, elicits: bool = False, legacy: bool = False) -> None:
        self.client = client
        self.elicits = elicits
        self.legacy = legacy

    def call(self, tool: str, **arguments: Any) -> Any:
        """Return the result of a tool."""
        return self.ask("tools/call", name=tool, arguments=arguments)

    def told(self, tool: str, **arguments: Any) -> Any:
        """Return what a tool answers as data, where it could do something."""
        result = self.call(tool, **arguments)
        assert not result["isError"], result
        return result["structuredContent"]

    def ask(self, method: str, **params: Any) -> Any:
        """Return the result of a method."""
        answer = self.answer(method, **params)
        assert "result" in answer, answer
        return answer["result"]

    def answer(self, method: str, **params: Any) -> Any:
        """Return the whole answer to a method."""
        return self.post(method, **params).json()

    def post(self, method: str, *, headers: dict[str, str] | None = None, **params: Any) -> Any:
        """Send a method and return the response."""
        message = {"jsonrpc": "2.0", "id": next(_ids), "method": method, "params": params}
        if self.legacy:
            return self.client.post("/mcp/", message, headers=headers)
        capabilities: dict[str, Any] = {"elicitation": {"form": {}}} if self.elicits else {}
        params["_meta"] = {_PREFIX + "protocolVersion": PROTOCOL, _PREFIX + "clientCapabilities": capabilities}
        named = params.get("uri") or params.get("name")
        usual = {"mcp-protocol-version": PROTOCOL, "mcp-method": method, **({"mcp-name": named} if named else {})}
        return self.client.post("/mcp/", message, headers={**usual, **(headers or {})})
