"""What must be completed first: when it counts as done, and how a workflow waits until then."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from conftest import NOW
from events.models import Event
from instances import prerequisites
from instances.models import Workflow
from instances.tests.calls import begun, finish, seen, start, timeline
from permissions.models import UserType
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

type Builder[T] = Callable[..., T]
type Body = dict[str, Any]

COUNTRY: dict[str, Any] = {"sure": {"type": "boolean"}, "country": {"type": "string"}}
FRENCH = {"template": "kyc", "check": {"field": "country", "op": "==", "value": "FR"}}


def _act(client: APIClient, workflow: Body, name: str, **body: Any) -> Any:
    return client.post(f"/api/workflows/{workflow['id']}/{name}", body)


def test_a_workflow_with_unmet_prerequisites_is_created_and_waits_for_them(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("loan", "kyc", "credit")
    offer("kyc")

    loan = begun(client, "loan", state_data={"email": "a@b.example"})

    assert (loan["status"], loan["next"], loan["waiting_for"]) == ("created", "wait", ["kyc", "credit"])
    assert (loan["state_data"], loan["started_prerequisite"]) == ({"email": "a@b.example"}, None)
    assert (loan["activated_at"], loan["submission"]["accepted"]) == (None, [{"field": "email"}])
    assert timeline(loan["id"]) == ["workflow.created", "workflow.submitted", "workflow.step_completed"]
    assert Event.objects.filter(type="workflow.created").get().data["waiting_for"] == ["kyc", "credit"]


def test_a_waiting_workflow_leaves_the_slot_and_who_has_it_alone(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    kyc = begun(client, "kyc")

    loan = begun(client, "loan", on_active="cancel")

    assert (seen(client, kyc)["status"], loan["status"]) == ("active", "created")


def test_a_workflow_whose_prerequisites_are_met_starts_active_and_takes_the_slot(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("loan", "kyc", {"template": "kyc 2"})
    offer("kyc 2")
    for name in ("kyc", "kyc 2"):
        finish(client, begun(client, name, conversation_id=name))
    other = begun(client, "kyc")

    loan = begun(client, "loan", on_active="cancel")

    assert (loan["status"], loan["waiting_for"]) == ("active", [])
    assert seen(client, other)["status"] == "cancelled"
    assert "waiting_for" not in Event.objects.filter(type="workflow.created", subject_id=loan["id"]).get().data


def test_what_another_version_of_the_template_completed_counts(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    kyc = offer("kyc", properties=COUNTRY)
    offer("loan", FRENCH)
    finish(client, begun(client, "kyc"), country="FR", sure=True)
    WorkflowRegistry.change(kyc.pk, {"guidelines": "New."}, actor="author", at=NOW)

    assert begun(client, "loan")["status"] == "active"


@pytest.mark.parametrize(
    ("whose", "status"),
    [({}, "active"), ({"user_id": "u2"}, "created"), ({"user_type": "visitor"}, "created")],
)
def test_what_counts_was_completed_by_the_same_user_of_the_same_user_type(
    client: APIClient,
    offer: Builder[WorkflowTemplate],
    make_user_type: Builder[UserType],
    whose: dict[str, str],
    status: str,
) -> None:
    make_user_type(offer("kyc"), offer("loan", "kyc"), name="visitor")
    finish(client, begun(client, "kyc"))

    assert begun(client, "loan", **whose)["status"] == status


def test_what_is_not_completed_does_not_count(client: APIClient, offer: Builder[WorkflowTemplate]) -> None:
    offer("kyc")
    offer("loan", "kyc")
    for number, status in enumerate(("active", "paused", "cancelled", "failed", "finishing")):
        kyc = begun(client, "kyc", conversation_id=f"c {number}")
        Workflow.objects.filter(pk=kyc["id"]).update(status=status, outcome="completed")

    assert begun(client, "loan")["waiting_for"] == ["kyc"]


def test_another_outcome_counts_with_a_check_only(client: APIClient, offer: Builder[WorkflowTemplate]) -> None:
    offer("kyc", properties=COUNTRY)
    offer("by end", "kyc")
    offer("by check", FRENCH)
    kyc = begun(client, "kyc")
    finish(client, kyc, country="FR", sure=True)
    Workflow.objects.filter(pk=kyc["id"]).update(outcome="not_eligible")

    assert begun(client, "by end")["waiting_for"] == ["kyc"]
    assert begun(client, "by check")["status"] == "active"


@pytest.mark.parametrize(
    ("data", "status"),
    [({"country": "FR", "sure": True}, "active"), ({"country": "DE", "sure": True}, "created"), ({}, "created")],
)
def test_a_check_must_be_true_of_what_the_other_workflow_holds(
    client: APIClient, offer: Builder[WorkflowTemplate], data: Body, status: str
) -> None:
    offer("kyc", properties=COUNTRY, required=["sure"])
    offer("loan", FRENCH)
    finish(client, begun(client, "kyc"), **{"sure": True, **data})

    assert begun(client, "loan")["status"] == status


def test_a_check_looks_at_live_values_alone(client: APIClient, offer: Builder[WorkflowTemplate]) -> None:
    when = {"field": "sure", "op": "==", "value": True}
    offer("kyc", properties={**COUNTRY, "country": {"type": "string", "x-when": when}})
    offer("loan", FRENCH)

    finish(client, begun(client, "kyc"), country="FR", sure=False)

    assert begun(client, "loan")["status"] == "created"


def test_one_of_the_latest_workflows_is_enough_and_so_many_are_looked_at(
    client: APIClient, offer: Builder[WorkflowTemplate], monkeypatch: pytest.MonkeyPatch
) -> None:
    offer("kyc", properties=COUNTRY)
    offer("loan", FRENCH)
    for country in ("FR", "DE", "IE"):
        finish(client, begun(client, "kyc"), country=country, sure=True)

    monkeypatch.setattr(prerequisites, "MAX_LOOKED_AT", 2)
    assert begun(client, "loan", conversation_id="c2")["status"] == "created"
    monkeypatch.setattr(prerequisites, "MAX_LOOKED_AT", 3)
    assert begun(client, "loan", conversation_id="c3")["status"] == "active"


def test_activating_before_the_prerequisites_are_met_names_them(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    waiting, held = begun(client, "loan"), begun(client, "loan", activate=False)

    for loan in (waiting, held):
        refused = _act(client, loan, "activate", on_active="cancel")
        assert (refused.status_code, refused.json()["code"]) == (409, "prerequisites_unmet")
        assert refused.json()["waiting_for"] == ["kyc"]
        assert refused["Content-Type"] == "application/problem+json"


def test_one_that_was_not_asked_to_be_active_tells_what_is_missing_and_waits_for_activation(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    loan = begun(client, "loan", activate=False)
    assert loan["waiting_for"] == ["kyc"]
    assert "waiting_for" not in Event.objects.filter(type="workflow.created").get().data

    finish(client, begun(client, "kyc"))

    assert (seen(client, loan)["status"], seen(client, loan)["waiting_for"]) == ("created", ["activation"])
    assert _act(client, loan, "activate").json()["workflow"]["status"] == "active"


def test_what_was_met_is_asked_again_on_activation(client: APIClient, offer: Builder[WorkflowTemplate]) -> None:
    offer("kyc")
    offer("loan", "kyc")
    kyc = begun(client, "kyc")
    finish(client, kyc)
    loan = begun(client, "loan", activate=False)
    assert loan["waiting_for"] == ["activation"]

    client.delete(f"/api/workflows/{kyc['id']}")

    assert _act(client, loan, "activate").json()["waiting_for"] == ["kyc"]


def test_a_waiting_workflow_takes_no_values_yet_and_can_be_cancelled_or_deleted(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    cancelled, deleted = begun(client, "loan"), begun(client, "loan")

    assert _act(client, cancelled, "submit", data={"email": "a@b.example"}).json()["code"] == "workflow_not_started"
    assert _act(client, cancelled, "cancel").json()["waiting_for"] == []
    assert client.delete(f"/api/workflows/{deleted['id']}").status_code == 204
    finish(client, begun(client, "kyc"))

    stored = Workflow.objects.get(pk=cancelled["id"])
    assert (stored.status, stored.is_waiting, stored.unmet_prerequisites) == ("cancelled", False, [])


def test_nothing_that_is_not_created_waits(client: APIClient, offer: Builder[WorkflowTemplate]) -> None:
    offer("kyc")
    kyc = begun(client, "kyc")

    with pytest.raises(IntegrityError), transaction.atomic():
        Workflow.objects.filter(pk=kyc["id"]).update(is_waiting=True)


def test_a_handover_waits_for_what_its_target_needs(
    client: APIClient, offer: Builder[WorkflowTemplate], customer: UserType
) -> None:
    offer("account", "kyc", "credit", properties=COUNTRY)
    offer("credit")
    offer("kyc", end_action_type="workflow", end_action_target="account")

    done = finish(client, begun(client, "kyc"))

    account = seen(client, {"id": done["workflow"]["successor_id"]})
    assert (done["workflow"]["status"], account["status"]) == ("completed", "created")
    assert account["waiting_for"] == ["credit"]
    finish(client, begun(client, "credit", conversation_id="c2"))
    assert seen(client, account)["status"] == "active"


def test_the_completion_that_hands_over_may_be_what_the_next_one_needs(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("account", "kyc", properties=COUNTRY)
    offer("kyc", end_action_type="workflow", end_action_target="account")

    done = finish(client, begun(client, "kyc"))

    account = seen(client, {"id": done["workflow"]["successor_id"]})
    assert (account["status"], account["waiting_for"]) == ("active", [])
    assert timeline(account["id"]) == ["workflow.created", "workflow.activated"]


def test_a_list_tells_what_each_waits_for_without_asking_anew(
    client: APIClient, offer: Builder[WorkflowTemplate], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    offer("kyc", properties=COUNTRY)
    offer("loan", FRENCH, "credit")
    for number in range(10):
        begun(client, "loan", user_id=f"user {number}")

    with django_assert_num_queries(3):
        rows = client.get("/api/workflows").json()["results"]

    assert [row["waiting_for"] for row in rows] == [["kyc", "credit"]] * 10


def test_a_start_asks_once_for_each_prerequisite(
    client: APIClient, offer: Builder[WorkflowTemplate], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    offer("kyc", properties=COUNTRY)
    for number in range(4):
        finish(client, begun(client, "kyc", conversation_id=f"c {number}"), country="DE", sure=True)
    offer("loan", FRENCH, "credit", "income")
    begun(client, "loan", user_id="somebody else")

    locks = int(connection.vendor == "postgresql")
    with django_assert_num_queries(11 + 3 + locks):
        begun(client, "loan", conversation_id="c2")


@pytest.mark.parametrize("choice", ["later", "", None, 5])
def test_there_are_two_ways_to_start_with_unmet_prerequisites(
    client: APIClient, offer: Builder[WorkflowTemplate], choice: Any
) -> None:
    offer("kyc")

    response = start(client, template="kyc", user_type="customer", on_unmet=choice)

    assert response.status_code == 400
    assert response.json()["errors"][0]["path"] == "/on_unmet"


def test_a_stranger_neither_sees_nor_activates_what_waits(
    client: APIClient, stranger: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    loan = begun(client, "loan")

    assert stranger.get(f"/api/workflows/{loan['id']}").status_code == 404
    assert _act(stranger, loan, "activate").status_code == 404
