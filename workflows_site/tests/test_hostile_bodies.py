"""Whatever body is sent to whatever route: the answer is never a failure of ours, and every error is a problem."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from instances.tests.calls import Answer
from workflows_site.tests.api import Route, World, assert_sound, routes

WRITING = routes("post", "put", "patch")
MIB = 1024 * 1024

UNREADABLE: dict[str, bytes] = {
    "NaN": b'{"data": NaN}',
    "Infinity": b'{"data": [Infinity]}',
    "-Infinity": b'{"data": -Infinity}',
    "1e400": b'{"data": 1e400}',
    "-1e400": b'{"data": {"amount": -1e400}}',
    "duplicate keys": b'{"data": 1, "data": 2}',
    "duplicate keys inside": b'{"data": {"a": 1, "a": 1}}',
    "deep arrays": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "unclosed arrays": b"[" * 100_000,
    "a level too deep": b'{"data":' + b"[" * 32 + b"]" * 32 + b"}",
    "NUL": b'{"data": "\\u0000"}',
    "NUL in a key": b'{"\\u0000": 1}',
    "raw NUL": b'{"data": "\x00"}',
    "lone surrogate": b'{"data": "\\ud800"}',
    "lone surrogate in a key": b'{"\\udfff": 1}',
    "invalid UTF-8": b'{"data": "\xff"}',
    "UTF-16": '{"data": 1}'.encode("utf-16"),
    "5,000 digits": b'{"data": ' + b"7" * 5000 + b"}",
    "20 digits": b'{"data": ' + b"7" * 20 + b"}",
    "cut off": b'{"data": ',
    "two values": b"{} {}",
    "no JSON": b"data=1",
    "blank": b"   ",
}
SHAPES: list[Any] = [None, True, 3, "x", [], {}, [{}], {"a": None}]


def send(client: APIClient, world: World, route: Route, body: bytes, media_type: str = "application/json") -> Answer:
    """Send a body to a route, and assert what must be true of every answer."""
    data: Any = body  # the stubs know only text
    response = client.generic(route.method.upper(), world.path_of(route), data, media_type)
    assert_sound(response)
    return response


@pytest.mark.parametrize("route", WRITING, ids=str)
def test_a_body_that_cannot_be_read_is_a_400_wherever_it_is_sent(client: APIClient, world: World, route: Route) -> None:
    for name, body in UNREADABLE.items():
        response = send(client, world, route, body)

        assert (response.status_code, response.json()["code"]) == (400, "unreadable_json"), name


def test_a_body_of_more_than_a_mebibyte_is_a_413(client: APIClient, world: World) -> None:
    largest = b'{"a": "' + b"x" * (MIB - 9) + b'"}'
    for route in WRITING:
        assert send(client, world, route, largest).status_code != 413
        assert send(client, world, route, largest + b" ").json()["code"] == "too_large", route


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"name=x"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n--b--\r\n',
        ),
        ("text/plain", b"{}"),
        ("nonsense", b"{}"),
    ],
    ids=["form", "multipart", "text", "nonsense"],
)
def test_a_body_of_another_kind_is_a_415(client: APIClient, world: World, media_type: str, body: bytes) -> None:
    for route in WRITING:
        response = send(client, world, route, body, media_type)

        assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type"), route


def test_a_body_that_is_no_object_is_refused(client: APIClient, world: World) -> None:
    for route in WRITING:
        is_report = route.path.endswith("/validate")  # it tells what is wrong with anything
        for body in (b"null", b"[]", b"[1]", b'"x"', b"1", b"true", b"1.5"):
            assert send(client, world, route, body).status_code == (200 if is_report else 400), (str(route), body)


def test_a_body_where_none_is_expected_does_no_harm(client: APIClient, world: World) -> None:
    for route in routes("get", "delete"):
        for body in (UNREADABLE["deep arrays"], UNREADABLE["NUL"], b"x" * (MIB + 1), b""):
            send(client, world, route, body)


def test_an_empty_body_is_an_empty_object(client: APIClient, world: World) -> None:
    for route in WRITING:
        empty = send(client, world, route, b"")
        if empty.status_code >= 400:
            assert send(client, world, route, b"{}").json() == empty.json(), route


@pytest.mark.parametrize("route", WRITING, ids=str)
def test_a_valid_body_with_any_part_replaced_by_anything(client: APIClient, world: World, route: Route) -> None:
    body = world.body_of(route)
    is_small = len(json.dumps(body)) < 1000
    send(client, world, route, json.dumps(body).encode())
    for turn, spot in enumerate(_spots(body)):
        for shape in SHAPES if is_small else [SHAPES[turn % len(SHAPES)]]:
            send(client, world, route, json.dumps(_replaced(body, spot, shape)).encode())


def test_whatever_part_of_a_document_is_replaced_what_can_be_published_can_be_run(
    client: APIClient, world: World
) -> None:
    order = {"template": "loan", "conversation_id": "c2", "user_id": "u1", "user_type": "customer", "activate": False}
    path = f"/api/workflow-templates/{world.template.pk}"
    body = world.body_of(Route(method="put", path="/api/workflow-templates/<uuid:pk>"))
    published = 0
    for spot in _spots({key: body[key] for key in ("state_schema", "steps", "end_action_config", "time_zone")}):
        for shape in SHAPES[3:5]:
            if client.put(path, _replaced(body, spot, shape)).status_code != 200:
                continue
            published += 1
            started = client.post("/api/workflows", {**order, "state_data": {"amount": 5000, "born": "1990-01-01"}})
            assert_sound(started)
            if started.status_code == 201:
                acts = f"/api/workflows/{started.json()['id']}"
                assert_sound(client.post(f"{acts}/activate"))
                data = {"purpose": "car", "plate": "AB", "amount": "x", "extra": ["x", "x"], "x": 1}
                assert_sound(client.post(f"{acts}/submit", {"data": data}))
                assert_sound(client.post(f"{acts}/cancel"))
    assert published > 10


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(max_size=10), parts, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize("route", WRITING, ids=str)
def test_random_json(client: APIClient, world: World, route: Route) -> None:
    known = world.body_of(route)
    names = st.sampled_from(sorted(known)) if known else st.text(max_size=5)

    @settings(
        max_examples=20,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(body=JSON_VALUES | st.dictionaries(names, JSON_VALUES).map(lambda parts: {**known, **parts}))
    def try_out(body: Any) -> None:
        send(client, world, route, json.dumps(body).encode())

    try_out()


type Spot = tuple[str | int, ...]


def _spots(value: Any, above: Spot = ()) -> Iterator[Spot]:
    """Return the place of each part of a JSON value, from the outside in."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield (*above, key)
        yield from _spots(part, (*above, key))


def _replaced(value: Any, spot: Spot, part: Any) -> Any:
    copy = deepcopy(value)
    inner = copy
    for key in spot[:-1]:
        inner = inner[key]
    inner[spot[-1]] = part
    return copy
