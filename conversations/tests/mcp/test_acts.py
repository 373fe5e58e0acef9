"""A conversation over MCP: what is asked, handed over, confirmed, put aside and ended."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import step
from conversations.tests.mcp.posting import Mcp, code_of
from engine.evidence import MAX_MESSAGE
from instances.models import Workflow
from permissions.models import UserType
from registry.models import WorkflowTemplate

LOAN: dict[str, Any] = {
    "properties": {
        "amount": {"type": "number", "minimum": 1000, "title": "Amount", "x-messages": {"minimum": "From 1,000 up."}},
        "purpose": {"type": "string", "title": "Purpose"},
        "pin": {"type": "string", "title": "PIN", "x-sensitive": "never_llm"},
    },
    "required": ["amount", "purpose"],
    "steps": [step("what", fields=["amount", "purpose"]), step("more", fields=["pin"], required=False)],
    "guidelines": "Be kind.",
    "confirmation": "required",
}
HERE = {"conversation_id": "c1"}
PERSON = {"user_id": "u1", "user_type": "customer"}


@pytest.fixture
def customer(make_user_type: Callable[..., UserType], make_template: Callable[..., WorkflowTemplate]) -> UserType:
    """Somebody who may use two templates."""
    return make_user_type(make_template(name="loan", **LOAN), make_template(name="visit"), name="customer")


@pytest.fixture
def asked(customer: UserType, mcp: Mcp) -> Mcp:
    """A client in whose conversation all of a loan is collected, and nothing confirmed."""
    mcp.told("start_workflow", **HERE, **PERSON, workflow="loan")
    mcp.told("submit_data", **HERE, data={"amount": 5000, "purpose": "home"}, skip=["more"])
    return mcp


def test_a_workflow_goes_from_start_to_end(customer: UserType, mcp: Mcp) -> None:
    started = mcp.told("start_workflow", **HERE, **PERSON, workflow="loan", data={"amount": "5,000"})
    refused = mcp.told("submit_data", **HERE, data={"amount": 5})
    given = mcp.told("submit_data", **HERE, data={"amount": 6000, "purpose": "home"}, skip=["more"])
    shown = mcp.told("confirm_workflow", **HERE)
    done = mcp.told("confirm_workflow", **HERE, token=shown["context"]["confirmation"]["token"])

    assert started["result"]["accepted"] == [{"field": "amount", "coerced_from": "5,000"}]
    assert "Be kind." in started["context"]["guidelines"]
    assert [each["field"] for each in started["context"]["ask_next"]] == ["purpose"]
    assert refused["result"]["outcome"] == "rejected"
    assert refused["result"]["rejected"][0]["message"] == "From 1,000 up."
    assert "guidelines" not in refused["context"]
    assert given["result"]["next"] == "confirm"
    assert (shown["result"]["outcome"], shown["result"]["next"]) == ("unconfirmed", "confirm")
    assert "token" in shown["result"]["to_do"]
    assert done["result"]["workflow"]["status"] == "completed"
    assert done["context"]["workflow"] is None
    assert [each["workflow"] for each in done["context"]["startable"]] == ["loan", "visit"]
    assert Workflow.objects.get().state_data == {"amount": 6000, "purpose": "home"}


def test_looking_tells_the_same_and_how_to_guide_the_person(asked: Mcp) -> None:
    found = asked.told("get_workflow_context", **HERE)

    assert found["workflow"]["template"] == "loan"
    assert found["filled"]["amount"]["value"] == 5000
    assert "Be kind." in found["guidelines"]
    assert found["to_do"].startswith("Show the person the summary")
    assert found.keys().isdisjoint({"tools", "prompt"})


def test_what_may_be_started_is_told_for_whoever_it_is_with(customer: UserType, mcp: Mcp) -> None:
    unknown = mcp.call("get_workflow_context", **HERE)
    known = mcp.told("get_workflow_context", **HERE, user_type="customer")

    assert code_of(unknown) == "user_type_required"
    assert [each["workflow"] for each in known["startable"]] == ["loan", "visit"]


def test_after_the_end_nobody_need_say_again_who_it_is_with(asked: Mcp) -> None:
    ended = asked.told("cancel_workflow", **HERE, reason="Never mind.")

    again = asked.told("get_workflow_context", **HERE)

    assert ended["result"]["workflow"]["status"] == "cancelled"
    assert ended["context"]["workflow"] is None
    assert again["workflow"] is None
    assert [each["workflow"] for each in again["startable"]] == ["loan", "visit"]


def test_a_conversation_of_several_people_is_told_of_the_one_who_is_at_it(
    asked: Mcp, customer: UserType, make_user_type: Callable[..., UserType]
) -> None:
    asked.told("cancel_workflow", **HERE)
    asked.told("start_workflow", **HERE, user_id="u2", user_type="customer", workflow="visit")

    found = asked.told("get_workflow_context", **HERE)
    ended = asked.told("cancel_workflow", **HERE)
    switched = asked.call("switch_workflow", **HERE, user_type="customer", workflow="loan")

    assert found["workflow"]["template"] == "visit"
    assert ended["context"]["startable"] != []
    assert code_of(switched) == "user_id_required"


def test_a_digression_and_back(asked: Mcp) -> None:
    aside = asked.told("switch_workflow", **HERE, workflow="visit")
    resumable = aside["context"]["resumable"]
    back = asked.told("switch_workflow", **HERE, workflow="loan")

    assert aside["context"]["workflow"]["template"] == "visit"
    assert [each["template"] for each in resumable] == ["loan"]
    assert back["context"]["workflow"]["id"] == resumable[0]["id"]
    assert "guidelines" in back["context"]


def test_a_message_may_be_as_long_as_evidence_is_looked_for_in(asked: Mcp) -> None:
    evidence = {"purpose": "trip"}

    given = asked.told(
        "submit_data", **HERE, data={"purpose": "trip"}, evidence=evidence, message="trip".rjust(MAX_MESSAGE)
    )
    longer = asked.call("submit_data", **HERE, data={}, message="x" * (MAX_MESSAGE + 1))

    assert given["result"]["corrected"] == [{"field": "purpose", "from": "home", "to": "trip"}]
    assert code_of(longer) == "invalid"


def test_an_error_says_why_nothing_could_be_done_and_where_things_stand(asked: Mcp) -> None:
    second = asked.call("start_workflow", **HERE, **PERSON, workflow="visit")
    outdated = asked.call("confirm_workflow", **HERE, token="nonsense")
    unknown = asked.call("start_workflow", conversation_id="c2", **PERSON, workflow="loam")
    nothing = asked.call("submit_data", conversation_id="c9", data={})

    assert code_of(second) == "active_workflow_exists"
    assert code_of(outdated) == "confirmation_outdated"
    assert '"template": "loan"' in second["content"][0]["text"]
    assert code_of(unknown) == "not_found"
    assert code_of(nothing) == "user_type_required"
    assert "start a workflow with start_workflow" in nothing["content"][0]["text"]


def test_what_is_not_complete_cannot_be_confirmed(customer: UserType, mcp: Mcp) -> None:
    mcp.elicits = True
    mcp.told("start_workflow", **HERE, **PERSON, workflow="loan")

    refused = mcp.call("confirm_workflow", **HERE)

    assert refused["isError"]
    assert code_of(refused) != ""


def test_a_sensitive_value_is_neither_asked_for_nor_taken_nor_shown(customer: UserType, mcp: Mcp) -> None:
    mcp.elicits = True
    started = mcp.told("start_workflow", **HERE, **PERSON, workflow="loan")
    given = mcp.told("submit_data", **HERE, data={"amount": 5000, "purpose": "home", "pin": "7391-planted"})
    resource = mcp.ask("resources/read", uri="workflow://templates/loan")["contents"][0]["text"]

    (refused,) = given["result"]["rejected"]
    assert (refused["field"], refused["code"]) == ("pin", "sensitive")
    assert "7391-planted" not in str(given)
    assert "pin" not in resource
    assert '"amount"' in resource
    assert started["context"]["workflow"]["template"] == "loan"


def test_what_is_added_to_a_list_is_added_once(mcp: Mcp, make_workflow: Callable[..., Workflow]) -> None:
    names = {"type": "array", "items": {"type": "string"}, "minItems": 3}
    make_workflow(properties={"names": names}, conversation_id="c1")
    append = {"append": {"names": ["Ada"]}}

    unprotected = mcp.call("submit_data", **HERE, **append)
    first = mcp.told("submit_data", **HERE, **append, expected_revision=1)
    again = mcp.call("submit_data", **HERE, **append, expected_revision=1)

    assert code_of(unprotected) == "append_unprotected"
    assert first["result"]["accepted"][0]["appended"] == [1]
    assert code_of(again) == "revision_conflict"
    assert Workflow.objects.get().state_data == {"names": ["Ada"]}


def test_a_stranger_sees_and_touches_nothing(asked: Mcp, stranger: APIClient) -> None:
    other = Mcp(stranger)
    token = asked.told("confirm_workflow", **HERE)["context"]["confirmation"]["token"]

    for tool, arguments in {
        "submit_data": {"data": {"amount": 1}},
        "confirm_workflow": {"token": token},
        "cancel_workflow": {},
        "switch_workflow": {"workflow": "loan", **PERSON},
        "start_workflow": {"workflow": "loan", **PERSON},
    }.items():
        refused = other.call(tool, **HERE, **arguments)

        assert refused["isError"], tool
        assert "5000" not in refused["content"][0]["text"], tool
    assert other.told("get_workflow_context", **HERE)["workflow"] is None
    assert Workflow.objects.get().status == "active"


def test_a_call_asks_the_database_few_questions(
    asked: Mcp, django_assert_max_num_queries: Callable[..., AbstractContextManager[Any]]
) -> None:
    with django_assert_max_num_queries(9):
        asked.told("get_workflow_context", **HERE)
    with django_assert_max_num_queries(20):
        asked.told("submit_data", **HERE, data={"amount": 7000})
    with django_assert_max_num_queries(4):  # two of them are savepoints, for the transaction of the test
        asked.told("list_workflows")


def test_a_template_is_told_as_a_model_may_see_it(customer: UserType, mcp: Mcp) -> None:
    prompt = mcp.ask("prompts/get", name="loan")["messages"][0]["content"]["text"]

    assert "Be kind." in prompt
    assert "Amount" in prompt
