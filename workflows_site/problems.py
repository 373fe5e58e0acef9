"""The one place where an error becomes an answer: problem details (RFC 9457) with the kind's HTTP status."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from engine.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, PreconditionFailed
from permissions.authentication import HOW_TO_SHOW_A_KEY
from registry.errors import InvalidDocument
from rest.encryption import KeyLost
from rest.problems import MEDIA_TYPE, flatten, is_clash, problem, problem_body

logger = logging.getLogger(__name__)

_STATUS = {Invalid: 400, Forbidden: 403, NotFound: 404, Conflict: 409, PreconditionFailed: 412, KeyLost: 503}


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the problem for an error; None for one of ours, which then is a 500 with a trace in the log."""
    # A problem is JSON whatever the client accepts, and whatever the view renders else.
    context["request"].accepted_renderer, context["request"].accepted_media_type = JSONRenderer(), MEDIA_TYPE
    set_rollback()
    match error:
        case DomainError():
            return _domain_answer(error)
        case exceptions.ValidationError():
            wrong = list(flatten(error.detail))
            return problem(400, "invalid", "The request is not well formed. Each mistake is in errors.", errors=wrong)
        case exceptions.NotAuthenticated():
            return problem(error.status_code, "not_authenticated", HOW_TO_SHOW_A_KEY, headers=_headers_of(error))
        case exceptions.APIException():
            return problem(error.status_code, _code_of(error), str(error.detail), headers=_headers_of(error))
        case IntegrityError():
            return _clash_answer(error)
        case OperationalError():
            logger.error("The database did not answer", exc_info=error)
    return next((problem(*known) for kind, known in _OF_DJANGO.items() if isinstance(error, kind)), None)


_OF_DJANGO: dict[type[Exception], tuple[int, str, str]] = {
    Http404: (404, NotFound.code, "There is no such thing here."),
    PermissionDenied: (403, Forbidden.code, "You may not do this."),
    RequestDataTooBig: (413, "too_large", "The body is larger than 1 MiB."),
    SuspiciousOperation: (400, "bad_request", "The request is not well formed."),
    OperationalError: (503, "database_unavailable", "The database is busy or away. Try again."),
}


def _clash_answer(error: IntegrityError) -> Response | None:
    """Answer two writers who met; the message is not logged, because it may hold what people told us."""
    if not is_clash(error):
        return None
    logger.warning("Two writers met")
    return problem(409, Conflict.code, "Something this depends on changed at the same moment. Try again.")


def _headers_of(error: exceptions.APIException) -> dict[str, str]:
    headers = {"WWW-Authenticate": getattr(error, "auth_header", None), "Retry-After": getattr(error, "wait", None)}
    return {name: str(value) for name, value in headers.items() if value is not None}


@csrf_exempt
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a path that leads nowhere."""
    return _plain(404, NotFound.code, "There is nothing at this path. /api/docs lists what there is.")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that Django refused to look at."""
    return _plain(400, "bad_request", "The request is not well formed.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when we failed."""
    return _plain(500, "server_error", "Something went wrong here. It is in our log.")


def _plain(status: int, code: str, detail: str) -> HttpResponse:
    return JsonResponse(problem_body(status, code, detail), status=status, content_type=MEDIA_TYPE)


def _domain_answer(error: DomainError) -> Response:
    status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
    members = dict(error.details)
    if isinstance(error, KeyLost):
        logger.error("%s", error.message)
    if isinstance(error, InvalidDocument):
        members["errors"] = [{"code": found.rule, **found.as_dict()} for found in error.findings]
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
    return problem(status, error.code, error.message, headers=headers, **members)


def _code_of(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else str(error.default_code)
