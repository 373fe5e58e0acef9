"""What the author asked for at the end is done, once as far as the receiver can tell."""

from collections.abc import Callable

from rest_framework.test import APIClient

from deliveries.results import Status
from deliveries.tests.receivers import Received, Receiver, Reply, json_reply
from deliveries.tests.working import only_delivery, work, work_patiently
from instances.models import Workflow
from instances.tests.calls import act, stored, timeline

type Builder[T] = Callable[..., T]

PERSON = {"email": "ada@example.org"}


def test_a_completed_workflow_calls_and_keeps_what_comes_back(
    client: APIClient, listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, _number: json_reply({"loan": 7}))
    workflow = make_workflow(end_action_type="api_call", end_action_target=f"{server.url}/loans", state_data=PERSON)

    assert stored(workflow).status == "finishing"
    assert work() == 1

    ended = stored(workflow)
    assert (ended.status, ended.outcome, ended.end_action_result) == ("completed", "completed", {"loan": 7})
    assert timeline(workflow.pk)[-2:] == ["workflow.end_action_requested", "workflow.completed"]
    (request,) = server.requests
    assert request.json()["state"] == PERSON
    assert request.json()["workflow_id"] == str(workflow.pk)
    assert request.headers["idempotency-key"] == str(only_delivery(workflow.pk).pk)


def test_what_fails_for_a_while_is_tried_again_under_the_same_key(
    listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    def busy_at_first(_received: Received, number: int) -> Reply:
        return [Reply(status=503), Reply(is_lost=True), Reply(status=429)][number - 1] if number < 4 else Reply()

    server = listen(busy_at_first)
    workflow = make_workflow(end_action_type="api_call", end_action_target=f"{server.url}/loans", state_data=PERSON)

    work_patiently()

    delivery = only_delivery(workflow.pk)
    assert (stored(workflow).status, delivery.status, delivery.attempts) == ("completed", Status.DELIVERED, 4)
    assert {request.headers["idempotency-key"] for request in server.requests} == {str(delivery.pk)}
    assert [found.code for found in delivery.tries.all()] == ["http_503", "protocol", "http_429", ""]


def test_what_is_refused_fails_at_once_and_keeps_all(
    client: APIClient, listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, _number: Reply(status=422, body=b"no such customer"))
    workflow = make_workflow(end_action_type="api_call", end_action_target=f"{server.url}/loans", state_data=PERSON)

    assert work_patiently() == 1

    failed = stored(workflow)
    assert (failed.status, failed.state_data) == ("failed", PERSON)
    assert failed.failure == {"code": "end_action_failed", "reason": "The receiver answered 422."}
    assert only_delivery(workflow.pk).tries.get().excerpt == "no such customer"


def test_a_retry_sends_the_same_request_under_the_same_key(
    client: APIClient, listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, number: Reply(status=404 if number == 1 else 200))
    workflow = make_workflow(end_action_type="api_call", end_action_target=f"{server.url}/loans", state_data=PERSON)
    work_patiently()

    answer = act(client, workflow, "retry").json()
    work_patiently()

    assert answer["next"] == "finishing"
    assert stored(workflow).status == "completed"
    first, second = server.requests
    assert (first.body, first.headers["idempotency-key"]) == (second.body, second.headers["idempotency-key"])


def test_a_retry_with_other_values_sends_another_request_under_another_key(
    client: APIClient, listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, number: Reply(status=404 if number == 1 else 200))
    workflow = make_workflow(end_action_type="api_call", end_action_target=f"{server.url}/loans", state_data=PERSON)
    work_patiently()

    act(client, workflow, "retry", data={"email": "grace@example.org"})
    work_patiently()

    first, second = server.requests
    assert second.json()["state"] == {"email": "grace@example.org"}
    assert first.headers["idempotency-key"] != second.headers["idempotency-key"]
