"""A workflow that failed keeps everything, and can be asked to end again, as it is or with other values."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from instances.models import Workflow
from instances.tests.calls import act, answered, start, stored, timeline
from permissions.models import UserType
from permissions.services import grant
from registry.models import WorkflowTemplate

type Builder[T] = Callable[..., T]


@pytest.fixture
def loan(make_template: Builder[WorkflowTemplate]) -> WorkflowTemplate:
    return make_template(name="loan", end_action_type="workflow", end_action_target="thanks")


@pytest.fixture
def failed(make_workflow: Builder[Workflow], loan: WorkflowTemplate) -> Workflow:
    """Return a workflow whose successor does not exist."""
    return make_workflow(template=loan, conversation_id="c1", state_data={"email": "a@b.example"})


def make_successor(make_template: Builder[WorkflowTemplate], workflow: Workflow) -> None:
    template = make_template(name="thanks", properties={"happy": {"type": "boolean"}})
    grant(user_type_id=workflow.user_type_id, workflow_template_id=template.pk)


def test_what_failed_succeeds_once_the_reason_is_gone(
    client: APIClient, failed: Workflow, make_template: Builder[WorkflowTemplate]
) -> None:
    assert stored(failed).failure is not None
    make_successor(make_template, failed)

    answer = act(client, failed, "retry").json()

    assert (answer["outcome"], answer["next"]) == ("applied", "done")
    assert (answer["workflow"]["status"], answer["workflow"]["failure"]) == ("completed", None)
    assert answer["workflow"]["successor_id"] is not None
    assert timeline(failed.pk)[-2:] == ["workflow.retried", "workflow.completed"]


def test_it_fails_again_while_the_reason_is_there(client: APIClient, failed: Workflow) -> None:
    answer = act(client, failed, "retry").json()

    assert answer["workflow"]["status"] == "failed"
    assert answer["workflow"]["failure"]["code"] == "not_found"
    assert timeline(failed.pk)[-2:] == ["workflow.retried", "workflow.failed"]


def test_with_other_values_it_ends_anew(
    client: APIClient, failed: Workflow, make_template: Builder[WorkflowTemplate]
) -> None:
    make_successor(make_template, failed)

    answer = act(client, failed, "retry", data={"email": "b@c.example"}).json()

    assert answer["corrected"] == [{"field": "email", "from": "a@b.example", "to": "b@c.example"}]
    assert answer["workflow"]["status"] == "completed"


def test_with_a_refused_value_it_is_active_and_waits_for_a_better_one(client: APIClient, failed: Workflow) -> None:
    response = act(client, failed, "retry", data={"email": "nothing"})

    assert (response.status_code, response.json()["outcome"]) == (200, "partial")
    assert (stored(failed).status, stored(failed).failure) == ("active", None)
    assert response.json()["ask_next"][0]["reason"] == "contested"


def test_becoming_active_again_takes_the_slot_as_the_caller_says(
    client: APIClient, failed: Workflow, make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    side = make_template(properties={"a": {"type": "string"}})
    other = start(client, template=side.name, user_type=make_user_type(side).name).json()["id"]

    refused = act(client, failed, "retry", clear=["email"])
    taken = act(client, failed, "retry", clear=["email"], on_active="pause")

    assert answered(refused) == (409, "active_workflow_exists")
    assert (taken.json()["workflow"]["status"], Workflow.objects.get(pk=other).status) == ("active", "paused")


def test_a_cancelled_failure_still_says_why_it_failed(client: APIClient, failed: Workflow) -> None:
    act(client, failed, "cancel")

    assert stored(failed).failure is not None
    assert answered(act(client, failed, "retry")) == (409, "workflow_ended")


@pytest.mark.parametrize(("acts", "code"), [([], "nothing_to_retry"), (["pause"], "workflow_paused")])
def test_only_what_failed_is_retried(
    client: APIClient, make_workflow: Builder[Workflow], acts: list[str], code: str
) -> None:
    workflow = make_workflow()
    for name in acts:
        act(client, workflow, name)

    assert answered(act(client, workflow, "retry")) == (409, code)


def test_a_stranger_retries_nothing(stranger: APIClient, failed: Workflow) -> None:
    assert answered(act(stranger, failed, "retry")) == (404, "not_found")
