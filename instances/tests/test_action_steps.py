"""Steps that the server answers itself, as they are stored: asked for, answered, corrected, retried."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from conftest import NOW, step
from engine.actions import ActionFailed, ActionResult, ActionSucceeded
from events.models import Event
from instances import results
from instances.acting import Acting, Done
from instances.models import Workflow
from instances.sweep import expire_idle
from instances.tests.calls import act, seen, stored, submit, timeline
from instances.tests.racing import at_once
from permissions.models import UserTypeWorkflowTemplate
from registry.models import WorkflowTemplate
from rest.callers import Caller

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


def receive(workflow: Workflow, result: ActionResult, *, step: str = "funds", run: int = 1) -> Done:
    acting = Acting(caller=Caller(actor="worker"), at=LATER)
    with transaction.atomic():
        held = results.hold(workflow.pk, acting)
        assert held is not None
        return results.receive(held, step=step, run=run, result=result, acting=acting)


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
    assert done.workflow.progress.values == {"account": "A1", "balance": 250}
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


def test_a_workflow_that_is_gone_cannot_be_held(db: None) -> None:
    assert results.hold(UUID(int=7), Acting(caller=Caller(actor="worker"), at=LATER)) is None


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


def test_a_correction_while_the_request_is_in_flight_asks_anew(client: APIClient, make: Builder[Workflow]) -> None:
    workflow = make()

    corrected = submit(client, workflow, {"account": "A2"}).json()
    late = receive(workflow, ActionSucceeded(answer={"available": 1}), run=1)
    before = stored(workflow)
    right = receive(workflow, ActionSucceeded(answer={"available": 2}), run=2)

    assert (corrected["next"], corrected["waiting_for"]) == ("wait", ["funds"])
    assert late is not None
    assert (late.decision.progress.values, before.revision) == ({"account": "A2"}, late.workflow.revision)
    assert right is not None
    assert right.workflow.state_data["balance"] == 2
    runs = Event.objects.of(workflow.pk).filter(type="workflow.action_requested").values_list("data__run", flat=True)
    assert list(runs) == [1, 2]
    assert "workflow.action_outdated" in timeline(workflow.pk)


def test_an_outdated_result_keeps_nobody_from_expiring(make: Builder[Workflow]) -> None:
    workflow = make(expires_after="PT1H")
    before = stored(workflow)

    receive(workflow, ActionSucceeded(answer={"available": 1}), run=9)

    after = stored(workflow)
    assert (after.expires_at, after.last_interaction_at, after.revision) == (
        before.expires_at,
        before.last_interaction_at,
        before.revision,
    )


def test_a_correction_after_the_answer_shows_what_is_gone(client: APIClient, make: Builder[Workflow]) -> None:
    workflow = make()
    receive(workflow, ActionSucceeded(answer={"available": 250}))

    corrected = submit(client, workflow, {"account": "A2"}).json()

    assert corrected["invalidated"] == [{"field": "balance", "because": "account"}]
    assert (corrected["workflow"]["state_data"], corrected["next"]) == ({"account": "***"}, "wait")
    assert stored(workflow).previous_values == {"balance": 250}


def test_an_answer_that_is_no_valid_result_is_told_without_what_it_held(
    client: APIClient, make: Builder[Workflow]
) -> None:
    workflow = make(action=look_up(on_failure="ask"))

    receive(workflow, ActionSucceeded(answer={"available": "ELEVEN-SECRET"}))

    answer = seen(client, {"id": workflow.pk})
    assert (answer["next"], answer["missing"]) == ("collect", ["balance", "amount"])
    assert answer["actions"]["funds"] == {
        "status": "unusable",
        "code": "result_invalid",
        "reason": "The answer has what does not count for: balance (type).",
    }
    assert "ELEVEN-SECRET" not in str(list(Event.objects.of(workflow.pk).values_list("data", flat=True)))
    assert submit(client, workflow, {"balance": 70}).json()["accepted"] == [{"field": "balance"}]


def test_what_was_sent_and_cannot_be_sent_twice_keeps_its_inputs(client: APIClient, make: Builder[Workflow]) -> None:
    workflow = make(action=look_up(idempotent=False))

    both = submit(client, workflow, {"account": "A2", "amount": 40})
    alone = submit(client, workflow, {"account": "A2"})
    patched = client.patch(f"/api/workflows/{workflow.pk}", {"state_data": {"account": "A2"}})

    assert both.json()["outcome"] == "partial"
    for response in (alone, patched):
        assert response.status_code == 400
        assert [(found["field"], found["code"]) for found in response.json()["rejected"]] == [
            ("account", "action_already_sent")
        ]
    assert stored(workflow).progress.values == {"account": "A1", "amount": 40}


def test_a_branch_flips_away_and_back_and_nothing_is_sent_again(client: APIClient, make: Builder[Workflow]) -> None:
    steps = [
        step("which", fields=["account", "by_card"]),
        step("funds", fields=["balance"], action=look_up(), when={"field": "by_card", "op": "==", "value": False}),
        step("transfer", fields=["amount"]),
    ]
    properties = {**PROPERTIES, "by_card": {"type": "boolean"}}
    workflow = make(properties=properties, steps=steps, state_data={"account": "A1", "by_card": False})

    away = submit(client, workflow, {"by_card": True}).json()
    receive(workflow, ActionSucceeded(answer={"available": 250}))
    back = submit(client, workflow, {"by_card": False}).json()

    assert (away["next"], away["workflow"]["actions"]) == ("collect", {})
    assert (back["restored"], back["workflow"]["state_data"]["balance"]) == (["balance"], 250)
    assert timeline(workflow.pk).count("workflow.action_requested") == 1


def test_a_result_while_it_is_paused_is_acted_on_when_it_goes_on(client: APIClient, make: Builder[Workflow]) -> None:
    workflow = make()
    act(client, workflow, "pause")

    receive(workflow, ActionFailed(code="http_503", reason="Closed."))

    assert stored(workflow).status == "paused"
    assert act(client, workflow, "resume").json()["workflow"]["failure"]["code"] == "action_failed"


def test_an_action_is_confirmed_with_the_token_of_its_inputs(client: APIClient, make: Builder[Workflow]) -> None:
    workflow = make(action=look_up(confirm=True, idempotent=False))
    offered = seen(client, {"id": workflow.pk})

    outdated = offered["confirmation"]["token"]
    fresh = submit(client, workflow, {"account": "A2"}).json()["confirmation"]
    refused = act(client, workflow, "confirm", token=outdated)
    confirmed = act(client, workflow, "confirm", token=fresh["token"]).json()

    assert offered["next"] == "confirm"
    assert fresh["summary"] == [{"field": "account", "label": "Account", "value": "***", "words": "***"}]
    action = fresh["action"]
    assert (action["step"], action["name"], action["problem"]) == ("funds", "Funds", None)
    assert action["request"]["url"] == "https://bank.example/accounts/***"
    assert action["request"]["body"]["state"] == {"account": "***"}
    assert (refused.status_code, refused.json()["code"]) == (409, "confirmation_outdated")
    assert refused.json()["confirmation"]["action"] == fresh["action"]
    assert (confirmed["next"], confirmed["confirmation"]) == ("wait", None)
    assert timeline(workflow.pk)[-2:] == ["workflow.confirmed", "workflow.action_requested"]
    assert act(client, workflow, "confirm", token=fresh["token"]).json()["code"] == "nothing_to_confirm"


def test_the_token_of_the_end_dies_with_a_result_and_is_no_token_for_an_action(
    client: APIClient, make: Builder[Workflow]
) -> None:
    workflow = make(
        action=look_up(on_failure="skip"), confirmation="required", state_data={"account": "A1", "amount": 4}
    )
    receive(workflow, ActionFailed(code="http_503", reason="Closed.", may_have_been_done=True))
    token = seen(client, {"id": workflow.pk})["confirmation"]["token"]

    again = act(client, workflow, "retry").json()
    receive(workflow, ActionSucceeded(answer={"available": 250}))

    assert (again["next"], again["confirmation"]) == ("wait", None)
    assert act(client, workflow, "confirm", token=token).json()["code"] == "confirmation_outdated"
    fresh = seen(client, {"id": workflow.pk})["confirmation"]
    assert (fresh["action"], [line["field"] for line in fresh["summary"]]) == (None, ["account", "balance", "amount"])
    assert act(client, workflow, "confirm", token=fresh["token"]).json()["workflow"]["status"] == "completed"


def test_nothing_is_retried_that_may_have_been_done_and_cannot_be_done_twice(
    client: APIClient, make: Builder[Workflow]
) -> None:
    workflow = make(action=look_up(idempotent=False))
    receive(workflow, ActionFailed(code="timeout", reason="No answer.", may_have_been_done=True))

    refused = act(client, workflow, "retry")

    assert (refused.status_code, refused.json()["code"], refused.json()["step"]) == (409, "outcome_unknown", "funds")
    receive(workflow, ActionSucceeded(answer={"available": 250}))
    assert act(client, workflow, "retry").json()["workflow"]["current_step"] == "transfer"


def test_a_retry_takes_the_slot_of_the_conversation_only_if_it_may(client: APIClient, make: Builder[Workflow]) -> None:
    failed = make(conversation_id="c1")
    receive(failed, ActionFailed(code="http_503", reason="Closed."))
    other = make(conversation_id="c1")

    refused = act(client, failed, "retry")
    taken = act(client, failed, "retry", on_active="pause")

    assert (refused.status_code, refused.json()["code"]) == (409, "active_workflow_exists")
    assert (taken.json()["workflow"]["status"], stored(other).status) == ("active", "paused")


def test_a_retry_while_it_goes_on_needs_no_room(client: APIClient, make: Builder[Workflow]) -> None:
    workflow = make(action=look_up(on_failure="skip"))
    nothing = act(client, workflow, "retry")
    receive(workflow, ActionFailed(code="http_503", reason="Closed."))

    again = act(client, workflow, "retry")

    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_retry")
    assert (again.status_code, again.json()["next"]) == (200, "wait")


def test_what_expired_or_was_cancelled_in_flight_stays_so(client: APIClient, make: Builder[Workflow]) -> None:
    expiring, cancelled = make(expires_after="PT1H"), make()
    act(client, cancelled, "cancel")
    assert expire_idle(NOW + timedelta(hours=2)).expired == 1

    for workflow in (expiring, cancelled):
        done = receive(workflow, ActionSucceeded(answer={"available": 1}))

        assert done is not None
        assert (stored(workflow).status, stored(workflow).progress.values) == ("cancelled", {"account": "A1"})
        assert timeline(workflow.pk)[-1] == "workflow.action_outdated"


def test_a_result_that_is_the_end_starts_what_follows(
    make_template: Builder[WorkflowTemplate], make: Builder[Workflow]
) -> None:
    target = make_template(name="next", properties={"balance": {"type": "number"}, "b": {"type": "string"}})
    steps = [step("which", fields=["account"]), step("funds", fields=["balance"], action=look_up())]
    properties = {name: PROPERTIES[name] for name in ("account", "balance")}
    workflow = make(properties=properties, steps=steps, end_action_type="workflow", end_action_target=target.name)
    UserTypeWorkflowTemplate.objects.create(user_type=workflow.user_type, workflow_template=target)

    receive(workflow, ActionSucceeded(answer={"available": 250}))

    assert stored(workflow).status == "completed"
    following = Workflow.objects.get(predecessor=workflow)
    assert (following.status, following.state_data) == ("active", {"balance": 250})


def test_a_result_that_completes_a_workflow_wakes_what_waits_for_it(
    make: Builder[Workflow], make_template: Builder[WorkflowTemplate]
) -> None:
    steps = [step("which", fields=["account"]), step("funds", fields=["balance"], action=look_up())]
    properties = {name: PROPERTIES[name] for name in ("account", "balance")}
    first = make(name="first", properties=properties, steps=steps)
    waiting = make(prerequisites=["first"], user_type=first.user_type, state_data={})
    assert stored(waiting).status == "created"

    receive(first, ActionSucceeded(answer={"available": 250}))

    assert stored(waiting).status == "active"


def test_deleting_a_workflow_leaves_nothing_of_its_results(client: APIClient, make: Builder[Workflow]) -> None:
    workflow = make(action=look_up(on_failure="skip"), state_data={"account": "A1", "amount": 4})
    receive(workflow, ActionFailed(code="http_503", reason="They said ELEVEN."))
    act(client, workflow, "retry")
    receive(workflow, ActionSucceeded(answer={"available": 1112}))
    assert stored(workflow).status == "completed"

    client.delete(f"/api/workflows/{workflow.pk}")

    left = str(list(Event.objects.of(workflow.pk).values_list("data", flat=True)))
    assert "ELEVEN" not in left
    assert "1112" not in left


def test_a_stranger_retries_nothing(stranger: APIClient, make: Builder[Workflow]) -> None:
    workflow = make()
    receive(workflow, ActionFailed(code="http_503", reason="Closed."))

    assert act(stranger, workflow, "retry").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_a_result_that_comes_twice_at_once_one_counts(make: Builder[Workflow]) -> None:
    workflow = make()
    result = ActionSucceeded(answer={"available": 250})

    at_once([lambda: receive(workflow, result), lambda: receive(workflow, result)])

    told = timeline(workflow.pk)
    assert (told.count("workflow.action_completed"), told.count("workflow.action_outdated")) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_result_and_a_correction_at_once_end_in_one_of_two_right_states(
    client: APIClient, make: Builder[Workflow]
) -> None:
    for number in range(5):
        workflow = make(conversation_id=f"race {number}")

        jobs: list[Callable[[], object]] = [
            partial(receive, workflow, ActionSucceeded(answer={"available": 250})),
            partial(submit, client, workflow, {"account": "A2"}),
        ]
        at_once(jobs)

        after = stored(workflow)
        assert (after.progress.values, after.actions["funds"]["run"]) == ({"account": "A2"}, 2)
        receive(workflow, ActionSucceeded(answer={"available": 9}), run=2)
        assert stored(workflow).progress.values == {"account": "A2", "balance": 9}
