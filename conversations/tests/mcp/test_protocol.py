"""What the protocol itself asks for: versions, headers, lists that stay the same, and who sees what of them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from conftest import NOW
from conversations.mcp import offers
from conversations.mcp.catalogue import TOOLS
from conversations.tests.mcp.posting import PROTOCOL, Mcp
from permissions.models import UserType
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

HEADER_MISMATCH, UNSUPPORTED_VERSION, METHOD_NOT_FOUND, INVALID_PARAMS = -32020, -32022, -32601, -32602


def test_a_client_of_today_discovers_what_there_is(mcp: Mcp) -> None:
    found = mcp.ask("server/discover")

    assert found["supportedVersions"] == [PROTOCOL, "2025-11-25", "2025-06-18", "2025-03-26"]
    assert found["capabilities"] == {"tools": {}, "prompts": {}, "resources": {}}
    assert "conversation_id" in found["instructions"]
    assert (found["ttlMs"], found["cacheScope"]) == (60_000, "private")


@pytest.mark.parametrize(
    ("asked", "agreed"), [("2025-06-18", "2025-06-18"), ("2024-11-05", "2025-11-25"), (None, "2025-11-25")]
)
def test_a_client_of_2025_begins_with_a_handshake(mcp: Mcp, asked: str | None, agreed: str) -> None:
    mcp.legacy = True

    found = mcp.ask("initialize", protocolVersion=asked)

    assert found["protocolVersion"] == agreed
    assert found["serverInfo"]["name"] == "workflows"


@pytest.mark.parametrize(
    ("method", "params", "headers", "code"),
    [
        ("tools/list", {}, {"mcp-method": "tools/call"}, HEADER_MISMATCH),
        ("tools/list", {}, {"mcp-protocol-version": "2027-01-01"}, UNSUPPORTED_VERSION),
        ("tools/call", {"name": "list_workflows"}, {"mcp-name": "cancel_workflow"}, HEADER_MISMATCH),
        ("prompts/get", {"name": "loan"}, {"mcp-name": "other"}, HEADER_MISMATCH),
        ("resources/read", {"uri": "workflow://templates/a"}, {"mcp-name": "other"}, HEADER_MISMATCH),
    ],
)
def test_headers_that_say_otherwise_than_the_body_are_refused(
    mcp: Mcp, method: str, params: dict[str, Any], headers: dict[str, str], code: int
) -> None:
    response = mcp.post(method, headers=headers, **params)

    assert (response.status_code, response.json()["error"]["code"]) == (400, code)


def test_an_unknown_method_says_so(mcp: Mcp) -> None:
    response = mcp.post("tools/destroy")

    assert (response.status_code, response.json()["error"]["code"]) == (404, METHOD_NOT_FOUND)
    mcp.legacy = True
    assert mcp.answer("tools/destroy")["error"]["code"] == METHOD_NOT_FOUND


def test_an_unknown_tool_says_so(mcp: Mcp) -> None:
    assert mcp.answer("tools/call", name="destroy")["error"]["code"] == INVALID_PARAMS


def test_the_tools_are_the_same_whatever_happens(mcp: Mcp, make_workflow: Callable[..., Any]) -> None:
    before = mcp.ask("tools/list")
    make_workflow()

    assert mcp.ask("tools/list") == before
    assert [tool["name"] for tool in before["tools"]] == [tool.name for tool in TOOLS]
    for tool in before["tools"]:
        assert tool["title"]
        assert tool["annotations"]["openWorldHint"] is False
        assert tool["inputSchema"]["additionalProperties"] is False


def test_the_documentation_names_every_tool_with_what_it_takes() -> None:
    text = (settings.BASE_DIR / "docs" / "mcp.md").read_text()

    rows = re.findall(r"^\| `(\w+) \{(.*?)\}`", text, re.MULTILINE)

    told = {name: {each.strip() for each in arguments.split(",")} for name, arguments in rows}
    assert told == {
        tool.name: {name if name in tool.required else f"{name}?" for name in tool.arguments} for tool in TOOLS
    }


def test_each_template_is_a_prompt_and_a_resource_by_name(
    mcp: Mcp, make_template: Callable[..., WorkflowTemplate]
) -> None:
    for name in ("b", "é / ?", "a"):
        make_template(name=name, description=f"About {name}")
    WorkflowRegistry.change(make_template(name="c").pk, {"is_active": False}, actor="author", at=NOW)

    prompts, resources = mcp.ask("prompts/list")["prompts"], mcp.ask("resources/list")["resources"]

    assert [prompt["name"] for prompt in prompts] == ["a", "b", "é / ?"]
    assert [prompt["description"] for prompt in prompts] == ["About a", "About b", "About é / ?"]
    assert [found["uri"] for found in resources] == [
        "workflow://templates/a",
        "workflow://templates/b",
        "workflow://templates/%C3%A9%20%2F%20%3F",
    ]
    for found in resources:
        assert mcp.ask("resources/read", uri=found["uri"])["contents"][0]["uri"] == found["uri"]
    assert mcp.ask("resources/templates/list")["resourceTemplates"][0]["uriTemplate"] == "workflow://templates/{name}"


@pytest.mark.parametrize(("method", "member"), [("prompts/list", "prompts"), ("resources/list", "resources")])
def test_long_lists_are_cut_into_pages(
    mcp: Mcp, make_template: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, method: str, member: str
) -> None:
    monkeypatch.setattr(offers, "PAGE", 2)
    for name in "edcba":
        make_template(name=name)

    first = mcp.ask(method)
    make_template(name="0")
    second = mcp.ask(method, cursor=first["nextCursor"])
    third = mcp.ask(method, cursor=second["nextCursor"])

    assert [found["name"] for page in (first, second, third) for found in page[member]] == list("abcde")
    assert "nextCursor" not in third
    hardly: list[Any] = ["nonsense", "AAAA", "_w==", 3, {}, "é"]
    for nonsense in hardly:
        assert mcp.answer(method, cursor=nonsense)["error"]["data"] == {"code": "cursor_invalid"}, nonsense


def test_the_tool_lists_the_same_narrowed_down(
    mcp: Mcp, make_template: Callable[..., Any], make_user_type: Callable[..., UserType]
) -> None:
    loan, other = make_template(name="loan", category="money"), make_template(name="visit", description="x" * 9000)
    make_user_type(loan, name="customer")

    everything = mcp.told("list_workflows")
    granted, found = mcp.told("list_workflows", user_type="customer"), mcp.told("list_workflows", search="VIS")

    assert [each["workflow"] for each in everything["workflows"]] == ["loan", other.name]
    assert everything["next_cursor"] is None
    assert granted["workflows"] == [{"workflow": "loan", "description": "", "category": "money"}]
    assert [each["workflow"] for each in found["workflows"]] == ["visit"]
    assert len(found["workflows"][0]["description"]) == 500


def test_a_limited_key_sees_only_what_its_people_may_use(
    make_client: Callable[..., APIClient],
    make_template: Callable[..., Any],
    make_user_type: Callable[..., UserType],
    stranger: APIClient,
) -> None:
    mine, other = make_user_type(make_template(name="loan"), name="customer"), make_user_type(name="patient")
    make_template(name="secret")

    limited = Mcp(make_client(user_types=[mine]))

    assert [each["workflow"] for each in limited.told("list_workflows")["workflows"]] == ["loan"]
    assert limited.told("list_workflows", user_type=other.name)["workflows"] == []
    for mcp in (limited, Mcp(stranger)):
        seen = ["loan"] if mcp is limited else []
        assert [prompt["name"] for prompt in mcp.ask("prompts/list")["prompts"]] == seen
        assert [found["name"] for found in mcp.ask("resources/list")["resources"]] == seen
        for method, params in (
            ("prompts/get", {"name": "secret"}),
            ("resources/read", {"uri": "workflow://templates/secret"}),
        ):
            error = mcp.answer(method, **params)["error"]
            assert (error["code"], error["data"]) == (INVALID_PARAMS, {"code": "not_found"})


@pytest.mark.parametrize("uri", ["workflow://templates/", "file:///etc/passwd", "workflow://templates/%00", "x"])
def test_there_are_no_other_resources(mcp: Mcp, uri: str) -> None:
    assert mcp.answer("resources/read", uri=uri)["error"]["code"] == INVALID_PARAMS
