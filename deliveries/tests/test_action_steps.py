"""Steps that the server answers itself, all the way: asked for, sent, answered, and the workflow goes on."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from conftest import step
from deliveries.dispatch import dispatch
from deliveries.models import Delivery, DeliveryAttempt
from deliveries.tests.looking_up import funds, keys, look_up, parts, paths
from deliveries.tests.receivers import Received, Receiver, Reply, json_reply
from deliveries.tests.working import only_delivery, work, work_patiently
from instances.models import Workflow
from instances.tests.calls import act, seen, stored, submit, timeline

type Builder[T] = Callable[..., T]

BALANCES = {"/accounts/A1": 250, "/accounts/A2": 40}


def balances(received: Received, _number: int) -> Reply:
    """Answer as a bank does that knows two accounts."""
    if received.target not in BALANCES:
        return Reply(status=404)
    return json_reply({"available": BALANCES[received.target]})


@pytest.fixture
def bank(listen: Builder[Receiver]) -> Receiver:
    return listen(balances)


# ---- There and back ----


def test_what_comes_back_fills_the_field_and_the_workflow_goes_on(
    client: APIClient, bank: Receiver, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(**parts(look_up(bank)))

    assert work() == 1

    answer = seen(client, {"id": workflow.pk})
    assert answer["state_data"] == {"account": "A1", "balance": 250}
    assert (answer["next"], answer["current_step"]) == ("collect", "transfer")
    assert answer["actions"] == {"funds": {"status": "succeeded", "code": "", "reason": ""}}
    (request,) = bank.requests
    assert (request.method, request.target, request.body) == ("GET", "/accounts/A1", b"")
    assert keys(bank) == [only_delivery(workflow.pk).pk]


def test_a_branch_is_taken_by_what_was_found_out(
    client: APIClient, bank: Receiver, make_workflow: Builder[Workflow]
) -> None:
    poor = {"field": "balance", "op": "<", "value": 100}
    ending = {"outcome": "no_funds", "message": "Too little."}
    steps = [
        step("which", fields=["account"]),
        step("funds", fields=["balance"], action=look_up(bank)),
        step("poor", when=poor, end=ending),
        step("transfer", fields=["amount"]),
    ]
    workflow = make_workflow(**parts(look_up(bank), steps=steps, state_data={"account": "A2"}))

    work()

    assert (stored(workflow).status, stored(workflow).outcome) == ("completed", "no_funds")


def test_a_tool_answers_a_step(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    action = {
        "type": "tool_call",
        "target": "make_reference",
        "config": {"arguments": {"prefix": "LOAN"}},
        "result": {"reference": "/reference"},
        "idempotent": True,
    }
    steps = [
        step("who", fields=["email"]),
        step("number", fields=["reference"], action=action),
        step("rest", fields=["note"]),
    ]
    names = ("email", "reference", "note")
    properties = {name: {"type": "string"} for name in names}
    workflow = make_workflow(properties=properties, steps=steps, state_data={"email": "ada@example.org"})

    assert work() == 1

    assert re.fullmatch("LOAN(-[0-9A-Z]{4}){3}-[0-9A-Z]{2}", stored(workflow).state_data["reference"])
    assert seen(client, {"id": workflow.pk})["current_step"] == "rest"


def test_the_end_action_sends_what_was_found_out(
    client: APIClient, bank: Receiver, listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    ledger = listen(lambda _received, _number: json_reply({"transfer": 7}))
    ending = {"end_action_type": "api_call", "end_action_target": f"{ledger.url}/transfers"}
    workflow = make_workflow(**parts(look_up(bank), **ending))
    work()

    submit(client, workflow, {"amount": 40})
    work()

    ended = stored(workflow)
    assert (ended.status, ended.end_action_result) == ("completed", {"transfer": 7})
    (request,) = ledger.requests
    assert request.json()["state"] == {"account": "A1", "balance": 250, "amount": 40}
    assert len({*keys(bank), *keys(ledger)}) == 2


def test_an_action_of_the_last_step_leads_to_the_end_action(
    bank: Receiver, listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    ledger = listen()
    ending = {"end_action_type": "api_call", "end_action_target": f"{ledger.url}/transfers"}
    workflow = make_workflow(**parts(look_up(bank), **ending, state_data={"account": "A1", "amount": 40}))

    assert work() == 2

    assert stored(workflow).status == "completed"
    assert ledger.requests[0].json()["state"]["balance"] == 250


def test_it_is_done_while_the_workflow_is_paused_and_counts_when_it_goes_on(
    client: APIClient, bank: Receiver, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(**parts(look_up(bank)))
    act(client, workflow, "pause")

    assert work() == 1
    paused = seen(client, {"id": workflow.pk})
    resumed = act(client, workflow, "resume").json()

    assert (paused["status"], paused["waiting_for"]) == ("paused", ["resumption"])
    assert (resumed["next"], resumed["workflow"]["current_step"]) == ("collect", "transfer")
    assert resumed["workflow"]["state_data"]["balance"] == 250
    assert len(bank.requests) == 1


# ---- Inputs that are corrected ----


@pytest.mark.django_db(transaction=True)
def test_a_correction_while_the_request_is_in_flight_is_what_counts(
    client: APIClient, listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    told: list[Any] = []

    def thinks(received: Received, number: int) -> Reply:
        if number == 1:
            told.append(submit(client, workflow, {"account": "A2"}).json())
            told.append(stored(workflow).revision)
            connections.close_all()
        return balances(received, number)

    server = listen(thinks)
    workflow = make_workflow(**parts(look_up(server)))

    assert work() == 2

    corrected, revision = told
    assert (corrected["next"], corrected["waiting_for"]) == ("wait", ["funds"])
    now = stored(workflow)
    assert now.state_data == {"account": "A2", "balance": 40}
    assert now.revision == revision + 1
    assert paths(server) == ["/accounts/A1", "/accounts/A2"]
    assert len(set(keys(server))) == 2
    assert timeline(workflow.pk).count("workflow.action_outdated") == 1
    assert timeline(workflow.pk).count("workflow.action_completed") == 1


@pytest.mark.django_db(transaction=True)
def test_a_correction_and_back_while_it_is_in_flight_asks_a_third_time(
    client: APIClient, listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    def thinks(received: Received, number: int) -> Reply:
        if number == 1:
            submit(client, workflow, {"account": "A2"})
            submit(client, workflow, {"account": "A1"})
            connections.close_all()
        return balances(received, number)

    server = listen(thinks)
    workflow = make_workflow(**parts(look_up(server)))

    work()

    assert stored(workflow).state_data == {"account": "A1", "balance": 250}
    assert (funds(workflow)[1], set(paths(server))) == ("succeeded", {"/accounts/A1"})
    assert len(set(keys(server))) == len(keys(server)) == 2


def test_what_was_found_out_goes_with_its_inputs_and_is_asked_for_anew(
    client: APIClient, bank: Receiver, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(**parts(look_up(bank)))
    work()

    corrected = submit(client, workflow, {"account": "A2"}).json()
    work()

    assert corrected["invalidated"] == [{"field": "balance", "because": "account"}]
    assert corrected["next"] == "wait"
    assert stored(workflow).state_data == {"account": "A2", "balance": 40}
    assert len(set(keys(bank))) == 2


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_done_twice_keeps_its_inputs_while_it_is_in_flight(
    client: APIClient, listen: Builder[Receiver], make_workflow: Builder[Workflow]
) -> None:
    told: list[Any] = []

    def thinks(received: Received, number: int) -> Reply:
        told.append(submit(client, workflow, {"account": "A2"}))
        connections.close_all()
        return balances(received, number)

    server = listen(thinks)
    workflow = make_workflow(**parts(look_up(server, idempotent=False)))

    assert work() == 1
    late = submit(client, workflow, {"account": "A2"})

    for response in (*told, late):
        assert response.status_code == 400
        refused = [(found["field"], found["code"]) for found in response.json()["rejected"]]
        assert refused == [("account", "action_already_sent")]
    assert stored(workflow).state_data == {"account": "A1", "balance": 250}
    assert paths(server) == ["/accounts/A1"]


# ---- Waiting for it in the request ----


@pytest.fixture
def chain(listen: Builder[Receiver], make_workflow: Builder[Workflow]) -> tuple[Receiver, Workflow]:
    """Return a workflow that logs in and then looks up what it may see, and where it does."""

    def answers(received: Received, _number: int) -> Reply:
        if received.target == "/sessions":
            return json_reply({"session": "s 1"})
        return json_reply({"available": 250 if received.target == "/sessions/s%201/balance" else 0})

    server = listen(answers)
    log_in = {
        "type": "api_call",
        "target": f"{server.url}/sessions",
        "config": {"body": {"user": "{{state.account}}"}},
        "result": {"session": "/session"},
        "idempotent": True,
    }
    steps = [
        step("which", fields=["account"]),
        step("log_in", fields=["session"], action=log_in),
        step(
            "funds",
            fields=["balance"],
            action=look_up(server, target=server.url + "/sessions/{{state.session}}/balance"),
        ),
        step("transfer", fields=["amount"]),
    ]
    properties = {
        "account": {"type": "string"},
        "session": {"type": "string", "readOnly": True},
        "balance": {"type": "number"},
        "amount": {"type": "number"},
    }
    return server, make_workflow(properties=properties, steps=steps)


def give_account(client: APIClient, workflow: Workflow, *, wait: int) -> dict[str, Any]:
    response = client.post(f"/api/workflows/{workflow.pk}/submit?wait={wait}", {"data": {"account": "A1"}})
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


@pytest.mark.django_db(transaction=True)
def test_a_request_may_wait_for_one_action_after_the_other(client: APIClient, chain: tuple[Receiver, Workflow]) -> None:
    server, workflow = chain

    answer = give_account(client, workflow, wait=10)

    assert (answer["next"], answer["waiting_for"]) == ("collect", [])
    assert answer["accepted"] == [{"field": "account"}]
    assert answer["workflow"]["state_data"] == {"account": "A1", "session": "s 1", "balance": 250}
    assert [found["field"] for found in answer["ask_next"]] == ["amount"]
    assert paths(server) == ["/sessions", "/sessions/s%201/balance"]


@pytest.fixture
def beside_a_worker() -> Iterator[None]:
    """Let a worker be at work all the time."""
    stop = threading.Event()

    def worker() -> None:
        while not stop.is_set():
            work()
        connection.close()

    other = threading.Thread(target=worker)
    other.start()
    yield
    stop.set()
    other.join()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("beside_a_worker")
def test_beside_a_worker_each_is_sent_once(client: APIClient, chain: tuple[Receiver, Workflow]) -> None:
    server, workflow = chain

    answer = give_account(client, workflow, wait=10)

    assert (answer["next"], answer["workflow"]["state_data"]["balance"]) == ("collect", 250)
    assert paths(server) == ["/sessions", "/sessions/s%201/balance"]
    assert DeliveryAttempt.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_a_worker_is_about_to_write_down_is_waited_for(
    client: APIClient, bank: Receiver, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(**parts(look_up(bank)))
    is_dispatching = threading.Event()

    def worker() -> None:
        with transaction.atomic():
            dispatch(timezone.now())
            is_dispatching.set()
            time.sleep(0.5)
        connection.close()

    other = threading.Thread(target=worker)
    other.start()
    is_dispatching.wait(10)
    answer = act(client, workflow, "submit?wait=10").json()
    other.join()

    assert (answer["next"], answer["workflow"]["state_data"]["balance"]) == ("collect", 250)
    assert Delivery.objects.count() == 1


# ---- What is not to be sent ----


def test_what_cannot_be_put_into_a_request_fails_with_the_reason_and_sends_nothing(
    client: APIClient, bank: Receiver, make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(**parts(look_up(bank), state_data={"account": ".."}))

    work_patiently()

    assert funds(workflow) == ("failed", "failed", "path_segment")
    failure = stored(workflow).failure
    assert failure is not None
    assert failure["reason"].startswith("Funds: A part of the URL's path would be empty, '.' or '..'.")
    assert bank.connections == 0
    answer = act(client, workflow, "retry", data={"account": "A2"}).json()
    work()
    assert answer["next"] == "wait"
    assert stored(workflow).state_data == {"account": "A2", "balance": 40}


@pytest.mark.parametrize("act_name", ["cancel", "submit"])
def test_what_nobody_waits_for_any_more_is_not_tried_again(
    client: APIClient, listen: Builder[Receiver], make_workflow: Builder[Workflow], act_name: str
) -> None:
    def busy(received: Received, _number: int) -> Reply:
        return Reply(status=503) if received.target == "/accounts/A1" else json_reply({"available": 40})

    server = listen(busy)
    workflow = make_workflow(**parts(look_up(server)))
    work()

    act(client, workflow, act_name, **({"data": {"account": "A2"}} if act_name == "submit" else {}))
    work_patiently()

    assert paths(server).count("/accounts/A1") == 1
    old = Delivery.objects.filter(workflow=workflow.pk).earliest("created_at")
    assert (old.status, old.code) == ("failed", "not_awaited")
    assert timeline(workflow.pk).count("workflow.action_failed") == 0
    assert stored(workflow).state_data == (
        {"account": "A1"} if act_name == "cancel" else {"account": "A2", "balance": 40}
    )
