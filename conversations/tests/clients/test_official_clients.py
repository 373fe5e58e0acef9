"""The official clients, in Python and in TypeScript, find and do everything."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from conversations.mcp.catalogue import TOOLS
from conversations.tests.clients.conftest import Connect
from conversations.tests.clients.driving import Driven, Refused, told
from conversations.tests.mcp.test_acts import HERE, LOAN, PERSON
from instances.models import Workflow
from permissions.models import ApiKey
from permissions.services import issue_api_key

pytestmark = pytest.mark.django_db(transaction=True)

MODES = {"modern": "2026-07-28", "legacy": "2025-11-25"}


@pytest.fixture
def loan(make_template: Callable[..., Any], make_user_type: Callable[..., Any]) -> None:
    """A loan that customers may use."""
    make_user_type(make_template(name="loan", description="Money", **LOAN), name="customer")


def _filled_in(client: Driven) -> None:
    told(client.call("start_workflow", **HERE, **PERSON, workflow="loan", data={"amount": "5,000"}))
    told(client.call("submit_data", **HERE, data={"purpose": "home"}, skip=["more"]))


@pytest.mark.parametrize("mode", MODES)
def test_what_there_is_is_found(connect: Connect, loan: None, mode: str) -> None:
    client = connect(mode=mode)
    uri = "workflow://templates/loan"

    tools, again = client.tools(), client.tools()

    assert client.version == MODES[mode]
    assert client.capabilities == {"tools": {}, "prompts": {}, "resources": {}}
    assert "conversation_id" in client.instructions
    assert tools == again
    assert [found["name"] for found in tools] == [tool.name for tool in TOOLS]
    assert [(found["name"], found["description"]) for found in client.prompts()] == [("loan", "Money")]
    assert "Be kind." in client.prompt("loan")[0]["content"]["text"]
    assert [found["uri"] for found in client.resources()] == [uri]
    assert json.loads(client.resource(uri)[0]["text"])["state_schema"]["properties"].keys() == {"amount", "purpose"}


@pytest.mark.parametrize("mode", MODES)
def test_a_workflow_goes_from_start_to_end_with_a_token(connect: Connect, loan: None, mode: str) -> None:
    client = connect(mode=mode)
    listed = told(client.call("list_workflows"))
    _filled_in(client)
    refused = told(client.call("submit_data", **HERE, data={"amount": 5}))
    told(client.call("submit_data", **HERE, data={"amount": 5000}))
    shown = told(client.call("confirm_workflow", **HERE))
    done = told(client.call("confirm_workflow", **HERE, token=shown["context"]["confirmation"]["token"]))

    assert [found["workflow"] for found in listed["workflows"]] == ["loan"]
    assert refused["result"]["rejected"][0]["message"] == "From 1,000 up."
    assert done["result"]["workflow"]["status"] == "completed"
    assert Workflow.objects.get().state_data == {"amount": 5000, "purpose": "home"}


def test_a_person_who_is_asked_and_agrees_confirms(connect: Connect, loan: None) -> None:
    client = connect(agrees=True)
    _filled_in(client)

    done = told(client.call("confirm_workflow", **HERE))

    assert client.asked() == ["Please check this and confirm.\n\nAmount: 5000\nPurpose: home"]
    assert done["result"]["workflow"]["status"] == "completed"


def test_a_person_who_is_asked_and_does_not_agree_leaves_everything(connect: Connect, loan: None) -> None:
    client = connect(agrees=False)
    _filled_in(client)

    left = told(client.call("confirm_workflow", **HERE))

    assert len(client.asked()) == 1
    assert left["result"]["outcome"] == "unconfirmed"
    assert Workflow.objects.get().status == "active"


def test_what_one_key_was_asked_is_refused_from_another(connect: Connect, loan: None) -> None:
    mine, other = connect(agrees=True), connect(agrees=True)
    _filled_in(mine)
    question = mine.round("confirm_workflow", HERE, {})
    (key,) = question["inputRequests"]
    answer = {"requestState": question["requestState"], "inputResponses": {key: {"action": "accept", "content": {}}}}

    with pytest.raises(Refused, match="Invalid requestState"):
        other.round("confirm_workflow", HERE, answer)

    assert Workflow.objects.get().status == "active"
    assert told(mine.round("confirm_workflow", HERE, answer))["result"]["workflow"]["status"] == "completed"


def test_a_key_that_is_revoked_opens_nothing_more(connect: Connect, loan: None) -> None:
    key = issue_api_key("revoked soon")
    client = connect(key)
    ApiKey.objects.get(name="revoked soon").revoke(timezone.now())

    with pytest.raises(Refused, match="unknown, expired or revoked"):
        client.call("list_workflows")
    with pytest.raises(Refused, match=r"unknown, expired or revoked|HTTP 401"):
        connect(key)


@pytest.mark.parametrize("mode", MODES)
def test_errors_are_answers_that_say_what_to_do(connect: Connect, loan: None, mode: str) -> None:
    client = connect(mode=mode)

    nothing, misspelt = client.call("cancel_workflow", **HERE), client.call("submit_data", **HERE, date={})

    assert nothing["isError"]
    assert misspelt["isError"]
    assert "Did you mean 'data'?" in misspelt["content"][0]["text"]
    with pytest.raises(Refused, match="There is no such template"):
        client.prompt("unknown")
