"""What waits is activated in the transaction that completes the last thing it waits for, where the slot is free."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from events.models import Event
from instances import settling
from instances.models import Workflow
from instances.tests.calls import begun, finish, seen, timeline
from permissions.models import UserType
from registry.models import WorkflowTemplate

type Builder[T] = Callable[..., T]
type Body = dict[str, Any]

OTHER = {"happy": {"type": "boolean"}}
GIVEN = {"email": "a@b.example"}


def statuses(client: APIClient, *workflows: Body) -> list[str]:
    return [seen(client, workflow)["status"] for workflow in workflows]


@pytest.fixture
def kyc_and_loan(offer: Builder[WorkflowTemplate]) -> None:
    """Templates of which `loan` needs `kyc`."""
    offer("kyc")
    offer("loan", "kyc")


@pytest.mark.usefixtures("kyc_and_loan")
def test_completing_the_last_prerequisite_activates_what_waits(client: APIClient) -> None:
    loan, kyc = begun(client, "loan"), begun(client, "kyc")

    finish(client, kyc)

    now = seen(client, loan)
    assert (now["status"], now["waiting_for"], now["revision"]) == ("active", [], loan["revision"] + 1)
    assert now["activated_at"] == seen(client, kyc)["ended_at"]
    assert timeline(loan["id"]) == ["workflow.created", "workflow.activated"]
    stored = Workflow.objects.get(pk=loan["id"])
    assert (stored.is_waiting, stored.unmet_prerequisites) == (False, [])


def test_it_waits_for_all_and_tells_what_is_left(client: APIClient, offer: Builder[WorkflowTemplate]) -> None:
    for name in ("kyc", "credit"):
        offer(name)
    offer("loan", "kyc", "credit")
    loan = begun(client, "loan")

    finish(client, begun(client, "kyc"))
    between = seen(client, loan)
    finish(client, begun(client, "credit"))

    assert (between["status"], between["waiting_for"]) == ("created", ["credit"])
    assert between["revision"] == loan["revision"]
    assert statuses(client, loan) == ["active"]


@pytest.mark.usefixtures("kyc_and_loan")
def test_what_another_person_completes_wakes_nothing(
    client: APIClient, offer: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    make_user_type(WorkflowTemplate.objects.get(name="kyc"), name="visitor")
    loan = begun(client, "loan")

    finish(client, begun(client, "kyc", conversation_id="c2", user_id="u2"))
    finish(client, begun(client, "kyc", conversation_id="c3", user_type="visitor"))

    assert statuses(client, loan) == ["created"]


def test_a_check_that_is_not_met_wakes_nothing(client: APIClient, offer: Builder[WorkflowTemplate]) -> None:
    offer("survey", properties=OTHER)
    offer("reward", {"template": "survey", "check": {"field": "happy", "op": "==", "value": True}})
    reward = begun(client, "reward")

    finish(client, begun(client, "survey"), happy=False)
    sad = seen(client, reward)
    finish(client, begun(client, "survey"), happy=True)

    assert (sad["status"], sad["waiting_for"]) == ("created", ["survey"])
    assert statuses(client, reward) == ["active"]


@pytest.mark.usefixtures("kyc_and_loan")
@pytest.mark.parametrize("end", ["cancel", "pause"])
def test_what_frees_the_slot_without_completing_wakes_nothing(client: APIClient, end: str) -> None:
    loan, kyc = begun(client, "loan"), begun(client, "kyc")

    client.post(f"/api/workflows/{kyc['id']}/{end}", {})

    assert statuses(client, loan) == ["created"]


def test_a_confirmation_wakes_too(client: APIClient, offer: Builder[WorkflowTemplate]) -> None:
    offer("kyc", confirmation="required")
    offer("loan", "kyc")
    loan, kyc = begun(client, "loan"), begun(client, "kyc")
    token = finish(client, kyc)["confirmation"]["token"]
    assert statuses(client, loan) == ["created"]

    client.post(f"/api/workflows/{kyc['id']}/confirm", {"token": token})

    assert statuses(client, loan) == ["active"]


@pytest.mark.usefixtures("kyc_and_loan")
@pytest.mark.parametrize("activate", [True, False])
def test_a_prefill_that_completes_at_once_wakes_too(client: APIClient, activate: bool) -> None:
    loan = begun(client, "loan")

    kyc = begun(client, "kyc", state_data=GIVEN, activate=activate)
    if not activate:
        client.post(f"/api/workflows/{kyc['id']}/activate", {})

    assert statuses(client, kyc, loan) == ["completed", "active"]


def test_a_handover_comes_before_what_waits(client: APIClient, offer: Builder[WorkflowTemplate]) -> None:
    offer("thanks", properties=OTHER)
    offer("kyc", end_action_type="workflow", end_action_target="thanks")
    offer("loan", "kyc")
    here, there, kyc = begun(client, "loan"), begun(client, "loan", conversation_id="c2"), begun(client, "kyc")

    thanks = finish(client, kyc)["workflow"]["successor_id"]

    assert statuses(client, {"id": thanks}, here, there) == ["active", "created", "active"]
    assert seen(client, here)["waiting_for"] == ["activation"]


@pytest.mark.usefixtures("kyc_and_loan")
def test_a_handover_that_fails_completes_nothing_and_wakes_nothing(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("last", end_action_type="workflow", end_action_target="unheard of")
    offer("sequel", "last")
    sequel = begun(client, "sequel")

    failed = finish(client, begun(client, "last"))["workflow"]

    assert (failed["status"], statuses(client, sequel)) == ("failed", ["created"])


@pytest.mark.usefixtures("kyc_and_loan")
def test_the_same_conversation_comes_first_and_then_the_oldest(client: APIClient) -> None:
    elsewhere = [begun(client, "loan", conversation_id="c2") for _ in range(2)]
    here = [begun(client, "loan") for _ in range(2)]

    finish(client, begun(client, "kyc"))

    assert statuses(client, *here, *elsewhere) == ["active", "created", "active", "created"]
    order = Event.objects.filter(type="workflow.activated").order_by("id").values_list("subject_id", flat=True)
    assert [str(pk) for pk in order][1:] == [here[0]["id"], elsewhere[0]["id"]]


@pytest.mark.usefixtures("kyc_and_loan")
def test_what_finds_the_slot_taken_goes_on_waiting_and_can_be_activated_later(client: APIClient) -> None:
    loan, kyc = begun(client, "loan"), begun(client, "kyc", conversation_id="c2")
    other = begun(client, "kyc")

    finish(client, kyc)

    assert (statuses(client, loan), seen(client, loan)["waiting_for"]) == (["created"], ["activation"])
    client.post(f"/api/workflows/{other['id']}/cancel", {})
    late = client.post(f"/api/workflows/{loan['id']}/activate", {})
    assert (late.status_code, late.json()["workflow"]["status"]) == (200, "active")


@pytest.mark.usefixtures("kyc_and_loan")
def test_the_next_completion_of_this_person_takes_what_found_the_slot_taken(client: APIClient) -> None:
    loan = begun(client, "loan")
    finish(client, begun(client, "kyc", conversation_id="c2", state_data={}))
    assert statuses(client, loan) == ["active"]
    second, third = begun(client, "loan", activate=False), begun(client, "loan", conversation_id="c3", activate=False)
    Workflow.objects.filter(pk=second["id"]).update(is_waiting=True)

    finish(client, loan)

    assert statuses(client, second, third) == ["active", "created"]


def test_what_completes_at_once_when_it_is_woken_wakes_others_in_turn(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    names = [f"t{number}" for number in range(30)]
    offer(names[0])
    for before, name in pairwise(names):
        offer(name, before)
    # The last one was begun first: one pass over what waits is not enough.
    waiting = [begun(client, name, state_data=GIVEN) for name in reversed(names[1:])]

    done = finish(client, begun(client, names[0]))

    assert done["workflow"]["status"] == "completed"
    assert statuses(client, *waiting) == ["completed"] * 29


def test_what_is_woken_hands_over_and_that_may_wake_in_turn(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("account", properties={"email": {"type": "string"}, **OTHER}, required=["email"])
    offer("check", "kyc", end_action_type="workflow", end_action_target="card")
    offer("card", "insurance", properties={"email": {"type": "string"}})
    offer("insurance", "check")
    insurance = begun(client, "insurance", conversation_id="c2", state_data=GIVEN)
    check = begun(client, "check", state_data=GIVEN)

    finish(client, begun(client, "kyc"))

    card = seen(client, {"id": seen(client, check)["successor_id"]})
    assert statuses(client, check, insurance, card) == ["completed"] * 3


@pytest.mark.usefixtures("kyc_and_loan")
def test_so_many_are_looked_at_and_woken_at_once(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    loans = [begun(client, "loan", conversation_id=f"c {number}") for number in range(4)]
    monkeypatch.setattr(settling, "MAX_HELD_BACK", 3)
    monkeypatch.setattr(settling, "MAX_WOKEN", 2)

    finish(client, begun(client, "kyc"))

    assert statuses(client, *loans) == ["active", "active", "created", "created"]
    assert [seen(client, loan)["waiting_for"] for loan in loans[2:]] == [["activation"], ["kyc"]]


@pytest.mark.usefixtures("kyc_and_loan")
def test_what_waits_comes_before_what_was_never_asked_to_be_active(
    client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = begun(client, "loan", activate=False)
    waiting = begun(client, "loan", conversation_id="c2")
    monkeypatch.setattr(settling, "MAX_HELD_BACK", 1)

    finish(client, begun(client, "kyc"))

    assert statuses(client, held, waiting) == ["created", "active"]


@pytest.mark.usefixtures("kyc_and_loan")
def test_a_completion_that_nothing_waits_for_takes_one_query_more(
    client: APIClient, offer: Builder[WorkflowTemplate], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kyc = begun(client, "kyc")
    for number in range(5):
        begun(client, "loan", conversation_id=f"c {number}", user_id="u2")
        begun(client, "kyc", conversation_id=f"d {number}", activate=False)

    locks = int(connection.vendor == "postgresql")
    with django_assert_num_queries(11 + locks):
        finish(client, kyc)
