"""What is said, before a template is published, about the tools and the secrets that it uses."""

from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from conftest import NOW, document, step
from deliveries.addresses import Allowed
from deliveries.publish_checks import secrets_may_be_sent, tools_fit, urls_may_be_reached
from deliveries.vault import store_secret
from engine.findings import Finding
from permissions.policy import Scope
from registry.documents import complete
from registry.publish_checks import NOBODY_IN_PARTICULAR, OPERATOR, Publisher

LETTER: dict[str, Any] = {"to": "{{state.email}}", "subject": "Hello", "body": "- {{state.email}}"}


def calls_tool(target: str = "send_email", /, **arguments: Any) -> dict[str, Any]:
    config = {"arguments": arguments} if arguments else {}
    return document(end_action_type="tool_call", end_action_target=target, end_action_config=config)


def calls_url(url: str = "https://bank.example/x", **config: Any) -> dict[str, Any]:
    return document(end_action_type="api_call", end_action_target=url, end_action_config=config)


def told(findings: Any) -> list[tuple[str, str]]:
    return [(finding.rule, finding.path) for finding in findings]


def of_tools(source: dict[str, Any], publisher: Publisher = OPERATOR) -> list[Finding]:
    return list(tools_fit(source, publisher))


# ---- Tools ----


def test_a_tool_with_what_it_needs_is_fine() -> None:
    assert of_tools(calls_tool(**LETTER)) == []
    assert of_tools(calls_tool("make_reference")) == []
    assert of_tools(document()) == []


def test_a_tool_that_is_not_there_is_a_warning_with_the_nearest_one() -> None:
    (finding,) = of_tools(calls_tool("send_mail", **LETTER))

    assert (finding.rule, finding.path, finding.severity.value) == ("unknown_target", "/end_action_target", "warning")
    assert finding.suggestion == "send_email"
    (other,) = of_tools(calls_tool("xyz"))
    assert "GET /api/tools lists them" in other.message


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"to": "x@y.example", "body": ""}, [("missing_argument", "")]),
        ({**LETTER, "sbject": "x"}, [("unknown_argument", "/sbject")]),
        ({**LETTER, "copies": "x"}, [("unknown_argument", "/copies")]),
        ({**LETTER, "to": "office"}, [("unfit_argument", "/to"), ("unfit_argument", "/to")]),
        ({**LETTER, "body": 5}, [("unfit_argument", "/body")]),
        ({**LETTER, "subject": {"a": "{{state.email}}"}}, []),
    ],
)
def test_arguments_are_told_as_far_as_they_can_be_known(
    arguments: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert told(of_tools(calls_tool(**arguments))) == [
        (rule, "/end_action_config/arguments" + below) for rule, below in expected
    ]


def test_a_misspelt_argument_is_told_with_the_nearest_one() -> None:
    near, far = of_tools(calls_tool("make_reference", prefx="X", colour=1))

    assert near.suggestion == "prefix"
    assert near.message == "make_reference has no argument 'prefx'. Did you mean 'prefix'?"
    assert far.message == "make_reference has no argument 'colour'. It takes: prefix."


def test_a_tool_with_a_permission_is_published_by_who_holds_it() -> None:
    source = calls_tool(**LETTER)
    permitted = Publisher(permissions=frozenset({"deliveries.use_tools"}))
    key = Publisher(scopes=frozenset({"tools:use"}))
    stranger = Publisher(scopes=frozenset(map(str, Scope)) - {"tools:use"}, permissions=frozenset({"deliveries.x"}))

    assert [of_tools(source, one) for one in (permitted, key, OPERATOR)] == [[], [], []]
    assert told(of_tools(source, stranger)) == [("tool_not_permitted", "/end_action_target")]
    assert told(of_tools(source, NOBODY_IN_PARTICULAR)) == [("tool_not_permitted", "/end_action_target")]
    assert of_tools(calls_tool("make_reference"), NOBODY_IN_PARTICULAR) == []


def test_endings_and_action_steps_are_looked_at_too() -> None:
    act = {"type": "tool_call", "target": "ghost", "config": {}}
    end = {"outcome": "x", "end_action_type": "tool_call", "end_action_target": "ghost"}
    source = document(steps=[step("a", fields=["email"], action=act), step("b", end=end)])

    assert told(of_tools(source)) == [
        ("unknown_target", "/steps/0/action/target"),
        ("unknown_target", "/steps/1/end/end_action_target"),
    ]


# ---- Secrets ----


@pytest.fixture
def _bank(db: None) -> None:
    store_secret("bank", value="x", hosts=["bank.example", "*.bank.example:8443"], by="operator", at=NOW)


def of_secrets(source: dict[str, Any]) -> list[tuple[str, str]]:
    return told(secrets_may_be_sent(source, NOBODY_IN_PARTICULAR))


USE: dict[str, Any] = {"headers": {"Authorization": "Bearer {{secret:bank}}"}, "body": [{"pin": "{{secret:bank}}"}]}


@pytest.mark.usefixtures("_bank")
@pytest.mark.parametrize(
    "url",
    [
        "https://bank.example",
        "https://BANK.example:443/{{state.email}}",
        "https://api.bank.example:8443/?x={{workflow.id}}",
    ],
)
def test_a_secret_goes_to_the_hosts_it_is_bound_to(url: str) -> None:
    assert of_secrets(calls_url(url, **USE)) == []


@pytest.mark.usefixtures("_bank")
@pytest.mark.parametrize(
    "url",
    [
        "http://bank.example/",
        "https://bank.example:8443/",
        "https://evil.example/bank.example",
        "https://x.bank.example",
    ],
)
def test_a_secret_for_another_host_is_a_mistake_at_each_place(url: str) -> None:
    assert of_secrets(calls_url(url, **USE)) == [
        ("secret_not_for_host", "/end_action_config/headers/Authorization"),
        ("secret_not_for_host", "/end_action_config/body"),
    ]


@pytest.mark.usefixtures("_bank")
def test_a_secret_that_is_not_there_is_a_mistake() -> None:
    source = calls_url(headers={"X": "{{secret:bnk}}{{secret:bank}}"}, body="{{secret:bnk}}{{secret:bnk}}")

    assert of_secrets(source) == [
        ("unknown_secret", "/end_action_config/headers/X"),
        ("unknown_secret", "/end_action_config/body"),
    ]


def test_a_document_without_secrets_asks_for_none(django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        assert of_secrets(calls_url(body={"a": "{{state.email}}"})) == []
        assert of_secrets(document()) == []


@pytest.mark.usefixtures("_bank")
def test_all_of_it_is_asked_when_a_template_is_published(make_client: Any) -> None:
    author: APIClient = make_client(scopes=["templates:write", "templates:read"])

    refused = author.post("/api/workflow-templates", calls_url("https://evil.example/", **USE))
    tool = author.post("/api/workflow-templates", calls_tool(**LETTER))
    good = author.post("/api/workflow-templates", calls_url(**USE))

    assert [answer.status_code for answer in (refused, tool, good)] == [400, 400, 201]
    assert {error["code"] for error in refused.json()["errors"]} == {"secret_not_for_host"}
    assert {error["code"] for error in tool.json()["errors"]} == {"tool_not_permitted"}


# ---- URLs ----


@pytest.mark.parametrize(
    ("url", "rules"),
    [
        ("https://bank.example/loans/{{state.email}}", []),
        ("https://10.0.0.1/", ["url_private"]),
        ("http://bank.example/", ["url_scheme", "url_port"]),
        ("https://169.254.169.254/latest/meta-data", ["url_metadata"]),
        ("https://bank.example:22/", ["url_port"]),
    ],
)
def test_what_may_not_be_reached_is_not_published(url: str, rules: list[str]) -> None:
    found = list(urls_may_be_reached(calling(url), NOBODY_IN_PARTICULAR))

    assert [finding.rule for finding in found] == rules
    assert {finding.path for finding in found} <= {"/end_action_target"}


def test_what_the_operator_opens_may_be_published(settings: Settings) -> None:
    settings.EGRESS_ALLOW = Allowed.parse("10.0.0.1:8443")

    assert list(urls_may_be_reached(calling("http://10.0.0.1:8443/x"), NOBODY_IN_PARTICULAR)) == []


def calling(url: str) -> dict[str, Any]:
    return complete(document(end_action_type="api_call", end_action_target=url))
