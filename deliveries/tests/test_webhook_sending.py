"""A webhook is tried for days, with the same bytes under the same id, and delays nobody else."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from deliveries.attempts import carry_out
from deliveries.claiming import claim
from deliveries.dispatch import dispatch
from deliveries.endpoint_services import WithSecret, change_endpoint, delete_endpoint
from deliveries.models import Delivery
from deliveries.results import Status
from deliveries.tests.receivers import Received, Receiver, Reply
from deliveries.tests.webhook_calls import ids_of, verified
from deliveries.tests.working import hurry, work, work_patiently
from instances.models import Workflow
from instances.tests.calls import submit

type Builder[T] = Callable[..., T]

PERSON = {"email": "ada@example.org"}


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_anything_but_2xx_is_tried_again_with_the_same_bytes_under_the_same_id(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow], status: int
) -> None:
    def well_at_last(_received: Received, number: int) -> Reply:
        return Reply(status=status, headers={"Location": "/elsewhere"}) if number < 3 else Reply(status=204)

    server = listen(well_at_last)
    made = make_endpoint(server, "workflow.completed")
    make_workflow(state_data=PERSON)

    work_patiently()

    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts) == (Status.DELIVERED, 3)
    assert [request.target for request in server.requests] == ["/hook"] * 3
    assert len({request.body for request in server.requests}) == 1
    assert set(ids_of(server.requests)) == {str(delivery.pk)}
    for request in server.requests:
        verified(request, made.secret)


def test_the_schedule_is_that_of_webhooks_and_a_wish_of_the_receiver_counts(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, number: Reply(status=503, headers={"Retry-After": "3600"} if number == 2 else {}))
    make_endpoint(server, "workflow.completed")
    make_workflow(state_data=PERSON)

    waits = []
    for _ in range(3):
        before = timezone.now()
        work()
        pending = Delivery.objects.get()
        waits.append((pending.next_attempt_at - before).total_seconds())
        hurry([pending.pk])

    assert 4 <= waits[0] <= 7
    assert 3600 <= waits[1] <= 3605
    assert 1440 <= waits[2] <= 2165
    assert pending.max_attempts == 10
    assert pending.give_up_at - pending.created_at == timedelta(days=4)


def test_it_is_given_up_after_ten_attempts(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, _number: Reply(status=500))
    make_endpoint(server, "workflow.completed")
    make_workflow(state_data=PERSON)

    work_patiently()

    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.code, delivery.attempts) == (Status.FAILED, "http_500", 10)
    assert len(server.requests) == 10


def test_what_waits_goes_to_where_the_endpoint_is_now(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    old, new = listen(lambda _received, _number: Reply(status=500)), listen()
    made = make_endpoint(old, "workflow.completed")
    make_workflow(state_data=PERSON)
    work()

    change_endpoint(made.endpoint.pk, {"url": f"{new.url}/moved"}, at=timezone.now())
    work_patiently()

    assert len(old.requests) == 1
    assert [request.target for request in new.requests] == ["/moved"]
    assert ids_of(old.requests) == ids_of(new.requests)


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (lambda pk: change_endpoint(pk, {"is_active": False}, at=timezone.now()), "endpoint_disabled"),
        (delete_endpoint, "endpoint_deleted"),
    ],
)
def test_what_waits_for_an_endpoint_that_is_no_more_is_given_up_unsent(
    listen: Builder[Receiver],
    make_endpoint: Builder[WithSecret],
    make_workflow: Builder[Workflow],
    end: Callable[[object], object],
    code: str,
) -> None:
    server = listen()
    made = make_endpoint(server, "workflow.completed")
    make_workflow(state_data=PERSON)
    dispatch(timezone.now())

    end(made.endpoint.pk)
    work()

    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.code) == (Status.FAILED, code)
    assert server.requests == []


def test_a_worker_killed_between_dispatch_and_settling_loses_nothing(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen()
    make_endpoint(server, "workflow.completed")
    make_workflow(state_data=PERSON)
    now = timezone.now()
    dispatch(now)
    assert claim(now) is not None  # and this worker is never seen again
    assert claim(now) is None

    later = claim(now + timedelta(minutes=2))

    assert later is not None
    assert carry_out(later)
    assert ids_of(server.requests) == [str(Delivery.objects.get().pk)]
    assert Delivery.objects.get().status == Status.DELIVERED


def test_a_request_that_waits_for_a_workflow_sends_none_of_its_webhooks(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    make_endpoint(listen(), "workflow.completed")
    workflow = make_workflow(state_data=PERSON)
    now = timezone.now()
    dispatch(now)

    assert claim(now, workflow_id=workflow.pk) is None
    assert claim(now) is not None


def test_an_endpoint_that_fails_delays_no_end_action(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    dead, well = listen(lambda _received, _number: Reply(status=500)), listen()
    make_endpoint(dead)
    make_workflow(end_action_type="api_call", end_action_target=f"{well.url}/loans", state_data=PERSON)

    work()

    assert len(well.requests) == 1
    assert Workflow.objects.get().status == "completed"


def test_a_message_is_never_rendered_anew(
    client: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, number: Reply(status=500 if number == 1 else 200))
    make_endpoint(server, "workflow.step_completed")
    workflow = make_workflow(
        properties={"b": {"type": "string"}, "a": {"type": "number"}},
        steps=[{"id": "one", "name": "One", "fields": ["b"]}, {"id": "two", "name": "Two", "fields": ["a"]}],
    )
    submit(client, workflow, {"b": "ü"})
    work()

    submit(client, workflow, {"a": 1.50})
    work_patiently()

    bodies = {request.headers["webhook-id"]: set[bytes]() for request in server.requests}
    for request in server.requests:
        bodies[request.headers["webhook-id"]].add(request.body)
    assert {len(found) for found in bodies.values()} == {1}
    states = sorted(json.dumps(json.loads(body.pop())["data"]["state"], sort_keys=True) for body in bodies.values())
    assert states == ['{"a": 1.5, "b": "\\u00fc"}', '{"b": "\\u00fc"}']
