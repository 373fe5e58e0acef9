"""`?wait=`: the request itself lets happen what it asked for, and answers with what came of it."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from deliveries.models import DeliveryAttempt
from deliveries.tests.receivers import Receiver, Reply, json_reply
from deliveries.tests.working import work
from instances.models import Workflow
from instances.tests.calls import answered, stored

type Builder[T] = Callable[..., T]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(listen: Builder[Receiver]) -> Receiver:
    return listen(lambda _received, _number: json_reply({"loan": 7}))


@pytest.fixture
def workflow(server: Receiver, make_workflow: Builder[Workflow]) -> Workflow:
    return make_workflow(end_action_type="api_call", end_action_target=f"{server.url}/loans")


def give(client: APIClient, workflow: Workflow, *, wait: str, **headers: str) -> Any:
    path = f"/api/workflows/{workflow.pk}/submit?wait={wait}"
    return client.post(path, {"data": {"email": "ada@example.org"}}, headers=headers)


def test_the_answer_has_the_result(client: APIClient, workflow: Workflow) -> None:
    response = give(client, workflow, wait="10")

    answer = response.json()
    assert (response.status_code, answer["outcome"], answer["next"]) == (200, "applied", "done")
    assert answer["accepted"] == [{"field": "email"}]
    assert answer["workflow"]["end_action_result"] == {"loan": 7}
    assert response["ETag"] == f'"{answer["workflow"]["revision"]}"'


def test_without_it_the_answer_says_that_it_is_under_way(
    client: APIClient, workflow: Workflow, server: Receiver
) -> None:
    answer = give(client, workflow, wait="0").json()

    assert (answer["next"], server.requests) == ("finishing", [])


def test_a_start_may_wait_too(client: APIClient, workflow: Workflow) -> None:
    order = {
        "template": workflow.template.name,
        "user_type": workflow.user_type.name,
        "conversation_id": "c2",
        "user_id": "u2",
        "state_data": {"email": "ada@example.org"},
    }

    response = client.post("/api/workflows?wait=10", order)

    assert (response.status_code, response.json()["status"]) == (201, "completed")
    assert response.json()["submission"]["outcome"] == "applied"


def test_a_repeated_request_is_answered_with_what_came_of_the_first(
    client: APIClient, workflow: Workflow, server: Receiver
) -> None:
    key = {"Idempotency-Key": "k1"}
    first = give(client, workflow, wait="0", **key)
    second = give(client, workflow, wait="10", **key)

    assert (first.json()["next"], second.json()["next"]) == ("finishing", "done")
    assert len(server.requests) == 1


def test_who_does_not_want_to_wait_so_long_is_answered_and_nothing_is_cut_off(
    client: APIClient, listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, _number: Reply(delay=2))
    workflow = make_workflow(end_action_type="api_call", end_action_target=f"{server.url}/loans")

    began_at = time.monotonic()
    answer = give(client, workflow, wait="1").json()
    took = time.monotonic() - began_at

    assert answer["next"] == "finishing"
    assert took < 1.9
    _until(lambda: stored(workflow).status == "completed")
    assert len(server.requests) == 1


def test_nobody_waits_for_an_attempt_that_comes_later(
    client: APIClient, listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, _number: Reply(status=503))
    workflow = make_workflow(end_action_type="api_call", end_action_target=f"{server.url}/loans")

    began_at = time.monotonic()
    answer = give(client, workflow, wait="7").json()

    assert answer["next"] == "finishing"
    assert time.monotonic() - began_at < 5


def test_beside_a_worker_it_is_sent_once(client: APIClient, workflow: Workflow, server: Receiver) -> None:
    stop = threading.Event()

    def worker() -> None:
        while not stop.is_set():
            work()
        connection.close()

    other = threading.Thread(target=worker)
    other.start()
    try:
        answer = give(client, workflow, wait="10").json()
    finally:
        stop.set()
        other.join()

    assert answer["next"] == "done"
    assert len(server.requests) == 1
    assert DeliveryAttempt.objects.count() == 1


@pytest.mark.parametrize("wait", ["21", "-1", "x", "", "1.5", "00000001", "٣"])
def test_a_time_that_is_none_is_refused_before_anything_happens(
    client: APIClient, workflow: Workflow, wait: str
) -> None:
    assert answered(give(client, workflow, wait=wait)) == (400, "wait_invalid")
    assert stored(workflow).status == "active"


def _until(holds: Callable[[], bool], *, seconds: float = 10) -> None:
    give_up_at = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up_at
        time.sleep(0.05)
