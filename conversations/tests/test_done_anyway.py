"""What was done stays told as done, even if nothing can be told of what comes next."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from rest_framework.test import APIClient

from conftest import step
from conversations.tests.mcp.posting import Mcp
from conversations.tests.visiting import Visitor
from instances.models import IdempotencyKey, Workflow
from instances.tests.calls import stored
from permissions.models import UserType
from registry.models import WorkflowTemplate

type Builder[T] = Callable[..., T]

KEYS = [{}, {"Idempotency-Key": "k"}]
CANCEL = {"name": "cancel_workflow", "arguments": {}}


@pytest.fixture
def active(
    make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType], make_workflow: Builder[Workflow]
) -> Workflow:
    """An active workflow of a person whose completed one, which others need, nobody can read any more."""
    done = make_template(name="kyc", properties={"pin": {"type": "string", "x-sensitive": "mask"}})
    kind = make_user_type(done, make_template(prerequisites=["kyc"]))
    completed = make_workflow(template=done, user_type=kind, state_data={"pin": "1234"})
    Workflow.objects.filter(pk=completed.pk).update(sealed_data="gAAAAAnonsense")
    return make_workflow(user_type=kind, conversation_id="c1", steps=[step(fields=["email"])])


@pytest.mark.parametrize("key", KEYS)
def test_a_call_that_was_carried_out_is_no_error(client: APIClient, active: Workflow, key: dict[str, str]) -> None:
    first, again = (client.post("/api/conversations/c1/tool-calls", CANCEL, headers=key) for _ in range(2))

    answer = first.json()
    assert (first.status_code, answer["result"]["workflow"]["status"], answer["error"]) == (200, "cancelled", None)
    assert answer["context"] is None
    assert stored(active).status == "cancelled"
    assert again.json() == answer if key else again.status_code == 503


def test_over_mcp_too(client: APIClient, active: Workflow) -> None:
    told = Mcp(client).told("cancel_workflow", conversation_id="c1")

    assert (told["result"]["workflow"]["status"], told["context"]) == ("cancelled", None)


def _failing(*_: Any, **__: Any) -> None:
    raise OperationalError("planted")


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_committed_is_no_error(
    client: APIClient, make_workflow: Builder[Workflow], monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    workflow = make_workflow(required=[])
    monkeypatch.setattr("conversations.including.context_of", _failing)

    answer = client.post(f"/api/workflows/{workflow.pk}/cancel?include=context", {})

    assert (answer.status_code, answer.json()["context"]) == (200, None)
    assert answer.json()["workflow"]["status"] == stored(workflow).status == "cancelled"
    assert "cannot be told: OperationalError" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_an_act_of_a_transaction_that_failed_is_not_done(
    client: APIClient, make_workflow: Builder[Workflow], monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow = make_workflow()
    monkeypatch.setattr("conversations.including.context_of", _failing)
    path = f"/api/workflows/{workflow.pk}/cancel?include=context"

    refused = client.post(path, {}, headers=KEYS[1])
    left = (stored(workflow).status, IdempotencyKey.objects.count())
    monkeypatch.undo()
    again = client.post(path, {}, headers=KEYS[1])

    assert (refused.status_code, left) == (503, ("active", 0))
    assert (again.status_code, again.json()["context"]["workflow"]["status"]) == (200, "cancelled")


def test_what_was_pressed_is_stored_whatever_becomes_of_what_it_asks_for(
    make_workflow: Builder[Workflow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("instances.waiting._carriers", [_failing])
    workflow = make_workflow(end_action_type="tool_call", end_action_target="make_reference")
    visitor = Visitor.of(workflow)

    visitor.press("answer", email="ada@example.org")

    assert (visitor.page.status_code, stored(workflow).status) == (200, "finishing")
    assert "Almost done" in visitor.text
