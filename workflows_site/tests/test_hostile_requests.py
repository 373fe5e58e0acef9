"""Hostile paths, query parameters, headers, patterns and references: refused or harmless, never a failure of ours."""

import socket
from time import perf_counter
from typing import Any
from urllib.parse import quote

import pytest
from rest_framework.test import APIClient

from conftest import document, step
from workflows_site.tests.api import World, assert_sound, lists, routes

VALUES = [
    "",
    "x",
    "x" * 5000,
    "-1",
    "0",
    "1.5",
    "1e3",
    "+5",
    " 5 ",
    "0x10",
    "9" * 20,
    "9" * 5000,
    "١٢",
    "²",
    "NaN",
    "null",
    "[]",
    "{}",
    "'; --",
    "%",
    "\\",
    "\u202e",
    "2026-02-30",
    "2026-01-01T25:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "0000-00-00",
    "3f2504e0-4f89-41d3-9a0c-0305e82c3301x",
]
QUERIES = [
    *(f"={quote(value)}" for value in VALUES),
    "",
    "=%FF",
    "=%ED%A0%80",
    "[]=1",
    "=1&{name}=x",
    "=%",
    "=%zz",
    "=;",
]


@pytest.mark.parametrize("route", lists(), ids=str)
def test_whatever_a_list_is_asked_for_is_answered(client: APIClient, world: World, route: Any) -> None:
    for name in route.filters:
        for query in QUERIES:
            assert_sound(client.get(f"{world.path_of(route)}?{name}{query.format(name=name)}"))
    for name in ("skip", "limit", "format", "ordering", "a" * 2000):
        for query in ("", "=%FF", "[]=1", f"=1&{name}=x"):
            assert_sound(client.get(f"{world.path_of(route)}?{name}{query}"))


@pytest.mark.parametrize("route", lists(), ids=str)
@pytest.mark.parametrize("name", ["skip", "limit"])
def test_a_page_that_is_no_number_in_range_is_refused(client: APIClient, world: World, route: Any, name: str) -> None:
    for value in VALUES:
        if value == "0" and name == "skip":
            continue
        response = client.get(world.path_of(route), {name: value})

        assert (response.status_code, response.json()["code"]) == (400, "invalid"), value
        assert [error["path"] for error in response.json()["errors"]] == [f"/{name}"]


@pytest.mark.parametrize("route", lists(), ids=str)
def test_a_parameter_that_a_list_does_not_know_is_refused(client: APIClient, world: World, route: Any) -> None:
    response = client.get(world.path_of(route), {"conversation": "c-1"})

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    (error,) = response.json()["errors"]
    assert (error["path"], error["code"]) == ("/conversation", "unknown_parameter")
    assert "There is no parameter 'conversation' here." in error["message"]


@pytest.mark.parametrize("route", [route for route in lists() if route.filters], ids=str)
def test_an_id_or_a_choice_that_is_none_is_refused(client: APIClient, world: World, route: Any) -> None:
    strict = {"template_id", "user_type_id", "workflow_template_id", "status", "is_active", "created_after"}
    for name in strict.intersection(route.filters):
        for value in ("x", "9" * 20, "null", "'; --", "\u202e", "²"):
            response = client.get(world.path_of(route), {name: value})

            assert (response.status_code, response.json()["code"]) == (400, "invalid"), (name, value)


@pytest.mark.parametrize("query", ["version=a%0Ab", "version=%E2%82%AC", "lang=%0A", "lang=../..", "format=x"])
def test_the_description_of_the_api_takes_any_parameter(client: APIClient, query: str) -> None:
    for path in ("/api/schema", "/api/docs"):
        assert_sound(client.get(f"{path}?{query}"))


def test_nul_is_refused_wherever_it_stands(client: APIClient, world: World) -> None:
    for route in routes():
        path = world.path_of(route)
        for answer in (
            client.generic(route.method.upper(), f"{path}/%00"),
            client.generic(route.method.upper(), f"{path}?a=b%00c"),
            client.generic(route.method.upper(), f"{path}?%00=b"),
            client.generic(route.method.upper(), path, HTTP_X_NOTE="a\x00b"),
            client.generic(route.method.upper(), path, HTTP_AUTHORIZATION="Bearer \x00"),
            client.generic(route.method.upper(), path, "{}", content_type="application/json\x00"),
        ):
            assert_sound(answer)
            assert (answer.status_code, answer.json()["code"]) == (400, "nul_character"), route


@pytest.mark.parametrize(
    "key",
    ["nothing", "%ff%fe", "..%2f..", "%F0%9F%92%A9", "0", "9" * 5000, "3f2504e0-4f89-41d3-9a0c-0305e82c330g", "a b"],
)
def test_a_path_with_an_id_that_is_none_leads_nowhere(client: APIClient, key: str) -> None:
    for collection in ("workflow-templates", "user-types", "permissions", "workflows"):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            response = client.generic(method, f"/api/{collection}/{key}")

            assert_sound(response)
            assert response.status_code == 404


@pytest.mark.parametrize("number", ["0", "3", "9" * 20, "9" * 4000, "9" * 5000, "-1", "x", "²"])
def test_a_version_that_is_none_is_a_404(client: APIClient, world: World, number: str) -> None:
    versions = f"/api/workflow-templates/{world.template.pk}/versions/{number}"
    for response in (client.get(versions), client.get(f"{versions}/diff"), client.post(f"{versions}/restore")):
        assert_sound(response)
        assert response.status_code == 404


def test_a_version_to_compare_with_that_is_none_is_refused(client: APIClient, world: World) -> None:
    for against in VALUES:
        response = client.get(f"/api/workflow-templates/{world.template.pk}/versions/1/diff", {"against": against})

        assert_sound(response)
        assert response.status_code in (400, 404), against


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_AUTHORIZATION": "Bearer"},
        {"HTTP_AUTHORIZATION": "Bearer " + "x" * 10_000},
        {"HTTP_AUTHORIZATION": "Bearer wf_é_é"},
        {"HTTP_AUTHORIZATION": "Bearer wf_" + "é" * 12 + "_" + "é" * 64},
        {"HTTP_AUTHORIZATION": "Basic !!!"},
        {"HTTP_COOKIE": "sessionid=" + "é" * 100},
        {"HTTP_ACCEPT": "nonsense"},
        {"HTTP_ACCEPT_LANGUAGE": "x" * 10_000},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_HOST": "a b"},
        {"CONTENT_LENGTH": "x"},
        {"CONTENT_LENGTH": "-5"},
        {"HTTP_X_FORWARDED_PROTO": "\xff"},
    ],
)
def test_no_header_breaks_a_request(client: APIClient, world: World, headers: dict[str, str]) -> None:
    for route in routes():
        assert_sound(client.generic(route.method.upper(), world.path_of(route), **headers))  # type: ignore[arg-type]


def test_a_pattern_that_would_run_for_ever_elsewhere_is_answered_at_once(client: APIClient, world: World) -> None:
    body = document(name="slow", properties={"word": {"type": "string", "pattern": "^(a+)+$"}})
    began = perf_counter()
    template = client.post("/api/workflow-templates", body)
    grant = {"user_type_id": world.grant.user_type_id, "workflow_template_id": template.json()["id"]}
    assert client.post("/api/permissions", grant).status_code == 201
    order = {"template": "slow", "conversation_id": "c9", "user_id": "u1", "user_type": "customer"}
    started = client.post("/api/workflows", order)

    response = client.post(f"/api/workflows/{started.json()['id']}/submit", {"data": {"word": "a" * 40 + "!"}})

    assert (response.status_code, response.json()["rejected"][0]["code"]) == (400, "pattern")
    assert perf_counter() - began < 2


@pytest.mark.parametrize(
    "reference", ["http://127.0.0.1:9/x", "https://example.com/s.json", "file:///etc/passwd", "x#"]
)
@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef"])
def test_a_reference_to_elsewhere_is_refused_without_opening_a_socket(
    client: APIClient, world: World, monkeypatch: pytest.MonkeyPatch, reference: str, keyword: str
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for properties in ({"a": {keyword: reference}}, {"a": {"items": {"anyOf": [{keyword: reference}]}}}):
        response = client.post("/api/workflow-templates", document(properties=properties))

        assert_sound(response)
        assert (response.status_code, response.json()["code"]) == (400, "invalid_template")
        assert {error["code"] for error in response.json()["errors"]} == {"remote_ref"}


@pytest.mark.parametrize("part", ["metadata", "end_action_config", "default", "items", "not", "when"])
def test_a_document_as_deep_as_a_body_may_be_is_read(client: APIClient, world: World, part: str) -> None:
    for depth in (5, 12, 15, 16, 17, 24, *range(26, 33)):
        body = _deep(part, depth)
        assert_sound(client.post("/api/workflow-templates/validate", body))
        created = client.post("/api/workflow-templates", body)
        assert_sound(created)
        if created.status_code == 201:
            assert client.get(f"/api/workflow-templates/{created.json()['id']}").status_code == 200


def _deep(part: str, depth: int) -> dict[str, Any]:
    nested: Any = "x" if part in ("metadata", "end_action_config", "default") else {"type": "string"}
    if part == "when":
        nested = {"field": "a", "op": "==", "value": "x"}
    for _ in range(depth):
        nested = {("not" if part == "when" else "a" if part in ("metadata", "end_action_config") else part): nested}
    match part:
        case "metadata" | "end_action_config":
            return document(**{part: nested})
        case "when":
            text = {"type": "string"}
            steps = [step("one", fields=["a"]), step("two", fields=["b"], when=nested)]
            return document(properties={"a": text, "b": text}, steps=steps)
        case _:
            return document(properties={"a": nested})


@pytest.mark.parametrize("number", [2**53, -(2**53), 2.0**53, 5e-324, 0.1, 1.0, 123456789.123456789])
def test_a_number_is_stored_and_judged_as_it_was_sent(client: APIClient, world: World, number: float) -> None:
    properties = {"n": {"type": "number", "maximum": number}, "last": {"type": "string"}}
    template = client.post("/api/workflow-templates", document(name="numbers", properties=properties)).json()
    client.post("/api/permissions", {"user_type_id": world.grant.user_type_id, "workflow_template_id": template["id"]})
    order = {"template": "numbers", "conversation_id": "c9", "user_id": "u1", "user_type": "customer"}
    path = f"/api/workflows/{client.post('/api/workflows', order).json()['id']}"

    given = client.post(f"{path}/submit", {"data": {"n": number}})
    again = client.post(f"{path}/submit", {"data": {"n": number}})
    shown = client.get(f"/api/workflow-templates/{template['id']}").json()
    sent_back = client.put(f"/api/workflow-templates/{template['id']}", shown)

    assert given.json()["accepted"] == [{"field": "n"}]
    assert again.json()["outcome"] == "noop"
    assert client.get(path).json()["state_data"]["n"] == number
    assert (sent_back.status_code, sent_back.json()["current_version"]) == (200, 1)


def test_thousands_of_names_that_nobody_knows_are_answered_soon(client: APIClient, world: World) -> None:
    names = {f"amout{n}": n for n in range(2000)}
    began = perf_counter()

    response = client.post(f"/api/workflows/{world.workflow.pk}/submit", {"data": names})
    unknown_keys = client.post("/api/workflows", names)

    assert_sound(response)
    assert_sound(unknown_keys)
    assert perf_counter() - began < 5
