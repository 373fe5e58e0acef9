"""Who calls over MCP: whoever shows an API key, and nobody else; a session of the staff counts for nothing here."""

from dataclasses import replace
from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django_mcpz.jsonrpc import INVALID_REQUEST, error_response
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from instances.acting import Acting
from permissions.authentication import HOW_TO_SHOW_A_KEY, ApiKeyAuthentication
from permissions.policy import Access, MissingScope, access_to, holds
from rest.callers import Caller

_KEYS = ApiKeyAuthentication()


def let_in(request: HttpRequest) -> HttpResponse | None:
    """Note on a request whose it is, or return the answer to one that shows no good key.

    The library binds what it signs for a caller to `user` and `mcp_token`, so that no other key can send it back.
    """
    shown = Request(request)
    try:
        found = _KEYS.authenticate(shown)
    except AuthenticationFailed as error:
        return _challenge(shown, str(error.default_code), str(error.detail))
    if found is None:
        return _challenge(shown, "not_authenticated", HOW_TO_SHOW_A_KEY)
    key, caller = found
    model = replace(caller, is_model=True)
    request.__dict__.update(user=key, mcp_token=key, mcp_caller=model)
    return None


def caller_of(request: HttpRequest) -> Caller:
    """Return who makes a request that was let in: a model, whoever holds the key."""
    return cast(Caller, request.__dict__["mcp_caller"])


def acting_of(request: HttpRequest) -> Acting:
    """Return who acts, now."""
    return Acting(caller=caller_of(request), at=timezone.now())


def needed(route: str, method: str) -> Access:
    """Return what the policy asks of whoever does the same over REST."""
    access = access_to(route, method)
    assert access is not None, f"the policy says nothing of {method} {route}"  # noqa: S101  asked at import
    return access


def may(caller: Caller, access: Access) -> bool:
    """Tell whether a caller holds the right."""
    return holds(access, scopes=caller.scopes, permissions=caller.permissions)


def check_may(caller: Caller, access: Access) -> None:
    """Refuse a caller without the right.

    :raises MissingScope: the key lacks the scope
    """
    if not may(caller, access):
        raise denied(access)


def denied(access: Access) -> MissingScope:
    """Return what whoever lacks a right is told."""
    return MissingScope(f"This needs the scope {access.scope}.", scope=str(access.scope))


def _challenge(shown: Request, code: str, words: str) -> HttpResponse:
    """Return the answer to somebody who is not known (RFC 6750, section 3), which clients can read out."""
    answer = error_response(None, INVALID_REQUEST, words, data={"code": code}, status=HTTPStatus.UNAUTHORIZED)
    answer["WWW-Authenticate"] = _KEYS.authenticate_header(shown)
    return answer
