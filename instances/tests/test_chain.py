"""A workflow that hands over to the next: what is carried, and what happens when the next one cannot start."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import NOW, step
from events.models import Event
from instances.models import Workflow
from instances.tests.calls import start, stored, submit, timeline
from permissions.models import UserType, UserTypeWorkflowTemplate
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

type Builder[T] = Callable[..., T]

HANDS_OVER: dict[str, Any] = {"end_action_type": "workflow", "end_action_target": "next"}
AGE = {"type": "integer", "minimum": 18}


@pytest.fixture
def kind(make_user_type: Builder[UserType]) -> UserType:
    return make_user_type(name="customer")


def begin(make_workflow: Builder[Workflow], kind: UserType, **parts: Any) -> Workflow:
    """Start a workflow in conversation c1 that hands over to the template named `next`."""
    return make_workflow(user_type=kind, conversation_id="c1", **{**HANDS_OVER, **parts})


def grant(kind: UserType, template: WorkflowTemplate) -> WorkflowTemplate:
    UserTypeWorkflowTemplate.objects.create(user_type=kind, workflow_template=template)
    return template


def successor_of(workflow: Workflow) -> Workflow:
    return Workflow.objects.get(predecessor=workflow)


def test_values_of_the_same_name_are_carried_over(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_workflow: Builder[Workflow], kind: UserType
) -> None:
    grant(kind, make_template(name="next", properties={"email": {"type": "string"}, "happy": {"type": "boolean"}}))
    workflow = begin(make_workflow, kind)

    done = submit(client, workflow, {"email": "a@b.example"}).json()["workflow"]

    following = successor_of(workflow)
    assert (done["status"], done["outcome"], done["successor_id"]) == ("completed", "completed", str(following.pk))
    assert (following.state_data, following.status) == ({"email": "a@b.example"}, "active")
    assert (following.conversation_id, following.user_id, following.user_type) == ("c1", workflow.user_id, kind)
    created = Event.objects.of(following.pk)[0]
    assert (created.type, created.data["predecessor_id"]) == ("workflow.created", str(workflow.pk))


def test_the_configured_names_are_carried_and_no_others(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_workflow: Builder[Workflow], kind: UserType
) -> None:
    grant(kind, make_template(name="next", properties={"address": {"type": "string"}, "email": {"type": "string"}}))
    workflow = begin(make_workflow, kind, end_action_config={"state": {"address": "email"}})

    submit(client, workflow, {"email": "a@b.example"})

    assert successor_of(workflow).state_data == {"address": "a@b.example"}


def test_a_carried_value_that_the_target_refuses_is_listed_in_its_created_event(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_workflow: Builder[Workflow], kind: UserType
) -> None:
    grant(kind, make_template(name="next", properties={"age": AGE}))
    workflow = begin(make_workflow, kind, properties={"age": {"type": "integer"}})

    submit(client, workflow, {"age": 5})

    following = successor_of(workflow)
    assert (following.status, following.state_data) == ("active", {})
    assert Event.objects.of(following.pk)[0].data["refused"] == [{"field": "age", "code": "minimum"}]


def test_parked_values_are_not_carried(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_workflow: Builder[Workflow], kind: UserType
) -> None:
    properties = {"way": {"enum": ["a", "b"]}, "extra": {"type": "string"}, "last": {"type": "string"}}
    grant(kind, make_template(name="next", properties={"extra": {"type": "string"}}))
    branch = step("branch", fields=["extra"], when={"field": "way", "op": "==", "value": "a"})
    steps = [step("way", fields=["way"]), branch, step("last", fields=["last"])]
    workflow = begin(make_workflow, kind, properties=properties, steps=steps)
    submit(client, workflow, {"way": "a", "extra": "x"})

    submit(client, workflow, {"way": "b", "last": "y"})

    assert successor_of(workflow).state_data == {}


def _missing(kind: UserType, make_template: Builder[WorkflowTemplate]) -> str:
    return "not_found"


def _inactive(kind: UserType, make_template: Builder[WorkflowTemplate]) -> str:
    grant(kind, make_template(name="next", is_active=False))
    return "template_inactive"


def _not_granted(kind: UserType, make_template: Builder[WorkflowTemplate]) -> str:
    make_template(name="next")
    return "not_granted"


def _asks_for_read_only(kind: UserType, make_template: Builder[WorkflowTemplate]) -> str:
    grant(kind, make_template(name="next", properties={"number": {"type": "string", "readOnly": True}}))
    return "read_only_missing"


@pytest.mark.parametrize("arrange", [_missing, _inactive, _not_granted, _asks_for_read_only])
def test_a_handover_that_cannot_be_fails_the_workflow_with_the_reason_and_keeps_its_data(
    client: APIClient,
    make_template: Builder[WorkflowTemplate],
    make_workflow: Builder[Workflow],
    kind: UserType,
    arrange: Callable[[UserType, Builder[WorkflowTemplate]], str],
) -> None:
    code = arrange(kind, make_template)
    workflow = begin(make_workflow, kind)

    response = submit(client, workflow, {"email": "a@b.example"})

    body = response.json()["workflow"]
    assert (response.status_code, body["status"], body["outcome"]) == (200, "failed", None)
    assert body["failure"]["code"] == code
    assert body["failure"]["reason"]
    assert (stored(workflow).state_data, stored(workflow).ended_at is None) == ({"email": "a@b.example"}, False)
    assert timeline(workflow.pk)[-1] == "workflow.failed"
    assert "workflow.completed" not in timeline(workflow.pk)
    assert Workflow.objects.count() == 1


def test_a_template_that_hands_over_to_itself_stops_after_ten_links(
    client: APIClient, make_template: Builder[WorkflowTemplate], kind: UserType
) -> None:
    template = grant(kind, make_template(name="next", **HANDS_OVER))

    response = start(client, template_id=template.pk, user_type="customer", state_data={"email": "a@b.example"})

    chain = list(Workflow.objects.order_by("chain_length"))
    assert (response.status_code, response.json()["status"]) == (201, "completed")
    assert [link.chain_length for link in chain] == list(range(1, 11))
    assert [link.status for link in chain] == ["completed"] * 9 + ["failed"]
    assert chain[-1].failure is not None
    assert chain[-1].failure["code"] == "chain_too_long"
    assert [link.predecessor_id for link in chain] == [None, *(link.pk for link in chain[:-1])]


def test_the_next_one_starts_from_the_version_that_is_current_at_the_handover(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_workflow: Builder[Workflow], kind: UserType
) -> None:
    following = grant(kind, make_template(name="next", properties={"happy": {"type": "boolean"}}))
    workflow = begin(make_workflow, kind)
    WorkflowRegistry.change(following.pk, {"guidelines": "Say thanks."}, actor="author", at=NOW)

    submit(client, workflow, {"email": "a@b.example"})

    assert successor_of(workflow).version.number == 2


def test_a_created_workflow_that_completes_when_activated_hands_over(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_workflow: Builder[Workflow], kind: UserType
) -> None:
    grant(kind, make_template(name="next", properties={"happy": {"type": "boolean"}}))
    workflow = begin(make_workflow, kind, state_data={"email": "a@b.example"}, activate=False)

    response = client.post(f"/api/workflows/{workflow.pk}/activate")

    assert response.json()["workflow"]["successor_id"] == str(successor_of(workflow).pk)
    assert timeline(workflow.pk)[-2:] == ["workflow.activated", "workflow.completed"]
