"""What the person is told and asked, as every surface gets it."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import step
from instances.models import Workflow
from instances.tests.calls import start, stored, submit
from permissions.models import UserType
from registry.models import WorkflowTemplate

type Builder[T] = Callable[..., T]

PROPERTIES: dict[str, Any] = {
    "age": {"type": "integer", "minimum": 0, "x-ask": ["How old are you?", "In whole years, please?"]},
    "colour": {"type": "string", "oneOf": [{"const": "r", "title": "Red"}], "description": "Of the car"},
}
STEPS = [
    step("welcome", description="It takes a minute.", required=False),
    step("you", fields=["age"]),
    step("minor", when={"field": "age", "op": "<", "value": 18}, end={"outcome": "too_young", "message": "Sorry."}),
    step("car", fields=["colour"]),
]


@pytest.fixture
def order(make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]) -> dict[str, Any]:
    template = make_template(properties=PROPERTIES, steps=STEPS)
    return {"template": template.name, "user_type": make_user_type(template).name}


def test_information_is_said_with_the_start_and_not_again(client: APIClient, order: dict[str, Any]) -> None:
    started = start(client, **order).json()
    workflow = Workflow.objects.get(pk=started["id"])

    answer = submit(client, workflow, {"age": 30}).json()

    assert started["say"] == [{"step": "welcome", "name": "Welcome", "text": "It takes a minute."}]
    assert answer["say"] == []
    assert stored(workflow).said_steps == ["welcome"]


def test_a_workflow_that_is_only_made_says_nothing_until_it_is_active(client: APIClient, order: dict[str, Any]) -> None:
    made = start(client, **order, activate=False).json()
    answer = client.post(f"/api/workflows/{made['id']}/activate", {}).json()

    assert (made["say"], made["ask_next"]) == ([], [])
    assert [told["step"] for told in answer["say"]] == ["welcome"]


def test_what_to_ask_comes_with_the_words_for_this_attempt(client: APIClient, order: dict[str, Any]) -> None:
    started = start(client, **order).json()
    workflow = Workflow.objects.get(pk=started["id"])

    refused = submit(client, workflow, {"age": -1}).json()

    asked: dict[str, Any] = {"field": "age", "label": "Age", "step": "you", "hint": None, "choices": []}
    assert started["ask_next"] == [{**asked, "reason": "missing", "attempt": 1, "ask": "How old are you?"}]
    assert refused["ask_next"] == [{**asked, "reason": "refused", "attempt": 2, "ask": "In whole years, please?"}]
    assert client.get(f"/api/workflows/{workflow.pk}").json()["ask_next"] == refused["ask_next"]


def test_choices_come_with_their_titles(client: APIClient, order: dict[str, Any]) -> None:
    asked = start(client, **order, state_data={"age": 30}).json()["ask_next"]

    assert [(found["field"], found["hint"], found["ask"]) for found in asked] == [("colour", "Of the car", None)]
    assert asked[0]["choices"] == [{"value": "r", "title": "Red"}]


def test_an_ending_in_the_middle_says_so_and_completes_with_its_outcome(
    client: APIClient, order: dict[str, Any]
) -> None:
    workflow = Workflow.objects.get(pk=start(client, **order).json()["id"])

    answer = submit(client, workflow, {"colour": "r", "age": 12}).json()

    assert answer["say"] == [{"step": "minor", "name": "Minor", "text": "Sorry."}]
    assert (answer["next"], answer["workflow"]["outcome"], answer["ask_next"]) == ("done", "too_young", [])
    assert (answer["workflow"]["state_data"], answer["parked"]) == ({"age": 12}, ["colour"])
