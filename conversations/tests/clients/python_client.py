"""The official Python client, driven from tests that are not asynchronous."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from typing import Any

import httpx2
import mcp_types as types
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client
from mcp.client.context import ClientRequestContext
from mcp.client.streamable_http import streamable_http_client
from pydantic import BaseModel

from conversations.tests.clients.driving import Refused

MODES = {"modern": "auto", "legacy": "legacy"}


class PythonDriver:
    """Connects clients, all of which live in one event loop in a thread of its own."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._portal = self._open.enter_context(start_blocking_portal())

    def connect(self, url: str, key: str, *, mode: str = "modern", agrees: bool | None = None) -> "PythonClient":
        """Connect a client that shows a key."""
        asked: list[str] = []
        connecting = self._portal.wrap_async_context_manager(_connected(url, key, mode, agrees, asked))
        try:
            client = self._open.enter_context(connecting)
        except Exception as error:
            raise Refused(repr(error)) from error
        return PythonClient(client, self._portal, asked)

    def close(self) -> None:
        """Disconnect every client."""
        self._open.close()


class PythonClient:
    """A client that is connected."""

    def __init__(self, client: Client, portal: BlockingPortal, asked: list[str]) -> None:
        self._client = client
        self._portal = portal
        self._asked = asked
        self.version = client.protocol_version
        self.capabilities: Mapping[str, Any] = _plain(client.server_capabilities)
        self.instructions = client.instructions or ""

    def asked(self) -> list[str]:
        """Return what its person was asked."""
        return list(self._asked)

    def tools(self) -> list[dict[str, Any]]:
        """List the tools, past what the client remembers of them."""
        return [_plain(found) for found in self._do(lambda: self._client.list_tools(cache_mode="bypass")).tools]

    def prompts(self) -> list[dict[str, Any]]:
        """List the prompts."""
        return [_plain(found) for found in self._do(self._client.list_prompts).prompts]

    def prompt(self, name: str) -> list[dict[str, Any]]:
        """Return the messages of a prompt."""
        return [_plain(found) for found in self._do(lambda: self._client.get_prompt(name)).messages]

    def resources(self) -> list[dict[str, Any]]:
        """List the resources."""
        return [_plain(found) for found in self._do(self._client.list_resources).resources]

    def resource(self, uri: str) -> list[dict[str, Any]]:
        """Return the contents of a resource."""
        return [_plain(found) for found in self._do(lambda: self._client.read_resource(uri)).contents]

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool; a question is put to the person."""
        return _plain(self._do(lambda: self._client.call_tool(tool, arguments)))

    def round(self, tool: str, arguments: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
        """Call a tool once, with what answers its question, if anything does."""
        answers: dict[str, Any] = {
            key: types.ElicitResult(**answer) for key, answer in more.get("inputResponses", {}).items()
        }
        return _plain(
            self._do(
                lambda: self._client.session.call_tool(
                    tool,
                    dict(arguments),
                    input_responses=answers or None,
                    request_state=more.get("requestState"),
                    allow_input_required=True,
                )
            )
        )

    def _do(self, asked: Any) -> Any:
        try:
            return self._portal.call(asked)
        except Exception as error:
            raise Refused(repr(error)) from error


@asynccontextmanager
async def _connected(url: str, key: str, mode: str, agrees: bool | None, asked: list[str]) -> AsyncIterator[Client]:
    async def put(_: ClientRequestContext, question: types.ElicitRequestParams) -> types.ElicitResult:
        asked.append(question.message)
        return types.ElicitResult(action="accept", content={}) if agrees else types.ElicitResult(action="decline")

    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, trust_env=False)
    async with http, _client(url, http, mode, put if agrees is not None else None) as client:
        yield client


def _client(url: str, http: httpx2.AsyncClient, mode: str, put: Any) -> AbstractAsyncContextManager[Client]:
    return Client(streamable_http_client(url, http_client=http), mode=MODES[mode], elicitation_callback=put)


def _plain(found: BaseModel) -> dict[str, Any]:
    plain: dict[str, Any] = found.model_dump(mode="json", by_alias=True, exclude_none=True)
    return plain
