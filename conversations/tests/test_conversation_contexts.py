"""Contexts of conversations: the active workflow, or what this person may start."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from rest_framework.test import APIClient

from instances.models import Workflow
from instances.tests.calls import act, answered, begun, finish
from permissions.models import UserType
from permissions.policy import Scope
from registry.models import WorkflowTemplate

type Builder[T] = Callable[..., T]


@pytest.fixture
def customer(make_user_type: Builder[UserType]) -> UserType:
    return make_user_type(name="customer")


@pytest.fixture
def offer(make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]) -> Callable[..., None]:
    """Return what publishes templates and lets customers use them."""
    made: list[WorkflowTemplate] = []

    def publish(**by_name: Any) -> None:
        made.extend(make_template(name=name, **parts) for name, parts in by_name.items())
        make_user_type(*made, name="customer")

    return publish


def told(client: APIClient, conversation: str, **parameters: Any) -> dict[str, Any]:
    response = client.get(f"/api/conversations/{quote(conversation, safe='')}/context", parameters)
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


CUSTOMER = {"user_type": "customer", "user_id": "u1"}


def test_the_context_of_a_conversation_is_that_of_its_active_workflow(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(conversation_id="c1")

    context = told(client, "c1")

    alone = client.get(f"/api/workflows/{workflow.pk}/context").json()
    assert context["workflow"]["id"] == str(workflow.pk)
    assert context == alone


@pytest.mark.parametrize(
    "name", ["a/b", "//", "context", "a/context", "1 2", "é東", "a\nb", "?x=1#y", "..%2f", "x" * 255, "a/tool-calls"]
)
def test_the_id_of_a_conversation_holds_any_characters(
    client: APIClient, make_workflow: Builder[Workflow], name: str
) -> None:
    workflow = make_workflow(conversation_id=name)

    assert told(client, name)["workflow"]["id"] == str(workflow.pk)


def test_without_an_active_workflow_it_tells_what_can_be_started(client: APIClient, offer: Callable[..., None]) -> None:
    offer(
        loan={"description": "Money for a car", "category": "money"},
        visa={"prerequisites": ["loan"]},
        gone={"is_active": False},
    )

    context = told(client, "c1", **CUSTOMER)

    assert context["workflow"] is None
    assert context["startable"] == [
        {"workflow": "loan", "description": "Money for a car", "category": "money"},
        {"workflow": "visa", "description": "", "category": "", "requires": ["loan"]},
    ]
    assert context["allowed_actions"] == ["start"]
    assert "No workflow is active." in context["prompt"]["dynamic"]
    assert [tool["function"]["name"] for tool in context["tools"]] == ["start_workflow", "switch_workflow"]


def test_what_was_completed_is_no_longer_required(client: APIClient, offer: Callable[..., None]) -> None:
    check = {"template": "kyc", "check": {"field": "email", "op": "==", "value": "a@b.example"}}
    offer(kyc={}, loan={"prerequisites": ["kyc"]}, visa={"prerequisites": [check]}, other={"prerequisites": ["gone"]})
    finish(client, begun(client, "kyc"))

    by_name = {found["workflow"]: found.get("requires") for found in told(client, "c1", **CUSTOMER)["startable"]}
    elses = {
        found["workflow"]: found.get("requires")
        for found in told(client, "c1", user_type="customer", user_id="u2")["startable"]
    }

    assert by_name == {"kyc": None, "loan": None, "visa": None, "other": ["gone"]}
    assert elses == {"kyc": None, "loan": ["kyc"], "visa": ["kyc"], "other": ["gone"]}


def test_what_is_paused_can_be_resumed(client: APIClient, offer: Callable[..., None]) -> None:
    offer(loan={}, kyc={})
    paused = begun(client, "loan")
    client.post(f"/api/workflows/{paused['id']}/pause", {})

    context = told(client, "c1", **CUSTOMER)

    assert [found["id"] for found in context["resumable"]] == [paused["id"]]
    assert context["allowed_actions"] == ["start", "switch"]


def test_of_whom_nothing_is_said_is_the_one_who_is_known_here(client: APIClient, offer: Callable[..., None]) -> None:
    offer(loan={}, visa={"prerequisites": ["loan"]})
    finish(client, begun(client, "loan"))

    context = told(client, "c1")

    assert [found.get("requires") for found in context["startable"]] == [None, None]


def test_whoever_says_nothing_of_a_person_that_nobody_knows_is_told_what_to_say(
    client: APIClient, offer: Callable[..., None]
) -> None:
    offer(loan={})

    assert answered(client.get("/api/conversations/c1/context")) == (400, "user_type_required")


def test_a_key_with_one_user_type_need_not_name_it(
    make_client: Builder[APIClient], make_user_type: Builder[UserType], make_template: Builder[WorkflowTemplate]
) -> None:
    kind = make_user_type(make_template(name="loan"))
    limited = make_client(user_types=[kind])

    assert [found["workflow"] for found in told(limited, "c1")["startable"]] == ["loan"]


def test_the_workflow_of_somebody_else_is_not_told_to_a_person_who_is_named(
    client: APIClient, offer: Callable[..., None]
) -> None:
    offer(loan={})
    begun(client, "loan", user_id="u1")

    context = told(client, "c1", user_type="customer", user_id="u2")

    assert context["workflow"] is None
    assert context["allowed_actions"] == [], "the slot is taken"
    assert told(client, "c1", **CUSTOMER)["workflow"] is not None


def test_who_may_only_read_can_start_nothing(make_client: Builder[APIClient], offer: Callable[..., None]) -> None:
    offer(loan={})

    assert told(make_client(scopes=[Scope.WORKFLOWS_READ]), "c1", **CUSTOMER)["allowed_actions"] == []


def test_a_stranger_sees_what_strangers_may_start_and_nothing_of_others(
    stranger: APIClient, client: APIClient, offer: Callable[..., None], make_workflow: Builder[Workflow]
) -> None:
    offer(loan={})
    begun(client, "loan")

    context = told(stranger, "c1")

    assert (context["workflow"], context["startable"], context["resumable"]) == (None, [], [])
    assert answered(stranger.get("/api/conversations/c1/context", CUSTOMER)) == (404, "not_found")


def test_what_a_stranger_has_paused_here_is_not_offered(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    theirs = make_workflow(conversation_id="c1")
    act(client, theirs, "pause")
    mine = make_workflow(conversation_id="c1")

    assert told(client, "c1")["workflow"]["id"] == str(mine.pk)
    assert told(client, "c1")["resumable"] == []


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ({"user_types": "x"}, "/user_types"),
        ({"user_type": "x", "user_type_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"}, "/user_type"),
        ({"user_type_id": "x"}, "/user_type_id"),
        ({"user_id": ""}, "/user_id"),
        ({"user_id": "x" * 256}, "/user_id"),
        ({"dialect": "x"}, "/dialect"),
    ],
)
def test_a_wrong_parameter_is_refused(client: APIClient, parameters: dict[str, str], path: str, db: None) -> None:
    response = client.get("/api/conversations/c1/context", parameters)

    assert response.status_code == 400
    assert [wrong["path"] for wrong in response.json()["errors"]] == [path]


def test_a_budget_bounds_what_can_be_started(client: APIClient, offer: Callable[..., None]) -> None:
    offer(**{f"template_{number}": {"description": "d" * 300} for number in range(15)})

    context = told(client, "c1", **CUSTOMER, max_chars=5_000)

    assert {"name": "startable", "count": 5} in context["omitted"]


def test_an_id_that_no_conversation_can_have_is_refused_wherever_it_stands(
    client: APIClient, offer: Callable[..., None]
) -> None:
    offer(loan={})
    starting = {"name": "start_workflow", "arguments": {"workflow": "loan"}, **CUSTOMER}

    for name, status in (("c" * 255, 200), ("c" * 256, 400)):
        read = client.get(f"/api/conversations/{name}/context", CUSTOMER)
        called = client.post(f"/api/conversations/{name}/tool-calls", starting)

        assert (read.status_code, called.status_code) == (status, status)
    assert called.json()["errors"][0]["path"] == "/conversation_id"
