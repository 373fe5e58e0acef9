"""What is wrong with a request before any view sees it."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from rest.problems import MEDIA_TYPE, problem_body


class PlainRequestMiddleware:
    """Refuse NUL anywhere in path, query and headers, which databases and servers disagree about.

    Routes of the API are written without a trailing slash; one that comes with it means the same.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Refuse the request, or pass it on."""
        if _has_nul(request):
            status = HTTPStatus.BAD_REQUEST
            body = problem_body(status, "nul_character", "The request contains the NUL character. Take it out.")
            return JsonResponse(body, status=status, content_type=MEDIA_TYPE)
        if request.path_info.startswith("/api/") and request.path_info.endswith("/"):
            request.path_info = request.path_info.rstrip("/")
        return self.get_response(request)


def _has_nul(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    if "\x00" in request.path_info or "%00" in query or "\x00" in query:
        return True
    return any("\x00" in value for value in request.headers.values())
