"""Whatever body comes to `/mcp/`: never a failure of ours, and what is wrong is said."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from conversations.mcp import prompts, resources
from conversations.mcp.catalogue import TOOLS
from conversations.tests.mcp.posting import Mcp
from workflows_site.tests.test_hostile_bodies import MIB, SHAPES, UNREADABLE

PARSE_ERROR, INVALID_REQUEST, INVALID_PARAMS = -32700, -32600, -32602
OURS = [*prompts.METHODS, *resources.METHODS]
METHODS = ["initialize", "ping", "server/discover", "tools/list", "tools/call", "nonsense", *OURS]


def _send(client: APIClient, body: bytes, media_type: str = "application/json", **headers: str) -> Any:
    data: Any = body  # the stubs know only text
    return client.post("/mcp/", data, content_type=media_type, headers=headers)


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_body_that_cannot_be_read_is_refused_as_the_api_refuses_it(client: APIClient, name: str) -> None:
    response = _send(client, UNREADABLE[name])

    assert response.status_code == 400, name
    assert response.json()["error"]["code"] == PARSE_ERROR
    assert response.json()["error"]["message"] != ""


def test_an_empty_body_is_no_message(client: APIClient) -> None:
    assert _send(client, b"").json()["error"]["code"] == PARSE_ERROR


def test_a_body_of_more_than_a_mebibyte_is_a_413(client: APIClient) -> None:
    largest = b'{"a": "' + b"x" * (MIB - 9) + b'"}'

    assert _send(client, largest).status_code == 400
    assert _send(client, largest + b" ").status_code == 413
    assert _send(client, largest * 9).status_code == 413


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"])
def test_a_form_is_no_message(client: APIClient, media_type: str) -> None:
    assert _send(client, b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}', media_type).status_code == 415


@pytest.mark.parametrize(
    "body", [b"[]", b"3", b"null", b'"x"', b"{}", b'{"jsonrpc": "2.0", "id": null, "method": "x"}']
)
def test_json_that_is_no_message_is_a_400(client: APIClient, body: bytes) -> None:
    response = _send(client, body)

    assert (response.status_code, response.json()["error"]["code"]) == (400, INVALID_REQUEST)


def test_a_notification_is_taken_and_means_nothing(client: APIClient) -> None:
    response = _send(client, b'{"jsonrpc": "2.0", "method": "notifications/initialized"}')

    assert (response.status_code, response.content) == (202, b"")


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_arguments_of_any_shape_are_an_answer(client: APIClient, tool: Any, legacy: bool) -> None:
    mcp = Mcp(client, elicits=True, legacy=legacy)
    for shape in SHAPES:
        for name in (*tool.arguments, "strange"):
            result = mcp.call(tool.name, **{name: shape})

            assert "failed unexpectedly" not in result["content"][0]["text"], (name, shape)
        response = mcp.post("tools/call", name=tool.name, arguments=shape)
        assert response.status_code == 200
        assert "failed unexpectedly" not in response.content.decode()


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("method", METHODS)
def test_parameters_of_any_shape_are_an_answer(client: APIClient, method: str, legacy: bool) -> None:
    mcp = Mcp(client, legacy=legacy)
    for shape in SHAPES:
        for name in ("cursor", "uri", "name", "arguments", "protocolVersion", "requestState", "inputResponses"):
            assert mcp.post(method, headers={"mcp-name": "x"}, **{name: shape}).status_code in (200, 400, 404)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=30)
@given(params=st.dictionaries(st.sampled_from(["name", "uri", "cursor", "arguments", "_meta"]), _JSON))
def test_no_message_is_a_failure_of_ours(client: APIClient, params: dict[str, Any]) -> None:
    for method in METHODS:
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}

        assert client.post("/mcp/", message).status_code in (200, 400), (method, params)
