"""What operators see of deliveries over REST, and what they send again."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from deliveries.models import Channel, Delivery, Kind
from deliveries.results import Status
from deliveries.tests.receivers import Receiver, Reply
from deliveries.tests.working import only_delivery, work, work_patiently
from instances.models import Workflow
from instances.tests.calls import act, answered, stored

type Builder[T] = Callable[..., T]

SAID = "ada@example.org"


@pytest.fixture
def server(listen: Builder[Receiver]) -> Receiver:
    """Return a receiver that refuses at first and is well afterwards."""
    return listen(lambda _received, number: Reply(status=404 if number == 1 else 200, body=b'{"loan": 7}'))


@pytest.fixture
def workflow(server: Receiver, make_workflow: Builder[Workflow]) -> Workflow:
    """Return a workflow of which the end action was refused."""
    workflow = make_workflow(
        end_action_type="api_call",
        end_action_target=server.url + "/loans/{{state.email}}",
        state_data={"email": SAID},
    )
    work_patiently()
    return workflow


def replay(client: APIClient, delivery: Delivery) -> Any:
    return client.post(f"/api/deliveries/{delivery.pk}/replay", {})


def test_a_delivery_is_told_with_its_attempts_and_without_what_people_said(
    client: APIClient, workflow: Workflow
) -> None:
    (listed,) = client.get("/api/deliveries", {"workflow_id": str(workflow.pk)}).json()["results"]
    shown = client.get(f"/api/deliveries/{listed['id']}").json()

    assert listed == shown
    assert (shown["kind"], shown["status"], shown["code"]) == ("end_action", "failed", "http_404")
    assert [(found["number"], found["status_code"]) for found in shown["tries"]] == [(1, 404)]
    assert SAID not in json.dumps(shown)


@pytest.mark.parametrize(
    ("query", "count"),
    [({"status": "failed"}, 1), ({"status": "pending"}, 0), ({"kind": "webhook"}, 0), ({"code": "http_404"}, 1)],
)
def test_the_list_is_narrowed(client: APIClient, workflow: Workflow, query: dict[str, str], count: int) -> None:
    assert client.get("/api/deliveries", query).json()["count"] == count


def test_a_list_costs_the_same_however_long_it_is(
    client: APIClient, make_workflow: Builder[Workflow], server: Receiver, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        make_workflow(end_action_type="api_call", end_action_target=server.url, state_data={"email": SAID})
    work()

    with django_assert_num_queries(5):
        assert client.get("/api/deliveries").json()["count"] == 5


def test_what_was_refused_is_sent_again_under_the_same_key_and_completes(
    client: APIClient, workflow: Workflow, server: Receiver
) -> None:
    delivery = only_delivery(workflow.pk)

    response = replay(client, delivery)
    work_patiently()

    assert response.status_code == 200
    assert stored(workflow).status == "completed"
    assert stored(workflow).end_action_result == {"loan": 7}
    assert [request.headers["idempotency-key"] for request in server.requests] == [str(delivery.pk)] * 2


def test_what_got_through_is_not_sent_a_second_time(client: APIClient, workflow: Workflow) -> None:
    replay(client, only_delivery(workflow.pk))
    work_patiently()

    assert answered(replay(client, only_delivery(workflow.pk))) == (409, "already_delivered")


def test_what_nobody_waits_for_any_more_is_not_sent(client: APIClient, workflow: Workflow) -> None:
    act(client, workflow, "cancel")

    assert answered(replay(client, only_delivery(workflow.pk))) == (409, "nothing_to_replay")


def test_an_old_request_is_history_once_another_was_made(client: APIClient, workflow: Workflow) -> None:
    old = only_delivery(workflow.pk)
    act(client, workflow, "retry", data={"email": "grace@example.org"})
    work_patiently()

    assert answered(replay(client, old)) == (409, "nothing_to_replay")


def test_what_waits_is_tried_now_though_its_receiver_rests(client: APIClient, workflow: Workflow) -> None:
    delivery = only_delivery(workflow.pk)
    later = timezone.now() + timedelta(hours=3)
    Delivery.objects.update(status=Status.PENDING, settled_at=None, next_attempt_at=later)
    Channel.objects.update(open_until=later)

    replay(client, delivery)

    assert work() == 1


def test_what_is_being_sent_is_left_alone(client: APIClient, workflow: Workflow) -> None:
    delivery = only_delivery(workflow.pk)
    later = timezone.now() + timedelta(minutes=1)
    Delivery.objects.update(
        status=Status.PENDING, settled_at=None, next_attempt_at=later, lease_token=delivery.pk, kind=Kind.END_ACTION
    )

    assert replay(client, delivery).json()["next_attempt_at"] is not None
    assert work() == 0


def test_all_that_was_given_up_in_a_time_is_sent_again(
    client: APIClient, workflow: Workflow, make_workflow: Builder[Workflow], listen: Builder[Receiver]
) -> None:
    refusing = listen(lambda _received, _number: Reply(status=403))
    cancelled = make_workflow(end_action_type="api_call", end_action_target=refusing.url, state_data={"email": SAID})
    work_patiently()
    act(client, cancelled, "cancel")
    long_ago, now = timezone.now() - timedelta(hours=1), timezone.now()

    before = client.post("/api/deliveries/replay", {"since": long_ago.isoformat(), "until": long_ago.isoformat()})
    response = client.post("/api/deliveries/replay", {"since": long_ago.isoformat(), "until": now.isoformat()})
    work_patiently()

    assert before.json() == {"replayed": 0, "refused": 0, "next_since": None}
    assert response.json() == {"replayed": 1, "refused": 1, "next_since": None}
    assert stored(workflow).status == "completed"


def test_what_is_in_doubt_is_not_sent_again_with_the_others(client: APIClient, workflow: Workflow) -> None:
    Delivery.objects.update(status=Status.OUTCOME_UNKNOWN)

    response = client.post("/api/deliveries/replay", {"since": "2020-01-01T00:00:00Z"})

    assert response.json()["replayed"] == 0


def test_there_is_no_delivery_of_another_id(client: APIClient, workflow: Workflow) -> None:
    assert answered(client.post(f"/api/deliveries/{workflow.pk}/replay", {})) == (404, "not_found")
