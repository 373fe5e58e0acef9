"""Requests that a person confirms before they are made: what is shown is what is sent, but for what is hidden."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import NOW, step
from deliveries.tests.looking_up import funds, look_up, parts
from deliveries.tests.receivers import Receiver, json_reply
from deliveries.tests.working import work, work_patiently
from deliveries.vault import store_secret
from instances.models import Workflow
from instances.tests.calls import act, seen, stored, submit

type Builder[T] = Callable[..., T]

SECRET, IBAN, PIN = "pla1nt3d-s3cret", "FR76 3000 6000", "4711"
PROPERTIES: dict[str, Any] = {
    "iban": {"type": "string", "x-sensitive": "mask"},
    "pins": {"type": "array", "items": {"type": "string"}, "x-sensitive": "mask"},
    "amount": {"type": "number"},
    "transfer": {"type": "string"},
    "note": {"type": "string"},
}
BODY = {
    "iban": "{{state.iban}}",
    "pins": "{{state.pins}}",
    "amount": "{{state.amount}}",
    "words": "{{state.amount}} for {{state.iban}}",
    "login": "{{secret:bank}}",
}


@pytest.fixture
def bank(listen: Builder[Receiver]) -> Receiver:
    server = listen(lambda _received, _number: json_reply({"id": "t 1", "available": 5}))
    store_secret("bank", value=SECRET, hosts=[server.authority], by="operator", at=NOW)
    return server


@pytest.fixture
def workflow(bank: Receiver, make_workflow: Builder[Workflow]) -> Workflow:
    """Return a workflow that is about to transfer money, if somebody confirms it."""
    action = {
        "type": "api_call",
        "target": bank.url + "/{{state.iban}}/transfers?amount={{state.amount}}",
        "config": {"headers": {"Authorization": "Bearer {{secret:bank}}", "X-Iban": "{{state.iban}}"}, "body": BODY},
        "result": {"transfer": "/id"},
        "confirm": True,
    }
    steps = [
        step("what", fields=["iban", "pins", "amount"]),
        step("pay", fields=["transfer"], action=action),
        step("rest", fields=["note"]),
    ]
    said = {"iban": IBAN, "pins": [PIN], "amount": 40}
    return make_workflow(properties=PROPERTIES, steps=steps, state_data=said)


def offered(client: APIClient, workflow: Workflow) -> dict[str, Any]:
    confirmation: dict[str, Any] = seen(client, {"id": workflow.pk})["confirmation"]
    return confirmation


def test_what_is_confirmed_is_what_is_sent(make_client: Builder[APIClient], workflow: Workflow, bank: Receiver) -> None:
    trusted = make_client(scopes=["workflows:run", "workflows:read", "workflows:sensitive"])
    confirmation = offered(trusted, workflow)
    shown = confirmation["action"]["request"]

    act(trusted, workflow, "confirm", token=confirmation["token"])
    work()

    (sent,) = bank.requests
    assert (shown["method"], shown["url"]) == (sent.method, bank.url + sent.target)
    assert shown["body"] == {**sent.json(), "login": "***"}
    assert sent.json() == {
        "iban": IBAN,
        "pins": [PIN],
        "amount": 40,
        "words": f"40 for {IBAN}",
        "login": SECRET,
    }
    headers = {name.lower(): value for name, value in shown["headers"].items()}
    assert headers == {"authorization": "Bearer ***", "x-iban": IBAN, "content-type": "application/json"}
    assert {name: sent.headers[name] for name in headers} == {**headers, "authorization": f"Bearer {SECRET}"}
    assert stored(workflow).state_data["transfer"] == "t 1"


def test_hidden_values_are_hidden_in_every_part_of_it(client: APIClient, workflow: Workflow, bank: Receiver) -> None:
    confirmation = offered(client, workflow)

    assert confirmation["action"]["request"] == {
        "method": "POST",
        "url": f"{bank.url}/***/transfers?amount=40",
        "headers": {"Authorization": "Bearer ***", "X-Iban": "***", "Content-Type": "application/json"},
        "body": {"iban": "***", "pins": "***", "amount": 40, "words": "40 for ***", "login": "***"},
    }
    everything = json.dumps(seen(client, {"id": workflow.pk}))
    assert not [said for said in (SECRET, IBAN, PIN) if said in everything]
    act(client, workflow, "confirm", token=confirmation["token"])
    work()
    assert bank.requests[0].json()["iban"] == IBAN


def test_a_default_body_hides_what_is_hidden_and_tells_no_more_than_the_inputs(
    client: APIClient, bank: Receiver, make_workflow: Builder[Workflow]
) -> None:
    action = {"type": "api_call", "target": f"{bank.url}/transfers", "result": {"transfer": "/id"}, "confirm": True}
    steps = [step("what", fields=["iban"]), step("pay", fields=["transfer"], action=action), step("r", fields=["note"])]
    properties = {name: PROPERTIES[name] for name in ("iban", "transfer", "note")}
    workflow = make_workflow(properties=properties, steps=steps, state_data={"iban": IBAN, "note": "later"})

    body = offered(client, workflow)["action"]["request"]["body"]

    assert body["state"] == {"iban": "***"}
    assert body["workflow_id"] == str(workflow.pk)


def test_of_a_tool_its_name_and_its_arguments_are_shown(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    words = {"to": "{{state.email}}", "subject": "Hello", "body": "Of {{state.iban}}."}
    action = {"type": "tool_call", "target": "send_email", "config": {"arguments": words}, "confirm": True}
    properties = {
        "email": {"type": "string", "format": "email", "x-own-address": True},
        "iban": PROPERTIES["iban"],
    }
    steps = [step("who", fields=["email", "iban"]), step("letter", action=action)]
    workflow = make_workflow(properties=properties, steps=steps, state_data={"email": "ada@example.org", "iban": IBAN})

    asked = offered(client, workflow)["action"]

    assert (asked["type"], asked["problem"]) == ("tool_call", None)
    assert asked["request"] == {
        "tool": "send_email",
        "arguments": {"to": "ada@example.org", "subject": "Hello", "body": "Of ***."},
    }


@pytest.fixture
def unsendable(bank: Receiver, make_workflow: Builder[Workflow]) -> Workflow:
    properties = {
        "account": {"type": "string", "x-sensitive": "mask"},
        "balance": {"type": "number"},
        "amount": {"type": "number"},
    }
    action = look_up(bank, confirm=True)
    return make_workflow(**parts(action, properties=properties, state_data={"account": ".."}))


def test_what_cannot_be_sent_says_so_before_it_is_confirmed_and_can_be_corrected(
    client: APIClient, unsendable: Workflow, bank: Receiver
) -> None:
    asked = offered(client, unsendable)["action"]

    corrected = submit(client, unsendable, {"account": "A1"}).json()["confirmation"]["action"]

    assert asked["request"] is None
    assert asked["problem"] == {
        "code": "path_segment",
        "message": "A part of the URL's path would be empty, '.' or '..'. It is made of: state.account.",
    }
    assert (corrected["problem"], corrected["request"]["url"]) == (None, f"{bank.url}/accounts/***")


def test_what_is_confirmed_although_it_cannot_be_sent_fails(
    client: APIClient, unsendable: Workflow, bank: Receiver
) -> None:
    act(client, unsendable, "confirm", token=offered(client, unsendable)["token"])
    work_patiently()

    assert funds(unsendable) == ("failed", "failed", "path_segment")
    assert bank.connections == 0


@pytest.mark.django_db(transaction=True)
def test_who_confirms_may_wait_for_what_comes_of_it(client: APIClient, workflow: Workflow, bank: Receiver) -> None:
    answer = act(client, workflow, "confirm?wait=10", token=offered(client, workflow)["token"]).json()

    assert (answer["next"], answer["confirmation"]) == ("collect", None)
    assert answer["workflow"]["state_data"]["transfer"] == "t 1"
    assert len(bank.requests) == 1
