"""Where each value came from, as it is stored and answered, and what a model may not give."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from conftest import NOW, OPERATOR, step
from engine.actions import ActionSucceeded
from engine.submission import Submission
from engine.workflow import ReadOnlyMissing
from events.models import Event
from instances import results, services
from instances.acting import Acting
from instances.models import Workflow
from instances.services import StartOrder
from instances.slots import OnActive
from instances.tests.calls import act, patch, put, start, stored, submit
from permissions.models import UserType
from permissions.services import grant
from registry.models import WorkflowTemplate
from rest.callers import Caller

type Builder[T] = Callable[..., T]

MODEL = Acting(caller=Caller(actor="key:model", is_model=True), at=NOW)
PROPERTIES: dict[str, Any] = {
    "kind": {"type": "string", "enum": ["car", "home"]},
    "plate": {"type": "string", "x-when": {"field": "kind", "op": "==", "value": "car"}},
    "age": {"type": "integer"},
    "illness": {"type": "string", "x-sensitive": "never_llm"},
    "last": {"type": "string"},
}


@pytest.fixture
def workflow(make_workflow: Builder[Workflow]) -> Workflow:
    return make_workflow(properties=PROPERTIES, state_data={"kind": "car"})


def test_every_live_value_is_answered_with_its_source(client: APIClient, workflow: Workflow) -> None:
    submit(client, workflow, {"plate": "B 1", "illness": "gout"})
    submit(client, workflow, {"age": "40"}, source="llm", coerce=True)

    shown = client.get(f"/api/workflows/{workflow.pk}").json()
    parked = submit(client, workflow, {"kind": "home"}, source="user").json()["workflow"]
    listed = client.get("/api/workflows").json()["results"][0]

    assert shown["sources"] == {"kind": "prefill", "plate": "client", "illness": "client", "age": "llm"}
    assert parked["sources"] == listed["sources"] == {"kind": "user", "illness": "client", "age": "llm"}
    assert stored(workflow).sources == {**parked["sources"], "plate": "client"}


def test_the_source_of_a_value_is_gone_with_it_and_changes_with_it(client: APIClient, workflow: Workflow) -> None:
    submit(client, workflow, {"age": 40, "plate": "B 1"}, source="llm")
    revision = stored(workflow).revision

    again = submit(client, workflow, {"age": 40}, source="user").json()

    assert (again["outcome"], again["workflow"]["sources"]["age"]) == ("noop", "llm")
    assert stored(workflow).revision == revision
    submit(client, workflow, {"age": 41}, clear=["plate"], source="operator")
    assert stored(workflow).sources == {"kind": "prefill", "age": "operator"}


@pytest.mark.parametrize("write", [patch, put])
def test_what_is_written_is_from_the_client_and_what_was_shown_can_be_sent_back(
    client: APIClient, workflow: Workflow, write: Callable[..., Any]
) -> None:
    submit(client, workflow, {"age": 40}, source="llm")
    shown = client.get(f"/api/workflows/{workflow.pk}").json()

    same = write(client, workflow, **shown)
    other = write(client, workflow, state_data={**shown["state_data"], "plate": "B 2"})

    assert same.json()["outcome"] == "noop"
    assert other.json()["workflow"]["sources"] == {"kind": "prefill", "age": "llm", "plate": "client"}


def test_what_an_action_found_out_and_what_is_carried_over_say_so(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_workflow: Builder[Workflow], db: None
) -> None:
    look_up = {"type": "api_call", "target": "https://bank.example/b", "result": {"age": "/age"}, "idempotent": True}
    workflow = make_workflow(
        properties={"age": {"type": "integer"}, "kind": {"type": "string"}},
        steps=[step("find", fields=["age"], action=look_up), step("ask", fields=["kind"])],
        end_action_type="workflow",
        end_action_target="thanks",
    )
    target = make_template(name="thanks", properties={"age": {"type": "integer"}, "happy": {"type": "boolean"}})
    grant(user_type_id=workflow.user_type_id, workflow_template_id=target.pk)

    acting = Acting(caller=Caller(actor="worker"), at=datetime.now(UTC))
    with transaction.atomic():
        held = results.hold(workflow.pk, acting)
        assert held is not None
        results.receive(held, step="find", run=1, result=ActionSucceeded(answer={"age": 40}), acting=acting)
    assert stored(workflow).sources == {"age": "action"}
    done = submit(client, workflow, {"kind": "x"}, source="user").json()["workflow"]

    assert done["sources"] == {"age": "action", "kind": "user"}
    assert Workflow.objects.get(pk=done["successor_id"]).sources == {"age": "prefill"}


@pytest.mark.parametrize("claimed", ["prefill", "action", "admin", "", None])
def test_nobody_claims_a_source_that_is_known_from_what_happens(
    client: APIClient, workflow: Workflow, claimed: Any
) -> None:
    response = submit(client, workflow, {"age": 40}, source=claimed)

    assert response.status_code == 400
    assert stored(workflow).sources == {"kind": "prefill"}


def test_a_model_neither_gives_nor_clears_what_no_model_may_see(client: APIClient, workflow: Workflow) -> None:
    submit(client, workflow, {"illness": "gout"}, source="user")

    refused = submit(client, workflow, {"illness": "flu"}, source="llm")
    partial = submit(client, workflow, {"age": 40}, clear=["illness"], source="llm")

    assert (refused.status_code, refused.json()["code"]) == (400, "rejected")
    for found in (refused.json()["rejected"], partial.json()["rejected"]):
        assert [(one["field"], one["code"]) for one in found] == [("illness", "sensitive")]
        assert "attempts" not in found[0]
        assert "page" in found[0]["message"]
    assert partial.json()["outcome"] == "partial"
    after = stored(workflow)
    assert after.progress.values == {"kind": "car", "illness": "gout", "age": 40}
    assert (after.attempts, after.contested_fields) == ({}, [])


@pytest.mark.parametrize("name", ["submit", "resume", "retry"])
def test_what_a_caller_hands_over_that_speaks_for_a_model_is_a_models_whatever_it_says(
    workflow: Workflow, name: str
) -> None:
    given = Submission(data={"illness": "gout", "age": 40}, source="user")
    with transaction.atomic():
        if name == "submit":
            done = services.submit(workflow.pk, given, MODEL)
        elif name == "resume":
            services.pause(workflow.pk, MODEL, reason="")
            done = services.resume(workflow.pk, given, MODEL, on_active=OnActive.REJECT)
        else:
            Workflow.objects.filter(pk=workflow.pk).update(status="failed", failure={"code": "x", "reason": ""})
            done = services.retry(workflow.pk, given, MODEL, on_active=OnActive.REJECT)

    assert [found.code for found in done.decision.report.rejected] == ["sensitive"]
    assert stored(workflow).sources == {"kind": "prefill", "age": "llm"}


def test_a_model_that_starts_a_workflow_gives_what_it_understood_and_nothing_more(
    make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    template = make_template(
        properties={**PROPERTIES, "file": {"type": "string", "readOnly": True}}, required=["age", "last"]
    )
    user_type = make_user_type(template)
    data = {"age": "40", "illness": "gout", "file": "f1", "kind": "Car"}
    order = StartOrder(
        template_id=template.pk, user_type_id=user_type.pk, conversation_id="c", user_id="u", state_data=data
    )

    started = services.start(order, MODEL)

    assert started.workflow.state_data == {"age": 40, "kind": "car"}
    assert started.workflow.sources == {"age": "llm", "kind": "llm"}
    report = started.decision.report
    assert [(found.field, found.code) for found in report.rejected] == [("illness", "sensitive")]
    assert [(found.field, found.reason) for found in report.ignored] == [("file", "read_only")]
    event = Event.objects.of(started.workflow.pk).get(type="workflow.submitted")
    assert event.data["source"] == "llm"


def test_a_model_cannot_start_what_only_a_client_can(
    make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    template = make_template(properties={"file": {"type": "string", "readOnly": True}, "age": {"type": "integer"}})
    order = StartOrder(
        template_id=template.pk,
        user_type_id=make_user_type(template).pk,
        conversation_id="c",
        user_id="u",
        state_data={"file": "f1"},
    )

    with pytest.raises(ReadOnlyMissing):
        services.start(order, MODEL)
    services.start(order, Acting(caller=OPERATOR, at=NOW))
    assert Workflow.objects.get().sources == {"file": "prefill"}


def test_what_completes_by_a_models_hand_hands_over_what_is_stored_and_not_what_a_model_may_give(
    make_template: Builder[WorkflowTemplate], make_workflow: Builder[Workflow]
) -> None:
    workflow = make_workflow(
        properties={"illness": PROPERTIES["illness"], "age": {"type": "integer"}},
        state_data={"illness": "gout"},
        end_action_type="workflow",
        end_action_target="thanks",
    )
    target = make_template(
        name="thanks",
        properties={"illness": {**PROPERTIES["illness"], "readOnly": True}, "happy": {"type": "boolean"}},
    )
    grant(user_type_id=workflow.user_type_id, workflow_template_id=target.pk)

    with transaction.atomic():
        services.submit(workflow.pk, Submission(data={"age": 40}, source="llm"), MODEL)

    assert Workflow.objects.get(predecessor=workflow.pk).progress.values == {"illness": "gout"}


def test_a_stranger_sees_no_sources(client: APIClient, stranger: APIClient, workflow: Workflow) -> None:
    assert "sources" not in stranger.get(f"/api/workflows/{workflow.pk}").json()
    assert act(stranger, workflow, "submit", data={"age": 1}, source="user").status_code == 404
    assert start(stranger, template_id=str(workflow.template_id)).status_code == 404
