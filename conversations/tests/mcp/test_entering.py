"""Who may enter at `/mcp/`: whoever shows a good key, and nobody else."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from conversations.mcp.catalogue import TOOLS
from conversations.mcp.tools import ServedTool
from conversations.tests.mcp.posting import Mcp, code_of
from permissions.models import ApiKey
from permissions.policy import Scope
from permissions.services import issue_api_key

EVERY_SCOPE = sorted(map(str, Scope))
ASKED_OF_TEMPLATES: list[tuple[str, dict[str, str]]] = [
    ("prompts/list", {}),
    ("prompts/get", {"name": "loan"}),
    ("resources/list", {}),
    ("resources/templates/list", {}),
    ("resources/read", {"uri": "workflow://templates/loan"}),
]


def _with_key(key: str, scheme: str = "Bearer") -> Mcp:
    return Mcp(APIClient(HTTP_AUTHORIZATION=f"{scheme} {key}"))


@pytest.mark.parametrize("legacy", [False, True])
def test_nobody_enters_without_a_good_key(db: None, legacy: bool) -> None:
    good, revoked = issue_api_key("good"), issue_api_key("revoked")
    ApiKey.objects.get(name="revoked").revoke(timezone.now())
    expired = issue_api_key("expired", expires_at=timezone.now() - timedelta(seconds=1))
    strangers = {
        "nobody": (Mcp(APIClient()), "not_authenticated"),
        "another scheme": (_with_key(good, scheme="Token"), "not_authenticated"),
        "nonsense": (_with_key("nonsense"), "authentication_failed"),
        "tampered": (_with_key(good[:-1] + ("0" if good[-1] != "0" else "1")), "authentication_failed"),
        "revoked": (_with_key(revoked), "authentication_failed"),
        "expired": (_with_key(expired), "authentication_failed"),
    }
    for who, (stranger, code) in strangers.items():
        stranger.legacy = legacy
        for method in ("initialize", "server/discover", "tools/list", "prompts/list", "nonsense"):
            response = stranger.post(method)

            assert (response.status_code, response.json()["error"]["data"]) == (401, {"code": code}), who
            assert response["WWW-Authenticate"] == 'Bearer realm="workflows"', who


def test_the_key_is_the_same_as_for_the_rest_api_and_its_use_is_noted(db: None) -> None:
    answer = _with_key(issue_api_key("good")).ask("tools/list")

    assert [tool["name"] for tool in answer["tools"]] == [tool.name for tool in TOOLS]
    assert ApiKey.objects.get().last_used_at is not None


def test_a_session_of_the_staff_opens_nothing(db: None) -> None:
    browser = APIClient()
    browser.force_login(User.objects.create_superuser("superuser"))

    assert Mcp(browser).post("tools/list").status_code == 401


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "options"])
def test_only_post_is_answered(client: APIClient, method: str) -> None:
    response = client.generic(method.upper(), "/mcp/")

    assert (response.status_code, response["Allow"]) == (405, "POST")


def test_a_path_without_its_slash_will_do(mcp: Mcp) -> None:
    response = mcp.client.post("/mcp", {"jsonrpc": "2.0", "id": 1, "method": "ping"})

    assert response.json() == {"jsonrpc": "2.0", "id": 1, "result": {}}


def test_pages_of_other_sites_are_refused_even_with_a_good_key(mcp: Mcp) -> None:
    def asked_from(origin: str) -> int:
        status: int = mcp.post("tools/list", headers={"origin": origin}).status_code
        return status

    assert asked_from("https://evil.example") == 403
    assert asked_from("null") == 403
    assert asked_from("http://[") == 403
    assert asked_from("http://testserver") == 200


def test_a_name_that_was_made_to_lead_here_is_refused(mcp: Mcp) -> None:
    assert mcp.post("tools/list", headers={"host": "rebound.example"}).status_code == 400


def test_no_page_needs_a_token_against_forgery(db: None) -> None:
    client = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {issue_api_key('good')}"})

    answer = client.post("/mcp/", '{"jsonrpc": "2.0", "id": 1, "method": "ping"}', content_type="application/json")

    assert answer.status_code == 200


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_tool_is_offered_to_exactly_those_who_hold_its_scope(db: None, tool: ServedTool) -> None:
    enough = _with_key(issue_api_key("enough", scopes=[tool.access.scope]))
    lacking = _with_key(issue_api_key("lacking", scopes=[one for one in EVERY_SCOPE if one != tool.access.scope]))

    def offered(mcp: Mcp) -> list[str]:
        return [found["name"] for found in mcp.ask("tools/list")["tools"]]

    refused = lacking.call(tool.name)
    assert tool.name in offered(enough)
    assert tool.name not in offered(lacking)
    assert refused["isError"]
    assert code_of(refused) == "missing_scope"
    assert tool.access.scope in refused["content"][0]["text"]
    assert code_of(enough.call(tool.name)) != "missing_scope"


@pytest.mark.parametrize("legacy", [False, True])
def test_who_may_not_read_templates_is_not_invited_to(db: None, legacy: bool) -> None:
    may = _with_key(issue_api_key("may", scopes=["templates:read"]))
    may_not = _with_key(issue_api_key("may not", scopes=["workflows:run"]))
    opening = "initialize" if legacy else "server/discover"
    may.legacy = may_not.legacy = legacy

    assert may.ask(opening)["capabilities"] == {"tools": {}, "prompts": {}, "resources": {}}
    assert may_not.ask(opening)["capabilities"] == {"tools": {}}
    for method, params in ASKED_OF_TEMPLATES:
        assert may_not.answer(method, **params)["error"]["data"] == {"code": "missing_scope"}, method
