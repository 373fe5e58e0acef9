"""When a workflow expires: every interaction moves it, every end takes it away. That it does is in `test_sweep`."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.dateparse import parse_datetime
from rest_framework.test import APIClient

from conftest import NOW, OPERATOR
from engine.errors import Conflict
from engine.progress import Status
from engine.submission import Submission
from instances import services
from instances.acting import Acting
from instances.models import Workflow
from instances.slots import OnActive
from instances.tests.calls import act, start, stored, submit
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

type Builder[T] = Callable[..., T]

WEEK = timedelta(days=7)
LATER = NOW + timedelta(days=1)
TWO_FIELDS = {"a": {"type": "string", "maxLength": 5}, "b": {"type": "string"}}


@pytest.fixture
def workflow(make_workflow: Builder[Workflow]) -> Workflow:
    return make_workflow(properties=TWO_FIELDS, expires_after="P7D", conversation_id="c1", state_data={"a": "A"})


def later() -> Acting:
    return Acting(caller=OPERATOR, at=LATER)


def test_a_started_workflow_says_when_it_expires(client: APIClient, workflow: Workflow) -> None:
    shown = client.get(f"/api/workflows/{workflow.pk}").json()
    (listed,) = client.get("/api/workflows").json()["results"]

    assert stored(workflow).expires_at == NOW + WEEK
    assert parse_datetime(shown["expires_at"]) == NOW + WEEK
    assert (listed["expires_at"], listed["reason"]) == (shown["expires_at"], None)


def test_one_whose_template_does_not_say_never_expires(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow()

    submit(client, workflow, {"email": "nobody"})

    assert stored(workflow).expires_at is None
    assert client.get(f"/api/workflows/{workflow.pk}").json()["expires_at"] is None


def test_one_that_only_waits_to_be_activated_expires_too(make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow(expires_after="PT30M", activate=False)

    assert stored(workflow).expires_at == NOW + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("data", "outcome"),
    [({"b": "B", "a": "too long"}, "partial"), ({"a": "too long"}, "rejected"), ({"a": "A"}, "noop"), ({}, "noop")],
)
def test_every_submission_moves_it_whether_or_not_it_counts(
    workflow: Workflow, data: dict[str, Any], outcome: str
) -> None:
    done = services.submit(workflow.pk, Submission(data=data), later())

    assert done.decision.report.outcome == outcome
    assert done.workflow.expires_at == stored(workflow).expires_at == LATER + WEEK
    assert stored(workflow).last_interaction_at == LATER


def test_pausing_and_coming_back_are_interactions(workflow: Workflow) -> None:
    services.pause(workflow.pk, later(), reason="")
    paused = stored(workflow)
    services.resume(workflow.pk, Submission(), Acting(caller=OPERATOR, at=LATER + WEEK), on_active=OnActive.REJECT)

    assert (paused.status, paused.expires_at) == ("paused", LATER + WEEK)
    assert stored(workflow).expires_at == LATER + 2 * WEEK


def test_reading_it_is_none(client: APIClient, workflow: Workflow) -> None:
    client.get(f"/api/workflows/{workflow.pk}")
    client.get(f"/api/workflows/{workflow.pk}/events")

    assert stored(workflow).expires_at == NOW + WEEK


def test_a_refused_act_is_none(workflow: Workflow) -> None:
    with pytest.raises(Conflict):
        services.resume(workflow.pk, Submission(), later(), on_active=OnActive.REJECT)

    assert stored(workflow).expires_at == NOW + WEEK


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ({}, Status.COMPLETED),
        ({"end_action_type": "api_call", "end_action_target": "https://bank.example"}, Status.FINISHING),
        ({"end_action_type": "workflow", "end_action_target": "nowhere"}, Status.FAILED),
    ],
)
def test_what_is_finishing_or_has_ended_expires_no_more(
    make_workflow: Builder[Workflow], ending: dict[str, str], status: Status
) -> None:
    workflow = make_workflow(expires_after="P7D", **ending)

    services.submit(workflow.pk, Submission(data={"email": "a@b.example"}), later())

    assert (stored(workflow).status, stored(workflow).expires_at) == (status, None)


@pytest.mark.parametrize("status", [Status.FINISHING, Status.COMPLETED, Status.FAILED, Status.CANCELLED])
def test_the_database_holds_no_ended_workflow_that_would_expire(workflow: Workflow, status: Status) -> None:
    with pytest.raises(IntegrityError, match="workflow_that_expires_may"), transaction.atomic():
        Workflow.objects.filter(pk=workflow.pk).update(status=status)


@pytest.mark.parametrize(("given", "answered"), [({"reason": "Changed my mind."}, "Changed my mind."), ({}, None)])
def test_a_cancelled_workflow_answers_the_reason_it_was_given(
    client: APIClient, workflow: Workflow, given: dict[str, str], answered: str | None
) -> None:
    cancelled = act(client, workflow, "cancel", **given).json()["workflow"]

    assert (cancelled["status"], cancelled["reason"], cancelled["expires_at"]) == ("cancelled", answered, None)
    assert client.get(f"/api/workflows/{workflow.pk}").json()["reason"] == answered


def test_one_that_gave_way_says_so(client: APIClient, workflow: Workflow) -> None:
    order = {"template_id": workflow.template_id, "user_type_id": workflow.user_type_id}

    started = start(client, **order, on_active="cancel")

    assert started.status_code == 201
    assert (stored(workflow).reason, stored(workflow).expires_at) == ("another workflow began", None)


def test_why_it_was_paused_is_no_reason_of_its_end(client: APIClient, workflow: Workflow) -> None:
    paused = act(client, workflow, "pause", reason="Lunch.").json()["workflow"]

    assert paused["reason"] is None


def test_a_workflow_expires_as_the_version_says_that_it_was_started_with(
    make_template: Builder[WorkflowTemplate], make_workflow: Builder[Workflow]
) -> None:
    template = make_template(properties=TWO_FIELDS, expires_after="P7D")
    workflow = make_workflow(template=template)
    WorkflowRegistry.change(template.pk, {"expires_after": "P1D"}, actor="author", at=NOW)

    services.submit(workflow.pk, Submission(data={"a": "A"}), later())

    assert stored(workflow).expires_at == LATER + WEEK
    assert stored(make_workflow(template=template)).expires_at == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("sent", "kept"), [({"expires_after": "P7D"}, "P7D"), ({"expires_after": None}, ""), ({"expires_after": ""}, "")]
)
def test_a_template_keeps_what_it_says_of_expiry(client: APIClient, sent: dict[str, Any], kept: str) -> None:
    body = {
        "name": "loan",
        "state_schema": {"type": "object", "properties": {}},
        "steps": [{"id": "hello", "name": "Hello"}],
        "end_action_type": "none",
    }

    made = client.post("/api/workflow-templates", {**body, **sent})

    assert (made.status_code, made.json()["expires_after"]) == (201, kept)


def test_a_template_whose_idle_time_is_none_is_refused(
    client: APIClient, make_template: Builder[WorkflowTemplate]
) -> None:
    template = make_template()

    refused = client.patch(f"/api/workflow-templates/{template.pk}", {"expires_after": "P" + "1" * 60 + "D"})

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "bad_duration")
    assert refused.json()["errors"][0]["path"] == "/expires_after"
