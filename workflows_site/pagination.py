"""Lists are cut with `skip` and `limit`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

if TYPE_CHECKING:  # rest_framework.views itself loads this module, by its name in the settings
    from rest_framework.views import APIView

_Model = TypeVar("_Model", bound=Model)
_Row = TypeVar("_Row")

MAX_SKIP = 10_000_000


class SkipLimitPagination(LimitOffsetPagination):
    """Pages of a list; a malformed or too large number is an error, never silently another one."""

    default_limit = 100
    max_limit = 1000
    limit_query_param = "limit"
    offset_query_param = "skip"

    def paginate_queryset(
        self, queryset: QuerySet[_Model, _Row] | Sequence[_Row], request: Request, view: "APIView | None" = None
    ) -> list[_Row] | None:
        """Check both numbers, then cut."""
        wrong = {
            name: f"This must be a whole number between {least} and {most}."
            for name, least, most in (("skip", 0, MAX_SKIP), ("limit", 1, self.max_limit))
            if (given := request.query_params.get(name)) is not None and not _is_between(given, least, most)
        }
        if wrong:
            raise ValidationError(wrong)
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe a page as OpenAPI 3.1 does, which has no `nullable`."""
        described: dict[str, Any] = super().get_paginated_response_schema(schema)
        for name in ("next", "previous"):
            described["properties"][name] = {"type": ["string", "null"], "format": "uri"}
        return {**described, "required": ["count", "next", "previous", "results"]}


def _is_between(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 8 and least <= int(text) <= most
