"""What comes too late, twice or from behind is not sent, or not sent again, and nobody is left waiting."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from deliveries import patience, sending, tools, waiting
from deliveries.attempts import carry_out
from deliveries.claiming import begin, claim, held
from deliveries.dispatch import dispatch
from deliveries.models import Channel, Delivery, Kind
from deliveries.patience import TookTooLong, within
from deliveries.results import Status
from deliveries.retention import purge_settled
from deliveries.tests.receivers import Receiver, Reply, json_reply
from deliveries.tests.working import only_delivery, work, work_patiently
from instances.models import Workflow
from instances.tests.calls import act, answered, stored, submit

type Builder[T] = Callable[..., T]

PERSON = {"email": "ada@example.org"}


@pytest.fixture
def server(listen: Builder[Receiver]) -> Receiver:
    return listen(lambda _received, _number: json_reply({"loan": 7}))


@pytest.fixture
def workflow(server: Receiver, make_workflow: Builder[Workflow]) -> Workflow:
    return make_workflow(end_action_type="api_call", end_action_target=f"{server.url}/loans", state_data=PERSON)


def test_what_was_not_sent_in_its_time_is_given_up_though_its_receiver_rests(
    workflow: Workflow, server: Receiver
) -> None:
    dispatch(timezone.now())
    Delivery.objects.update(give_up_at=timezone.now() - timedelta(seconds=1))
    Channel.objects.update(open_until=timezone.now() + timedelta(minutes=5))

    assert work() == 1

    assert server.requests == []
    assert only_delivery(workflow.pk).code == "too_late"
    assert stored(workflow).status == "failed"


def test_a_message_that_an_engine_delivers_twice_begins_one_attempt(workflow: Workflow) -> None:
    dispatch(timezone.now())
    first = claim(timezone.now())
    assert first is not None
    twin = held(first.delivery.pk, first.token)
    assert twin is not None

    assert begin(first, timezone.now()) is not None
    assert begin(twin, timezone.now()) is None


def test_what_may_still_be_asked_for_again_is_not_forgotten(
    client: APIClient, listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, number: Reply(status=404 if number == 1 else 200))
    workflow = make_workflow(end_action_type="api_call", end_action_target=server.url, state_data=PERSON)
    work_patiently()
    much_later = timezone.now() + timedelta(days=3650)

    assert purge_settled(much_later) == 0
    act(client, workflow, "retry")
    work_patiently()

    assert len({request.headers["idempotency-key"] for request in server.requests}) == 1
    assert purge_settled(much_later) == 1


def test_a_delivery_that_got_through_is_not_reopened_by_who_saw_it_before(workflow: Workflow) -> None:
    work()
    delivery, now = only_delivery(workflow.pk), timezone.now()

    assert delivery.reopen(at=now, give_up_at=now, only_given_up=True) is False
    assert only_delivery(workflow.pk).status == Status.DELIVERED


def test_a_tool_that_hangs_is_not_waited_for_and_leaves_its_outcome_open(
    make_workflow: Builder[Workflow], monkeypatch: pytest.MonkeyPatch
) -> None:
    registered: dict[str, Any] = {}
    monkeypatch.setattr(tools, "_tools", registered)
    tools.tool("hang", description="Hang.", arguments={})(lambda _call: time.sleep(1))
    monkeypatch.setattr(sending, "LONGEST_SECONDS", 0.05)
    workflow = make_workflow(end_action_type="tool_call", end_action_target="hang", state_data=PERSON)

    work()

    assert only_delivery(workflow.pk).status == Status.OUTCOME_UNKNOWN
    assert (stored(workflow).failure or {})["code"] == "outcome_unknown"


def test_patience_returns_raises_and_ends() -> None:
    def fail() -> None:
        raise ValueError("no")

    assert within(5, lambda: 7) == 7
    with pytest.raises(ValueError, match="no"):
        within(5, fail)
    with pytest.raises(TookTooLong):
        patience.within(0.01, lambda: time.sleep(0.5))


@pytest.mark.django_db(transaction=True)
def test_a_request_that_cannot_wait_is_answered_as_what_it_did(
    client: APIClient, make_workflow: Builder[Workflow], server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any, **_named: Any) -> int:
        raise RuntimeError("the database is locked")

    monkeypatch.setattr(waiting, "dispatch", broken)
    workflow = make_workflow(end_action_type="api_call", end_action_target=server.url)

    response = client.post(f"/api/workflows/{workflow.pk}/submit?wait=5", {"data": PERSON})

    assert (response.status_code, response.json()["next"]) == (200, "finishing")


def test_a_repeated_request_tells_nothing_of_a_workflow_that_was_deleted(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow()
    path, headers = f"/api/workflows/{workflow.pk}/submit", {"Idempotency-Key": "k1"}
    client.post(path, {"data": PERSON}, headers=headers)
    client.delete(f"/api/workflows/{workflow.pk}")

    assert answered(client.post(path, {"data": PERSON}, headers=headers)) == (404, "not_found")


def test_what_a_receiver_echoes_is_hidden_from_who_may_not_see_it(
    client: APIClient, make_client: Builder[APIClient], listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda received, _number: json_reply({"echo": received.json()["state"], "number": 7}))
    workflow = make_workflow(
        properties={"iban": {"type": "string", "x-sensitive": "mask"}},
        end_action_type="api_call",
        end_action_target=server.url,
    )
    submit(client, workflow, {"iban": "DE89370400440532013000"})
    work()
    seer = make_client(scopes=["workflows:read", "workflows:sensitive", "operations"])

    def seen_by(caller: APIClient) -> str:
        delivery = only_delivery(workflow.pk)
        pages = (f"/api/workflows/{workflow.pk}", f"/api/deliveries/{delivery.pk}", "/api/deliveries")
        return "".join(caller.get(page).content.decode() for page in pages)

    assert "DE89370400440532013000" not in seen_by(client)
    assert client.get(f"/api/workflows/{workflow.pk}").json()["end_action_result"] == {
        "echo": {"iban": "***"},
        "number": 7,
    }
    assert seen_by(seer).count("DE89370400440532013000") > 2


def test_a_webhook_of_a_workflow_that_was_deleted_goes_on_without_what_was_said(
    client: APIClient, listen: Builder[Receiver], make_workflow: Builder[Workflow], make_endpoint: Builder[Any]
) -> None:
    server = listen()
    make_endpoint(server, "workflow.completed")
    workflow = make_workflow(state_data=PERSON)
    dispatch(timezone.now())
    client.delete(f"/api/workflows/{workflow.pk}")

    while taken := claim(timezone.now()):
        carry_out(taken)

    (message,) = [request.json() for request in server.requests]
    assert message["data"]["workflow_id"] == str(workflow.pk)
    assert "state" not in message["data"]
    assert Delivery.objects.filter(kind=Kind.WEBHOOK, status=Status.DELIVERED).count() == 1
