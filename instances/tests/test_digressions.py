"""People digress and come back: one workflow is active in a conversation, the others wait with all they know."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from instances.models import Workflow
from instances.tests.calls import act, answered, start, stored, submit, timeline
from permissions.models import UserType
from registry.models import WorkflowTemplate

type Builder[T] = Callable[..., T]

PROPERTIES: dict[str, Any] = {"a": {"type": "string"}, "b": {"type": "string"}}


@pytest.fixture
def template(make_template: Builder[WorkflowTemplate]) -> WorkflowTemplate:
    return make_template(properties=PROPERTIES)


@pytest.fixture
def user_type(make_user_type: Builder[UserType], template: WorkflowTemplate) -> UserType:
    return make_user_type(template)


@pytest.fixture
def first(make_workflow: Builder[Workflow], template: WorkflowTemplate, user_type: UserType) -> Workflow:
    """Return an active workflow in conversation `c1`, begun by somebody who has answered one question."""
    return make_workflow(template=template, user_type=user_type, conversation_id="c1", state_data={"a": "A"})


@pytest.fixture
def order(template: WorkflowTemplate, user_type: UserType) -> dict[str, Any]:
    return {"template": template.name, "user_type": user_type.name}


def test_a_paused_workflow_frees_the_conversation_and_keeps_its_answers(
    client: APIClient, first: Workflow, order: dict[str, Any]
) -> None:
    paused = act(client, first, "pause", reason="first the weather")

    assert (paused.json()["next"], paused.json()["waiting_for"]) == ("wait", ["resumption"])
    assert (stored(first).status, stored(first).state_data) == ("paused", {"a": "A"})
    assert start(client, **order).status_code == 201
    assert answered(submit(client, first, {"b": "B"})) == (409, "workflow_paused")


def test_starting_with_on_active_pause_is_a_digression_and_the_way_back_is_offered(
    client: APIClient, first: Workflow, order: dict[str, Any]
) -> None:
    second = start(client, **order, on_active="pause").json()
    done = client.post(f"/api/workflows/{second['id']}/submit", {"data": {"a": "1", "b": "2"}}).json()

    assert [found["id"] for found in done["resumable"]] == [str(first.pk)]
    back = act(client, first, "resume", data={"b": "B"}).json()
    assert (back["outcome"], back["workflow"]["status"]) == ("applied", "completed")
    assert timeline(first.pk)[-5:-1] == [
        "workflow.paused",
        "workflow.resumed",
        "workflow.submitted",
        "workflow.step_completed",
    ]


def test_a_digression_inside_a_digression_comes_back_in_turn(
    client: APIClient, first: Workflow, order: dict[str, Any]
) -> None:
    second = start(client, **order, on_active="pause").json()["id"]
    third = start(client, **order, on_active="pause").json()["id"]

    after_third = client.post(f"/api/workflows/{third}/cancel", {}).json()
    client.post(f"/api/workflows/{second}/resume", {})
    after_second = client.post(f"/api/workflows/{second}/submit", {"data": {"a": "1", "b": "2"}}).json()

    assert [found["id"] for found in after_third["resumable"]] == [second, str(first.pk)]
    assert [found["id"] for found in after_second["resumable"]] == [str(first.pk)]


def test_switching_resumes_one_and_pauses_the_other(client: APIClient, first: Workflow, order: dict[str, Any]) -> None:
    second = start(client, **order, on_active="pause").json()["id"]

    refused = act(client, first, "resume")
    switched = act(client, first, "resume", on_active="pause")

    assert answered(refused) == (409, "active_workflow_exists")
    assert refused.json()["workflow_id"] == second
    assert (switched.json()["outcome"], switched.json()["workflow"]["status"]) == ("applied", "active")
    assert Workflow.objects.get(pk=second).status == "paused"


def test_starting_with_on_active_cancel_ends_the_other_and_keeps_its_answers(
    client: APIClient, first: Workflow, order: dict[str, Any]
) -> None:
    start(client, **order, on_active="cancel")

    assert (stored(first).status, stored(first).state_data) == ("cancelled", {"a": "A"})


def test_a_created_workflow_takes_the_slot_when_it_is_activated(
    client: APIClient, first: Workflow, order: dict[str, Any]
) -> None:
    waiting = start(client, **order, activate=False, on_active="pause").json()

    assert (waiting["waiting_for"], stored(first).status) == (["activation"], "active")
    refused = client.post(f"/api/workflows/{waiting['id']}/activate", {})
    taken = client.post(f"/api/workflows/{waiting['id']}/activate", {"on_active": "pause"})
    assert answered(refused) == (409, "active_workflow_exists")
    assert (taken.status_code, stored(first).status) == (200, "paused")


def test_only_what_the_caller_may_touch_gives_way(
    make_client: Builder[APIClient],
    first: Workflow,
    make_user_type: Builder[UserType],
    template: WorkflowTemplate,
) -> None:
    mine = make_user_type(template)
    limited = make_client(user_types=[mine])

    response = start(limited, template=template.name, on_active="pause")

    assert answered(response) == (409, "active_workflow_exists")
    assert "workflow_id" not in response.json()
    assert stored(first).status == "active"


def test_a_stranger_is_offered_no_way_back(client: APIClient, stranger: APIClient, first: Workflow) -> None:
    act(client, first, "pause")

    assert answered(act(stranger, first, "resume")) == (404, "not_found")
    assert answered(act(stranger, first, "pause")) == (404, "not_found")


def test_a_refused_value_on_coming_back_is_told_with_the_workflow_active(client: APIClient, first: Workflow) -> None:
    act(client, first, "pause")

    response = act(client, first, "resume", data={"b": 5}, expected_revision=stored(first).revision)

    assert (response.status_code, response.json()["outcome"]) == (200, "partial")
    assert [no["field"] for no in response.json()["rejected"]] == ["b"]
    assert stored(first).status == "active"


def test_resuming_what_changed_meanwhile_is_a_conflict(client: APIClient, first: Workflow) -> None:
    act(client, first, "pause")

    assert answered(act(client, first, "resume", expected_revision=1)) == (409, "revision_conflict")


@pytest.mark.parametrize("on_active", ["", "kill", 5, None])
def test_on_active_is_one_of_three(client: APIClient, order: dict[str, Any], on_active: Any) -> None:
    assert answered(start(client, **order, on_active=on_active)) == (400, "invalid")
