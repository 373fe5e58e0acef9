"""Confirmation by the person, whom the client asks: exactly what was shown, by the key that it was shown to."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import step
from conversations.tests.mcp.posting import Mcp
from instances.models import Workflow

CONFIRM: dict[str, Any] = {"name": "confirm_workflow", "arguments": {"conversation_id": "c1"}}


@pytest.fixture
def workflow(make_workflow: Callable[..., Workflow]) -> Workflow:
    """A workflow of which everything is collected, and a line of which looks like two."""
    return make_workflow(
        properties={
            "amount": {"type": "number", "title": "Amount"},
            "note": {"type": "string", "title": "Note"},
            "card": {"type": "string", "title": "Card", "x-sensitive": "mask"},
        },
        steps=[step(fields=["amount", "note", "card"])],
        state_data={"amount": 5000, "note": "none\nAmount: 1\u2028Amount: 2\u202e", "card": "4111-planted"},
        confirmation="required",
        conversation_id="c1",
    )


@pytest.fixture
def asking(mcp: Mcp, workflow: Workflow) -> Mcp:
    """A client that can put questions to its person."""
    mcp.elicits = True
    return mcp


def _answered(question: dict[str, Any], action: str, **content: Any) -> dict[str, Any]:
    """Return what a client sends back once its person has answered."""
    (key,) = question["inputRequests"]
    answer = {"action": action, **({"content": content} if action == "accept" else {})}
    return {"requestState": question["requestState"], "inputResponses": {key: answer}}


def _asked(question: dict[str, Any]) -> str:
    (request,) = question["inputRequests"].values()
    assert (request["method"], request["params"]["mode"]) == ("elicitation/create", "form")
    assert request["params"]["requestedSchema"] == {"type": "object", "properties": {}}
    return str(request["params"]["message"])


def test_a_person_who_agrees_confirms_what_they_were_shown(asking: Mcp) -> None:
    question = asking.ask("tools/call", **CONFIRM)
    before = Workflow.objects.get().status
    done = asking.ask("tools/call", **CONFIRM, **_answered(question, "accept"))

    assert question["resultType"] == "input_required"
    assert _asked(question).splitlines() == [
        "Please check this and confirm.",
        "",
        "Amount: 5000",
        "Note: none Amount: 1 Amount: 2",
        "Card: ***",
    ]
    assert before == "active"
    assert done["structuredContent"]["result"]["workflow"]["status"] == "completed"
    assert Workflow.objects.get().status == "completed"


@pytest.mark.parametrize("action", ["decline", "cancel"])
def test_a_person_who_does_not_agree_leaves_everything_as_it_is(asking: Mcp, action: str) -> None:
    question = asking.ask("tools/call", **CONFIRM)
    told = asking.ask("tools/call", **CONFIRM, **_answered(question, action))

    assert not told["isError"]
    assert told["structuredContent"]["result"]["outcome"] == "unconfirmed"
    assert "did not agree" in told["structuredContent"]["result"]["to_do"]
    assert (Workflow.objects.get().status, Workflow.objects.get().revision) == ("active", 1)


def test_an_answer_to_what_was_shown_before_confirms_nothing(asking: Mcp) -> None:
    first = asking.ask("tools/call", **CONFIRM)
    asking.told("submit_data", conversation_id="c1", data={"amount": 9000})

    second = asking.ask("tools/call", **CONFIRM, **_answered(first, "accept"))
    still = Workflow.objects.get().status
    done = asking.ask("tools/call", **CONFIRM, **_answered(second, "accept"))

    assert second["resultType"] == "input_required"
    assert "Amount: 9000" in _asked(second)
    assert still == "active"
    assert done["structuredContent"]["result"]["workflow"]["status"] == "completed"


def test_an_answer_that_nobody_asked_for_confirms_nothing(asking: Mcp) -> None:
    question = asking.ask("tools/call", **CONFIRM)
    early = {"inputResponses": _answered(question, "accept")["inputResponses"]}

    again = asking.ask("tools/call", **CONFIRM, **early)

    assert again["resultType"] == "input_required"


def test_what_one_key_was_asked_is_refused_from_another(asking: Mcp, make_client: Callable[..., APIClient]) -> None:
    answer = _answered(asking.ask("tools/call", **CONFIRM), "accept")
    other = Mcp(make_client(), elicits=True)

    refused = other.answer("tools/call", **CONFIRM, **answer)

    assert (refused["error"]["code"], refused["error"]["message"]) == (-32602, "Invalid requestState")
    assert Workflow.objects.get().status == "active"


@pytest.mark.parametrize("arguments", [{"conversation_id": "c2"}, {"conversation_id": "c1", "token": "x"}])
def test_an_answer_is_for_the_call_that_asked(asking: Mcp, arguments: dict[str, Any]) -> None:
    answer = _answered(asking.ask("tools/call", **CONFIRM), "accept")

    refused = asking.answer("tools/call", name="confirm_workflow", arguments=arguments, **answer)

    assert refused["error"]["code"] == -32602


def test_a_state_that_was_tampered_with_is_refused(asking: Mcp) -> None:
    answer = _answered(asking.ask("tools/call", **CONFIRM), "accept")

    others: list[Any] = [answer["requestState"][:-1], "nonsense", 3, {}]
    for state in others:
        assert asking.answer("tools/call", **CONFIRM, **{**answer, "requestState": state})["error"]["code"] == -32602


@pytest.mark.parametrize("legacy", [False, True])
def test_a_client_that_cannot_ask_is_given_a_token(mcp: Mcp, workflow: Workflow, legacy: bool) -> None:
    mcp.legacy = legacy

    shown = mcp.told("confirm_workflow", conversation_id="c1")
    confirmation = shown["context"]["confirmation"]
    done = mcp.told("confirm_workflow", conversation_id="c1", token=confirmation["token"])

    assert [line["label"] for line in confirmation["summary"]] == ["Amount", "Note", "Card"]
    assert "4111-planted" not in str(shown)
    assert done["result"]["workflow"]["status"] == "completed"


def test_a_token_of_what_was_stored_before_confirms_nothing(mcp: Mcp, workflow: Workflow) -> None:
    token = mcp.told("confirm_workflow", conversation_id="c1")["context"]["confirmation"]["token"]
    mcp.told("submit_data", conversation_id="c1", data={"amount": 9000})

    refused = mcp.call("confirm_workflow", conversation_id="c1", token=token)

    assert refused["isError"]
    assert Workflow.objects.get().status == "active"
