"""What the view sets of all apps have in common."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from rest.filters import PageOnly


class ApiViewSet[M: Model](GenericViewSet[M]):
    """A view set that names its place in the policy; ids in its paths are UUIDs."""

    policy: ClassVar[str]
    lookup_value_converter = "uuid"

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Let no browser and nobody on the way keep an answer: it may hold what people told us, a link or a secret."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"
        return final

    def get_object(self) -> M:
        """Return what the path names; the filters of the list have no say in it."""
        found: M = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        return found

    def cut[T: Model](self, queryset: QuerySet[T]) -> list[T]:
        """Return the page of a list that `skip` and `limit` ask for."""
        assert self.paginator is not None, "set in settings"  # noqa: S101
        return self.paginator.paginate_queryset(queryset, self.request, view=self) or []

    def cut_only[T: Model](self, queryset: QuerySet[T]) -> list[T]:
        """Return the page of a list that nothing narrows; any other parameter is an error."""
        self._refuse_filters()
        return self.cut(queryset)

    def cut_values[T](self, values: Sequence[T]) -> list[T]:
        """Return the page of values that are no rows, and that nothing narrows."""
        self._refuse_filters()
        assert self.paginator is not None, "set in settings"  # noqa: S101
        return self.paginator.paginate_queryset(values, self.request, view=self) or []

    def page_of[T](self, rows: Iterable[T], answer: Callable[[T], dict[str, Any]]) -> Response:
        """Answer a page that was cut, each row shaped by a function."""
        return self.get_paginated_response([answer(row) for row in rows])

    def _refuse_filters(self) -> None:
        PageOnly(self.request.query_params, queryset=self.get_queryset()).check()
