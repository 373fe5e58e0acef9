"""Error answers as problem details (RFC 9457)."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError
from rest_framework.response import Response

from engine.findings import pointer

MEDIA_TYPE = "application/problem+json"

# Under these names DRF and Django forms keep what is wrong with the whole.
_OF_THE_WHOLE = frozenset({"non_field_errors", "__all__"})


def problem_body(status: int, code: str, detail: str, /, **members: Any) -> dict[str, Any]:
    """Return the members of a problem; `code` is what clients rely on. The five of its own come before any other."""
    own = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return {**own, **members, **own}


def problem(
    status: int, code: str, detail: str, /, *, headers: Mapping[str, str] | None = None, **members: Any
) -> Response:
    """Return a problem as an answer."""
    return Response(
        problem_body(status, code, detail, **members), status=status, headers=headers, content_type=MEDIA_TYPE
    )


def is_clash(error: IntegrityError) -> bool:
    """Tell whether two writers met; any other broken rule of the database is a mistake of ours.

    Whoever asks must not log the message: it may hold the row, and with it what people told us.
    """
    state = getattr(error.__cause__, "sqlstate", None)  # PostgreSQL's, see its appendix A: 23503 and 23505
    return state in ("23503", "23505") or str(error).startswith(("UNIQUE", "FOREIGN KEY"))


def flatten(detail: Any, path: str = "") -> Iterable[dict[str, str]]:
    """Return each message of a nested DRF error detail with the JSON Pointer of what it is about."""
    if isinstance(detail, Mapping):
        for key, part in detail.items():
            yield from flatten(part, path if key in _OF_THE_WHOLE else path + pointer(key))
    elif isinstance(detail, list):
        for index, part in enumerate(detail):
            yield from flatten(part, path if isinstance(part, str) else path + pointer(index))
    else:
        yield {"path": path, "code": str(getattr(detail, "code", None) or "invalid"), "message": str(detail)}
