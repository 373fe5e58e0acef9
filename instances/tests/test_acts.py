"""What can be done to a workflow in which status, and what becomes of one that is cancelled or deleted."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from engine.progress import ENDED, Status
from events.models import Event
from instances.models import Workflow
from instances.tests.calls import Answer, act, answered, start, stored, submit, timeline

type Builder[T] = Callable[..., T]

REFUSED_ACTIVE = "workflow_already_active"
REFUSALS = {
    Status.CREATED: "workflow_not_started",
    Status.PAUSED: "workflow_paused",
    Status.FINISHING: "workflow_finishing",
    Status.COMPLETED: "workflow_ended",
    Status.FAILED: "workflow_ended",
    Status.CANCELLED: "workflow_ended",
}
ALLOWED = {
    "submit": {Status.ACTIVE},
    "patch": {Status.ACTIVE},
    "put": {Status.ACTIVE},
    "activate": {Status.CREATED},
    "cancel": {Status.CREATED, Status.ACTIVE, Status.PAUSED, Status.FAILED},
    "delete": {Status.CREATED, *ENDED},
}


def in_status(workflow: Workflow, status: Status) -> Workflow:
    Workflow.objects.filter(pk=workflow.pk).update(status=status)
    return stored(workflow)


def done(client: APIClient, workflow: Workflow, name: str) -> Answer:
    """Do one of the acts, or use one of the methods of the workflow itself."""
    path = f"/api/workflows/{workflow.pk}"
    match name:
        case "get" | "delete":
            return getattr(client, name)(path)  # type: ignore[no-any-return]
        case "patch" | "put":
            return getattr(client, name)(path, {"state_data": {}})  # type: ignore[no-any-return]
        case "events":
            return client.get(f"{path}/events")
        case _:
            return act(client, workflow, name)


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("name", list(ALLOWED))
def test_each_act_is_done_or_refused_as_the_status_says(
    client: APIClient, make_workflow: Builder[Workflow], name: str, status: Status
) -> None:
    workflow = in_status(make_workflow(), status)

    response = done(client, workflow, name)

    if status in ALLOWED[name]:
        assert response.status_code == (204 if name == "delete" else 200)
        return
    assert answered(response) == (409, REFUSALS.get(status, REFUSED_ACTIVE))
    assert response.json()["status"] == 409, "the status of the answer, not of the workflow"
    assert response["Content-Type"] == "application/problem+json"
    assert (stored(workflow).status, stored(workflow).revision) == (status, workflow.revision)


def test_cancelling_keeps_the_data_frees_the_slot_and_notes_the_reason(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(properties={"a": {"type": "string"}, "b": {"type": "string"}}, conversation_id="c1")
    submit(client, workflow, {"a": "kept"})

    response = act(client, workflow, "cancel", reason="changed my mind")
    kind = {"template_id": workflow.template_id, "user_type_id": workflow.user_type_id}

    body = response.json()
    assert (body["outcome"], body["next"], body["workflow"]["status"]) == ("applied", "done", "cancelled")
    assert (stored(workflow).state_data, stored(workflow).ended_at is not None) == ({"a": "kept"}, True)
    assert Event.objects.of(workflow.pk).filter(type="workflow.cancelled").get().data == {"reason": "changed my mind"}
    assert start(client, **kind).status_code == 201


def test_an_active_workflow_is_cancelled_before_it_is_deleted(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow()
    path = f"/api/workflows/{workflow.pk}"

    refused = client.delete(path)
    act(client, workflow, "cancel")
    deleted = client.delete(path)

    assert (answered(refused), deleted.status_code, deleted.content) == ((409, REFUSED_ACTIVE), 204, b"")
    assert answered(client.get(path)) == (404, "not_found")
    assert answered(client.delete(path)) == (404, "not_found")


def test_deleting_leaves_events_that_say_which_fields_were_given_and_no_value(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(
        properties={"a": {"type": "string"}, "b": {"type": "string"}}, state_data={"a": "secret 1"}
    )
    submit(client, workflow, {"b": "secret 2"})

    client.delete(f"/api/workflows/{workflow.pk}")

    left = Event.objects.of(workflow.pk)
    assert timeline(workflow.pk)[-1] == "workflow.deleted"
    assert [event.data["set"] for event in left.filter(type="workflow.submitted")] == [{"a": None}, {"b": None}]
    assert "secret" not in str(list(left.values_list("data", flat=True)))
    assert [event.sequence for event in left] == list(range(1, len(left) + 1))


def test_deleting_a_workflow_keeps_the_one_it_handed_over_to(
    client: APIClient, make_template: Builder[Any], make_user_type: Builder[Any], make_workflow: Builder[Workflow]
) -> None:
    first, second = make_template(end_action_type="workflow", end_action_target="second"), make_template(name="second")
    kind = make_user_type(first, second)
    workflow = make_workflow(template=first, user_type=kind, conversation_id="c1")
    Workflow.objects.filter(pk=workflow.pk).update(metadata={"x": 1})
    submit(client, workflow, {"email": "a@b.example"})

    deleted = client.delete(f"/api/workflows/{workflow.pk}")

    successor = Workflow.objects.get()
    assert (deleted.status_code, successor.template.name, successor.predecessor_id) == (204, "second", None)


@pytest.mark.parametrize("name", ["submit", "activate", "cancel", "patch", "put", "delete", "get", "events"])
def test_a_stranger_finds_nothing_and_nobody_is_let_in(
    stranger: APIClient, nobody: APIClient, make_workflow: Builder[Workflow], name: str
) -> None:
    workflow = make_workflow()

    for caller, expected in ((stranger, (404, "not_found")), (nobody, (401, "not_authenticated"))):
        assert answered(done(caller, workflow, name)) == expected
    assert (stored(workflow).revision, timeline(workflow.pk)) == (1, ["workflow.created", "workflow.activated"])


@pytest.mark.parametrize(
    ("kind", "target"), [("api_call", "https://bank.example/loans"), ("tool_call", "make_reference")]
)
def test_an_end_action_that_leaves_the_building_is_asked_for_and_awaited(
    client: APIClient, make_workflow: Builder[Workflow], kind: str, target: str
) -> None:
    workflow = make_workflow(end_action_type=kind, end_action_target=target)

    response = submit(client, workflow, {"email": "a@b.example"})

    body = response.json()
    assert (body["next"], body["workflow"]["status"], body["workflow"]["outcome"]) == ("finishing", "finishing", None)
    assert timeline(workflow.pk)[-1] == "workflow.end_action_requested"
    assert Event.objects.of(workflow.pk).last().data == {  # type: ignore[union-attr]
        "action": kind,
        "target": target,
        "again": False,
    }
    assert stored(workflow).ended_at is None
