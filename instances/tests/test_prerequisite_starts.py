"""`on_unmet: start`: the first prerequisite that can start is started in place of what waits for it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet
from rest_framework.test import APIClient

from conftest import NOW
from instances import prerequisite_starts
from instances.models import Workflow
from instances.tests.calls import answered, begun, finish, seen, start
from permissions.models import UserTypeWorkflowTemplate
from registry.models import TemplateVersion, WorkflowTemplate
from registry.registry import WorkflowRegistry

type Builder[T] = Callable[..., T]
type Body = dict[str, Any]

READ_ONLY = {"properties": {"number": {"type": "string", "readOnly": True}}}


def asked(client: APIClient, template: str, **order: Any) -> Body:
    """Start a workflow, and what it waits for."""
    return begun(client, template, on_unmet="start", **order)


def stored() -> dict[str, str]:
    """Return the status of the workflow of each template."""
    return dict(Workflow.objects.values_list("template__name", "status"))


def test_the_first_prerequisite_is_started_and_the_answer_names_it(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("credit")
    offer("loan", "kyc", "credit")

    loan = asked(client, "loan", metadata={"channel": "web"}, state_data={"email": "a@b.example"})

    kyc = seen(client, loan["started_prerequisite"])
    assert (loan["status"], loan["waiting_for"]) == ("created", ["kyc", "credit"])
    assert loan["started_prerequisite"] == {"id": kyc["id"], "template": "kyc"}
    assert (kyc["status"], kyc["conversation_id"], kyc["user_id"], kyc["user_type"]) == (
        "active",
        loan["conversation_id"],
        loan["user_id"],
        loan["user_type"],
    )
    assert (kyc["metadata"], kyc["state_data"]) == ({"channel": "web"}, {})
    assert stored() == {"kyc": "active", "loan": "created"}


def test_a_person_goes_through_all_of_it_and_the_loan_begins(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    loan = asked(client, "loan")

    finish(client, loan["started_prerequisite"])

    assert seen(client, loan)["status"] == "active"


@pytest.mark.parametrize("order", [{"activate": False}, {"on_unmet": "wait"}, {"conversation_id": "c2"}])
def test_nothing_is_started_that_nobody_asked_for(
    client: APIClient, offer: Builder[WorkflowTemplate], order: Body
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    if "conversation_id" in order:
        finish(client, begun(client, "kyc"))
    before = Workflow.objects.count()

    loan = begun(client, "loan", **{"on_unmet": "start", **order})

    assert loan["started_prerequisite"] is None
    assert Workflow.objects.count() == before + 1


def _unknown(kyc: WorkflowTemplate) -> None:
    WorkflowTemplate.objects.filter(pk=kyc.pk).update(name="another name")


def _inactive(kyc: WorkflowTemplate) -> None:
    WorkflowRegistry.retire(kyc.pk, actor="author", at=NOW)


def _not_granted(kyc: WorkflowTemplate) -> None:
    UserTypeWorkflowTemplate.objects.filter(workflow_template=kyc).delete()


def _asks_for_read_only(kyc: WorkflowTemplate) -> None:
    changes = {**WorkflowRegistry.version(kyc, 1).content()["state_schema"], **READ_ONLY, "required": ["number"]}
    steps = [{"id": "only", "name": "Only", "fields": ["number"]}]
    WorkflowRegistry.change(kyc.pk, {"state_schema": changes, "steps": steps}, actor="author", at=NOW)


@pytest.mark.parametrize("arrange", [_unknown, _inactive, _not_granted, _asks_for_read_only])
def test_what_cannot_start_is_passed_over(
    client: APIClient, offer: Builder[WorkflowTemplate], arrange: Callable[[WorkflowTemplate], None]
) -> None:
    arrange(offer("kyc"))
    offer("loan", "kyc", "credit")
    offer("alone", "kyc")
    offer("credit")

    loan, alone = asked(client, "loan"), asked(client, "alone", conversation_id="c2")

    assert loan["started_prerequisite"]["template"] == "credit"
    assert (alone["started_prerequisite"], alone["status"]) == (None, "created")


def test_a_prerequisite_that_waits_itself_is_kept_and_what_it_needs_is_started(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("credit", "kyc")
    offer("loan", "credit")

    loan = asked(client, "loan")

    assert loan["started_prerequisite"]["template"] == "kyc"
    assert stored() == {"kyc": "active", "credit": "created", "loan": "created"}
    finish(client, loan["started_prerequisite"])
    assert stored() == {"kyc": "completed", "credit": "active", "loan": "created"}
    finish(client, {"id": Workflow.objects.get(template__name="credit").pk})
    assert stored() == {"kyc": "completed", "credit": "completed", "loan": "active"}


def test_a_prerequisite_of_which_nothing_can_start_is_passed_over(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("credit", "unheard of")
    offer("kyc")
    offer("loan", "credit", "kyc")

    asked(client, "loan")

    assert stored() == {"kyc": "active", "loan": "created"}


def test_a_circle_ends_the_search_and_starts_nothing(client: APIClient, offer: Builder[WorkflowTemplate]) -> None:
    kyc = offer("kyc")
    offer("credit", "kyc")
    offer("spare")
    offer("loan", "credit", "spare")
    # As two authors who publish at the same moment could.
    QuerySet(TemplateVersion).filter(template=kyc).update(prerequisites=["loan"])

    loan = asked(client, "loan")

    assert (loan["status"], loan["started_prerequisite"]) == ("created", None)
    assert stored() == {"loan": "created"}


@pytest.mark.parametrize("status", ["active", "paused", "waiting", "finishing"])
def test_nothing_is_started_while_a_prerequisite_is_under_way_in_this_conversation(
    client: APIClient, offer: Builder[WorkflowTemplate], status: str
) -> None:
    offer("first")
    offer("kyc", "first")
    offer("credit")
    offer("loan", "kyc", "credit")
    kyc = begun(client, "kyc")
    if status != "waiting":
        Workflow.objects.filter(pk=kyc["id"]).update(status=status, is_waiting=False)

    loan = asked(client, "loan")

    assert loan["started_prerequisite"] is None
    assert Workflow.objects.count() == 2


@pytest.mark.parametrize(
    ("order", "of_kyc"),
    [({"conversation_id": "c2"}, {}), ({"user_id": "u2"}, {}), ({}, {"activate": False})],
)
def test_what_is_under_way_elsewhere_or_for_others_is_no_reason_not_to_start(
    client: APIClient, offer: Builder[WorkflowTemplate], order: Body, of_kyc: Body
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    begun(client, "kyc", **of_kyc)

    loan = asked(client, "loan", on_active="pause", **order)

    assert loan["started_prerequisite"]["template"] == "kyc"


def test_a_prerequisite_under_way_lower_down_is_waited_for(client: APIClient, offer: Builder[WorkflowTemplate]) -> None:
    offer("kyc")
    offer("credit", "kyc")
    offer("loan", "credit")
    kyc = begun(client, "kyc")

    loan = asked(client, "loan")

    assert loan["started_prerequisite"]["template"] == "credit"
    assert stored() == {"kyc": "active", "credit": "created", "loan": "created"}
    finish(client, kyc)
    assert stored() == {"kyc": "completed", "credit": "active", "loan": "created"}


def test_the_prerequisite_takes_the_slot_as_the_start_was_asked_to(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    offer("kyc")
    offer("loan", "kyc")
    offer("other")
    other = begun(client, "other")

    refused = start(client, template="loan", user_type="customer", on_unmet="start")
    assert answered(refused) == (409, "active_workflow_exists")
    assert stored() == {"other": "active"}

    asked(client, "loan", on_active="pause")
    assert stored() == {"other": "paused", "kyc": "active", "loan": "created"}
    assert seen(client, other)["status"] == "paused"


def test_a_prerequisite_that_asks_for_nothing_wakes_what_waits_at_once(
    client: APIClient, offer: Builder[WorkflowTemplate]
) -> None:
    notice = {"id": "notice", "name": "Notice", "required": False}
    offer("notice", properties={}, required=[], steps=[notice])
    offer("loan", "notice")

    loan = asked(client, "loan", state_data={"email": "nobody"})

    assert (loan["status"], loan["waiting_for"], loan["next"]) == ("active", [], "collect")
    assert loan["started_prerequisite"]["template"] == "notice"
    assert [refused["field"] for refused in loan["submission"]["rejected"]] == ["email"]


def test_a_search_looks_at_each_template_once_and_at_so_many(
    client: APIClient, offer: Builder[WorkflowTemplate], monkeypatch: pytest.MonkeyPatch
) -> None:
    offer("last")
    for number in range(6):  # every one needs all below it, and none of those can start
        offer(f"t{number}", *(f"t{below}" for below in range(number)), "unheard of")
    offer("loan", "t5", "last")

    monkeypatch.setattr(prerequisite_starts, "MAX_LOOKED_AT", 7)
    few = asked(client, "loan", conversation_id="few")
    monkeypatch.setattr(prerequisite_starts, "MAX_LOOKED_AT", 8)
    enough = asked(client, "loan")

    assert few["started_prerequisite"] is None
    assert enough["started_prerequisite"]["template"] == "last"
