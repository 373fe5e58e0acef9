"""The protocol: django-mcpz serves the tools, and here is what it leaves out: prompts, resources, strict bodies.

It knows nothing of workflows.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django_mcpz.jsonrpc import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    Message,
    MessageError,
    error_response,
    result_response,
)
from django_mcpz.legacy import LEGACY_PROTOCOL_VERSIONS, is_legacy_request, legacy_dispatch
from django_mcpz.server import MCPServer, _validate_name_header
from msgspec import UnsetType

from conversations.mcp.messages import Unreadable, message_in
from engine.errors import DomainError

logger = logging.getLogger(__name__)

INTERNAL_ERROR = -32603  # JSON-RPC 2.0, section 5.1

# Lists change when authors publish, which is seldom; they are those of one key.
CACHING = {"ttlMs": 60_000, "cacheScope": "private"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method of the protocol that is no tool; `named_by` is the parameter that the header `Mcp-Name` repeats."""

    answer: Callable[[HttpRequest, Mapping[str, Any]], dict[str, Any]]
    named_by: str | None = None
    may_be_kept: bool = True


class WorkflowServer(MCPServer):
    """An MCP server with methods beside its tools; `capabilities` says which of them are for whom.

    What it overrides is private to the library, whose version is pinned for that.
    """

    def __init__(
        self,
        *,
        methods: Mapping[str, Method],
        capabilities: Callable[[HttpRequest], dict[str, Any]],
        explain_denial: Callable[[HttpRequest, str], str],
        **about: Any,
    ) -> None:
        super().__init__(**about)
        self._methods = methods
        self._capabilities = capabilities
        self._explain_denial = explain_denial

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one message, which says all there is to know: nothing is kept between two of them."""
        try:
            return self._served(request)
        except OperationalError as error:
            logger.error("The database did not answer", exc_info=error)  # noqa: TRY400  it is ours to tell
            words = "The database is busy or away. Try again."
            return error_response(None, INTERNAL_ERROR, words, status=HTTPStatus.SERVICE_UNAVAILABLE)

    def _served(self, request: HttpRequest) -> HttpResponse:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        try:
            message = message_in(request)
        except Unreadable as error:
            return error_response(None, error.code, error.words, status=error.status)
        except MessageError as error:
            return error_response(error.request_id, error.code, error.error_message, status=HTTPStatus.BAD_REQUEST)
        return self._answer(request, message)

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self._origin_allowed(request):
            words = "Pages of another site may not call this. Its Origin is not in ALLOWED_HOSTS."
            return error_response(None, INVALID_REQUEST, words, status=HTTPStatus.FORBIDDEN)
        return self.auth(request)

    def _answer(self, request: HttpRequest, message: Message) -> HttpResponse:
        if isinstance(message.id, UnsetType):  # a notification, of which none means anything to us
            return HttpResponse(status=HTTPStatus.ACCEPTED)
        params = {} if isinstance(message.params, UnsetType) else message.params
        if is_legacy_request(request):
            return self._answer_legacy(request, message.id, message.method, params)
        wrong = self._validate_metadata(request, message.id, message.method, params)
        if wrong is not None:
            return wrong
        match message.method:
            case "server/discover":
                return self._discover(request, message.id)
            case "tools/list":
                return self._tools_list(request, message.id, params)
            case "tools/call":
                return self._tools_call(request, message.id, params)
            case method if method in self._methods:
                return self._more(request, message.id, method, params)
            case method:
                words = f"There is no method {method!r} here."
                return error_response(message.id, METHOD_NOT_FOUND, words, status=HTTPStatus.NOT_FOUND)

    def _answer_legacy(
        self, request: HttpRequest, request_id: str | int, method: str, params: dict[str, Any]
    ) -> HttpResponse:
        """Answer a client of the revisions of 2025, which begin with a handshake."""
        if method == "initialize":
            return self._initialize(request, request_id, params)
        if method in self._methods:
            return self._more(request, request_id, method, params, legacy=True)
        return legacy_dispatch(self, request, request_id, method, params)

    def _initialize(self, request: HttpRequest, request_id: str | int, params: dict[str, Any]) -> HttpResponse:
        asked = params.get("protocolVersion")
        result = {
            "protocolVersion": asked if asked in LEGACY_PROTOCOL_VERSIONS else LEGACY_PROTOCOL_VERSIONS[0],
            "capabilities": self._capabilities(request),
            "serverInfo": self.server_info_for(request),
            "instructions": self.instructions,
        }
        return result_response(request_id, result)

    def _discover(self, request: HttpRequest, request_id: str | int) -> HttpResponse:
        result = {
            "supportedVersions": self.supported_versions,
            "capabilities": self._capabilities(request),
            "instructions": self.instructions,
            **CACHING,
        }
        return self._result(request, request_id, result)

    def _tools_call(
        self, request: HttpRequest, request_id: str | int, params: dict[str, Any], *, legacy: bool = False
    ) -> HttpResponse:
        """Call a tool; one that the caller may not use says so, and is not denied to be there."""
        name = params.get("name")
        tool = self._tools.get(name) if isinstance(name, str) else None
        if tool is not None and not tool.permitted(request):
            return self._tool_error(request, request_id, self._explain_denial(request, tool.name))
        return super()._tools_call(request, request_id, params, legacy=legacy)

    def _more(
        self, request: HttpRequest, request_id: str | int, name: str, params: dict[str, Any], *, legacy: bool = False
    ) -> HttpResponse:
        method = self._methods[name]
        if method.named_by is not None:
            named = params.get(method.named_by)
            if not isinstance(named, str):
                return error_response(request_id, INVALID_PARAMS, f"Say which: {method.named_by} is missing.")
            wrong = None if legacy else _validate_name_header(request, request_id, named)
            if wrong is not None:
                return wrong
        try:
            result = method.answer(request, params)
        except DomainError as error:
            return error_response(request_id, INVALID_PARAMS, error.message, data={"code": error.code})
        return self._result(request, request_id, {**result, **(CACHING if method.may_be_kept else {})})
