"""Every error is one kind of answer, whoever refuses: the router, Django, DRF, the domain or the database."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError, OperationalError
from django.http import Http404
from django.test import Client
from rest_framework.exceptions import Throttled
from rest_framework.test import APIClient

from engine.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, PreconditionFailed
from instances.tests.calls import answered
from registry.views import TemplateViewSet
from workflows_site.tests.api import World, assert_sound, routes

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@contextmanager
def raising(monkeypatch: pytest.MonkeyPatch, error: Exception) -> Iterator[None]:
    """Let the list of templates fail with an error."""

    def fail(*_: Any, **__: Any) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(TemplateViewSet, "list", fail)
        yield


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Invalid("Wrong.", fields=["a"]), (400, "invalid")),
        (Forbidden("No."), (403, "forbidden")),
        (NotFound("None."), (404, "not_found")),
        (Conflict("Not now."), (409, "conflict")),
        (PreconditionFailed("Not so.", revision=5), (412, "precondition_failed")),
        (Http404("x"), (404, "not_found")),
        (PermissionDenied("x"), (403, "forbidden")),
        (SuspiciousOperation("x"), (400, "bad_request")),
        (Throttled(wait=3), (429, "throttled")),
        (IntegrityError("UNIQUE constraint failed: x"), (409, "conflict")),
        (IntegrityError("FOREIGN KEY constraint failed"), (409, "conflict")),
        (OperationalError("x"), (503, "database_unavailable")),
    ],
)
def test_each_kind_of_error_has_its_status_and_code(
    client: APIClient, monkeypatch: pytest.MonkeyPatch, error: Exception, expected: tuple[int, str]
) -> None:
    with raising(monkeypatch, error):
        response = client.get("/api/workflow-templates")

    body = response.json()
    assert answered(response) == expected
    assert response["Content-Type"] == "application/problem+json"
    assert (body["type"], body["status"]) == ("about:blank", expected[0])
    assert body["title"]
    assert body["detail"] == (error.message if isinstance(error, DomainError) else body["detail"])
    assert body.get("fields") == (["a"] if isinstance(error, Invalid) else None)
    assert response.headers.get("Retry-After") == ("3" if isinstance(error, Throttled) else None)


def test_details_of_an_error_never_replace_the_members_of_the_problem(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with raising(monkeypatch, Conflict("Not now.", status="completed", code="x", detail="y", title="z", act="submit")):
        body = client.get("/api/workflow-templates").json()

    assert (body["status"], body["code"], body["detail"], body["title"]) == (409, "conflict", "Not now.", "Conflict")
    assert body["act"] == "submit"


def test_a_failure_of_ours_is_a_problem_without_a_trace_in_it(
    client: APIClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client.raise_request_exception = False
    with raising(monkeypatch, RuntimeError("the secret reason")), caplog.at_level(logging.ERROR):
        response = client.get("/api/workflow-templates")

    assert answered(response) == (500, "server_error")
    assert response["Content-Type"] == "application/problem+json"
    assert "secret" not in response.content.decode()
    assert "Traceback" not in response.content.decode()
    assert "the secret reason" in caplog.text


@pytest.mark.parametrize("path", ["/api/nothing", "/api/workflows/x/y/z", "/api/admin", "/api/nothing/"])
def test_a_path_of_the_api_that_leads_nowhere_is_a_404_for_every_method(nobody: APIClient, path: str) -> None:
    for method in METHODS:
        response = nobody.generic(method, path)

        assert_sound(response)
        assert answered(response) == (404, "not_found")


def test_a_path_outside_the_api_is_a_404_too(nobody: APIClient) -> None:
    assert answered(nobody.get("/nothing")) == (404, "not_found")


def test_a_method_that_a_route_does_not_have_is_a_405_that_names_those_it_has(client: APIClient, world: World) -> None:
    paths: dict[str, set[str]] = {}
    for route in routes():
        paths.setdefault(world.path_of(route), set()).add(route.method.upper())
    for path, methods in paths.items():
        for method in {"POST", "PUT", "PATCH", "DELETE"} - methods:
            response = client.generic(method, path)

            assert_sound(response)
            assert answered(response) == (405, "method_not_allowed"), (method, path)
            assert methods <= set(response["Allow"].split(", "))


def test_everything_wrong_with_a_body_is_said_at_once_with_its_place(client: APIClient) -> None:
    response = client.post("/api/workflows", {"conversation_id": 5 * "x" * 100, "state_data": [], "colour": 1})

    errors = {(error["path"], error["code"]) for error in response.json()["errors"]}
    assert answered(response) == (400, "invalid")
    assert errors == {
        ("/conversation_id", "max_length"),
        ("/user_id", "required"),
        ("/state_data", "not_an_object"),
        ("/colour", "unknown_key"),
    }


def test_who_shows_no_key_is_told_how(nobody: APIClient) -> None:
    response = nobody.get("/api/workflows")

    assert answered(response) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == 'Bearer realm="workflows"'
    assert "Authorization: Bearer" in response.json()["detail"]


@pytest.mark.parametrize("path", ["/api/workflows", "/api/schema", "/api/docs"])
def test_a_problem_is_json_whatever_the_client_accepts(client: APIClient, path: str) -> None:
    response = client.get(path, HTTP_ACCEPT="image/png")

    assert answered(response) == (406, "not_acceptable")
    assert response["Content-Type"] == "application/problem+json"


def test_a_trailing_slash_makes_no_difference(client: APIClient, world: World) -> None:
    for path in {world.path_of(route) for route in routes("get")} - {"/api/docs"}:
        without, with_slash = client.get(path), client.get(f"{path}/")

        assert (without.status_code, without.content) == (with_slash.status_code, with_slash.content), path
    assert client.get("/api/docs/").status_code == 200
    body = {"name": "visitor"}
    assert client.post("/api/user-types/", body).status_code == 201
    assert answered(client.post("/api/user-types", body)) == (400, "already_exists")


def test_a_host_that_is_not_ours_is_a_400(client: Client) -> None:
    response = client.get("/api/workflows", HTTP_HOST="evil.example")

    assert (response.status_code, response.json()["code"]) == (400, "bad_request")


def test_a_row_that_breaks_another_rule_of_the_database_is_our_mistake(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False
    with raising(monkeypatch, IntegrityError("CHECK constraint failed: workflow_status_known")):
        response = client.get("/api/workflow-templates")

    assert answered(response) == (500, "server_error")
