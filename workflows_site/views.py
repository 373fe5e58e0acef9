"""The pages that belong to no app: where to go, and whether we are well."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rest.problems import MEDIA_TYPE, problem_body


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Tell a person where to go."""
    return render(request, "home.html")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether requests can be served: the database answers and all migrations are applied."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return _not_ready("The database does not answer.")
    if waiting:
        return _not_ready(f"{len(waiting)} migrations are not applied. Run manage.py migrate.")
    return JsonResponse({"status": "ok"})


def _not_ready(detail: str) -> HttpResponse:
    return JsonResponse(problem_body(503, "not_ready", detail), status=503, content_type=MEDIA_TYPE)
