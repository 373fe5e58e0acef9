"""Steps that the server answers itself, as they are stored: asked for, answered, corrected, retried."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from rest_framework.test import APIClient

from conftest import NOW, step
from engine.actions import ActionFailed, ActionResult, ActionSucceeded
from events.models import Event
from instances.acting import Done
from instances.action_results import receive_action_result
from instances.models import Workflow
from instances.tests.calls import act, seen, stored, submit, timeline

type Builder[T] = Callable[..., T]

LATER = NOW + timedelta(seconds=5)
PROPERTIES: dict[str, Any] = {
    "account": {"type": "string", "x-sensitive": "mask"},
    "balance": {"type": "number", "title": "Balance", "minimum": 0},
    "amount": {"type": "number"},
}


def look_up(**changes: Any) -> dict[str, Any]:
    """Return an action that looks the balance of an account up."""
    return {
        "type": "api_call",
        "target": "https://bank.example/accounts/{{state.account}}",
        "result": {"balance": "/available"},
        "idempotent": True,
        **changes,
    }


@pytest.fixture
def make(make_workflow: Builder[Workflow]) -> Builder[Workflow]:
    """Return a builder of workflows that ask for an account, look its balance up, and ask for an amount."""

    def build(*, action: dict[str, Any] | None = None, **parts: Any) -> Workflow:
        steps = [
            step("which", fields=["account"]),
            step("funds", fields=["balance"], action=action or look_up()),
            step("transfer", fields=["amount"]),
        ]
        return make_workflow(**{"properties": PROPERTIES, "steps": steps, "state_data": {"account": "A1"}, **parts})

    return build


def receive(workflow: Workflow, result: ActionResult, *, step: str = "funds", run: int = 1) -> Done | None:
    return receive_action_result(workflow.pk, step=step, run=run, result=result, at=LATER, actor="worker")


def test_an_action_is_asked_for_by_an_event_that_tells_nothing_of_its_inputs(
    client: APIClient, make: Builder[Workflow]
) -> None:
    workflow = make()

    answer = seen(client, {"id": workflow.pk})

    assert (answer["next"], answer["waiting_for"], answer["status"]) == ("wait", ["funds"], "active")
    assert answer["actions"] == {"funds": {"status": "requested", "code": "", "reason": ""}}
    event = Event.objects.of(workflow.pk).get(type="workflow.action_requested")
    digest = event.data.pop("digest")
    assert event.data == {"step": "funds", "run": 1, "again": False}
    assert len(digest) == 64
    assert digest != stored(workflow).actions["funds"]["digest"]


def test_its_answer_is_stored_and_the_workflow_goes_on(client: APIClient, make: Builder[Workflow]) -> None:
    workflow = make()

    done = receive(workflow, ActionSucceeded(answer={"available": 250}))

    assert done is not None
    assert done.workflow.state_data == {"account": "A1", "balance": 250}
    answer = seen(client, {"id": workflow.pk})
    assert (answer["next"], answer["waiting_for"], answer["current_step"]) == ("collect", [], "transfer")
    assert answer["actions"]["funds"]["status"] == "succeeded"
    assert timeline(workflow.pk)[-3:] == [
        "workflow.action_completed",
        "workflow.submitted",
        "workflow.step_completed",
    ]
    assert Event.objects.of(workflow.pk).last().actor == "worker"  # type: ignore[union-attr]
    assert submit(client, workflow, {"amount": 40}).json()["workflow"]["status"] == "completed"


def test_a_result_for_a_workflow_that_is_gone_is_nobodys(db: None) -> None:
    result = ActionSucceeded(answer={})

    assert receive_action_result(UUID(int=7), step="funds", run=1, result=result, at=LATER, actor="worker") is None


def test_a_failed_action_fails_the_workflow_and_a_retry_asks_again_under_the_same_run(
    client: APIClient, make: Builder[Workflow]
) -> None:
    workflow = make()

    receive(workflow, ActionFailed(code="http_503", reason="The bank is closed."))

    failed = stored(workflow)
    assert failed.status == "failed"
    assert failed.failure == {"code": "action_failed", "reason": "Funds: The bank is closed.", "step": "funds"}
    answer = act(client, workflow, "retry").json()
    assert (answer["next"], answer["workflow"]["status"], answer["workflow"]["failure"]) == ("wait", "active", None)
    event = Event.objects.of(workflow.pk).filter(type="workflow.action_requested").last()
    assert event is not None
    assert (event.data["run"], event.data["again"]) == (1, True)
