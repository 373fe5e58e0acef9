"""Whatever people say in whatever order: the service answers and stores what the engine alone would decide."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from rest_framework.test import APIClient

from conftest import NOW
from engine.acts import Act
from engine.asking import ask_next
from engine.conclusion import Decision
from engine.submission import Submission
from engine.tests.builders import begin
from engine.tests.everything import CONVERSATIONS, DEFINITION, DOCUMENT, Said, act_on
from engine.workflow import next_of
from instances.models import Workflow
from instances.tests.calls import Answer
from permissions.models import UserType
from registry.registry import WorkflowRegistry

# The database is shared by the examples; each has a conversation of its own.
LAW = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
numbers = count(1)


@pytest.fixture
def order(make_user_type: Callable[..., UserType]) -> dict[str, Any]:
    template = WorkflowRegistry.create(DOCUMENT, actor="author", at=NOW)
    return {"template": template.name, "user_type": make_user_type(template).name, "user_id": "u1"}


@LAW
@given(said=CONVERSATIONS)
def test_the_service_answers_what_the_engine_decides(
    said: list[Said], client: APIClient, order: dict[str, Any]
) -> None:
    workflow = client.post("/api/workflows", {**order, "conversation_id": f"conversation {next(numbers)}"}).json()
    row, decision = Workflow.objects.get(pk=workflow["id"]), begin(DEFINITION)
    for number, one in enumerate(said):
        reached = act_on(decision.progress, one)

        response = sent(client, row, one, key=f"key-{number}")

        assert (reached is None) == (response.status_code == 409)
        if reached is not None:
            decision = reached
            assert response.status_code == (400 if decision.report.outcome == "rejected" else 200)
            assert answered(response.json()) == decided(decision)
        row.refresh_from_db()
        assert stored(row) == held(decision)


def sent(client: APIClient, workflow: Workflow, said: Said, *, key: str) -> Answer:
    """Do over HTTP what was said; a confirmation is of what is stored now."""
    path = f"/api/workflows/{workflow.pk}"
    if said is Act.CONFIRM:
        offered = client.get(path).json()["confirmation"]
        return client.post(f"{path}/confirm", {"token": offered["token"] if offered else None})
    if not isinstance(said, Submission):
        return client.post(f"{path}/{said}", {})
    body = {
        "data": dict(said.data),
        "clear": list(said.clear),
        "append": dict(said.append),
        "remove": dict(said.remove),
        "skip": list(said.skip),
        "acknowledge": list(said.acknowledge),
        "atomic": said.atomic,
        "coerce": said.coerce,
    }
    return client.post(f"{path}/submit", body, headers={"Idempotency-Key": key})


def answered(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what an answer says, in the engine's order and words."""
    return {
        "outcome": answer["outcome"],
        "accepted": [found["field"] for found in answer["accepted"]],
        "corrected": [(found["field"], found["from"], found["to"]) for found in answer["corrected"]],
        "rejected": [
            (found.get("field"), found.get("step"), found.get("path"), found["code"]) for found in answer["rejected"]
        ],
        "ignored": [(found.get("field"), found.get("step"), found["reason"]) for found in answer["ignored"]],
        "invalidated": [found["field"] for found in answer["invalidated"]],
        "parked": answer["parked"],
        "restored": answer["restored"],
        "completed_steps": answer["completed_steps"],
        "say": [found["step"] for found in answer["say"]],
        "ask_next": [(found["field"], found["reason"], found["attempt"]) for found in answer["ask_next"]],
        "next": answer["next"],
        "missing": answer["workflow"]["missing"],
        "unmet": [(found["step"], found["message"]) for found in answer["unmet"]],
        "live": answer["workflow"]["state_data"],
    }


def decided(decision: Decision) -> dict[str, Any]:
    """Return the same of what the engine decided."""
    report, position = decision.report, decision.position
    return {
        "outcome": report.outcome,
        "accepted": list(report.accepted),
        "corrected": [(found.field, found.before, found.after) for found in report.corrected],
        "rejected": [(found.field, found.step, found.path, found.code) for found in report.rejected],
        "ignored": [(found.field, found.step, found.reason) for found in report.ignored],
        "invalidated": [found.field for found in report.invalidated],
        "parked": list(report.parked),
        "restored": list(report.restored),
        "completed_steps": list(report.completed_steps),
        "say": [found.step for found in decision.say],
        "ask_next": [
            (found.field, found.why, found.attempt) for found in ask_next(DEFINITION, decision.progress, position)
        ],
        "next": next_of(DEFINITION, decision.progress, position),
        "missing": list(position.missing),
        "unmet": [(found.step, found.message) for found in position.unmet],
        "live": dict(position.live),
    }


def stored(workflow: Workflow) -> dict[str, Any]:
    """Return what the row holds."""
    return {
        "status": workflow.status,
        "values": workflow.state_data,
        "item_ids": workflow.item_ids,
        "skipped": workflow.skipped_steps,
        "acknowledged": workflow.acknowledged_steps,
        "contested": workflow.contested_fields,
        "previous": workflow.previous_values,
        "attempts": workflow.attempts,
        "outcome": workflow.outcome,
    }


def held(decision: Decision) -> dict[str, Any]:
    """Return the same of what the engine decided."""
    progress = decision.progress
    return {
        "status": progress.status,
        "values": dict(progress.values),
        "item_ids": {name: list(ids) for name, ids in progress.item_ids.items()},
        "skipped": sorted(progress.skipped),
        "acknowledged": sorted(progress.acknowledged),
        "contested": sorted(progress.contested),
        "previous": dict(progress.previous),
        "attempts": dict(progress.attempts),
        "outcome": decision.outcome,
    }
