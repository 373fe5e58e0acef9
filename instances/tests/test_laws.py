"""Whatever people say in whatever order: the service answers and stores what the engine alone would decide."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from conftest import NOW
from engine.acts import Act
from engine.asking import ask_next
from engine.conclusion import Decision
from engine.definition import Definition
from engine.submission import Submission
from engine.tests.budget import budget
from engine.tests.everything import DOCUMENT
from engine.tests.generated import documents
from engine.tests.talking import Said, act_on, conversations
from engine.workflow import admit, next_of, start
from instances.models import Workflow
from instances.tests.calls import Answer
from permissions.models import UserType
from permissions.services import grant
from registry.registry import WorkflowRegistry

type Talk = tuple[dict[str, Any], list[Said]]

# The database is shared by the examples; each has a template and a conversation of its own.
LAW = settings(
    budget(quick=20, thorough=150), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
numbers = count(1)


@st.composite
def talks(draw: st.DrawFn) -> Talk:
    """Return a document, that with a bit of everything or another, and what is said to a workflow of it."""
    document = draw(st.integers(0, 2).flatmap(lambda dice: documents() if dice else st.just(DOCUMENT)))
    return document, draw(conversations(document))


@pytest.fixture
def begin(client: APIClient, make_user_type: Callable[..., UserType]) -> Callable[[Mapping[str, Any]], Workflow]:
    """Return what publishes a document and starts a workflow of it."""
    user_type = make_user_type()

    def make(document: Mapping[str, Any]) -> Workflow:
        name = f"template of example {next(numbers)}"
        template = WorkflowRegistry.create({**document, "name": name}, actor="author", at=NOW)
        grant(user_type_id=user_type.pk, workflow_template_id=template.pk)
        order = {"template": name, "user_type": user_type.name, "user_id": "u1", "conversation_id": name}
        return Workflow.objects.get(pk=client.post("/api/workflows", order).json()["id"])

    return make


@LAW
@given(talk=talks())
def test_the_service_answers_what_the_engine_decides(
    talk: Talk, client: APIClient, begin: Callable[[Mapping[str, Any]], Workflow]
) -> None:
    document, said = talk
    definition, row = Definition.from_document(document), begin(document)
    decision = admit(definition, start(definition, Submission(), today=row.today), activate=True)
    assert stored(row) == held(decision)
    for number, one in enumerate(said):
        response = sent(client, row, one, key=f"key-{number}")

        row.refresh_from_db()
        reached = act_on(definition, decision.progress, one, today=row.today)
        assert (reached is None) == (response.status_code == 409)
        if reached is not None:
            decision = reached
            assert response.status_code == (400 if decision.report.outcome == "rejected" else 200)
            assert answered(response.json()) == decided(definition, decision)
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


def decided(definition: Definition, decision: Decision) -> dict[str, Any]:
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
            (found.field, found.why, found.attempt) for found in ask_next(definition, decision.progress, position)
        ],
        "next": next_of(definition, decision.progress, position),
        "missing": list(position.missing),
        "unmet": [(found.step, found.message) for found in position.unmet],
        "live": dict(position.live),
    }


def stored(workflow: Workflow) -> dict[str, Any]:
    """Return what the row holds."""
    return {
        "status": workflow.status,
        "values": workflow.state_data,
        "sources": workflow.sources,
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
        "sources": dict(progress.sources),
        "item_ids": {name: list(ids) for name, ids in progress.item_ids.items()},
        "skipped": sorted(progress.skipped),
        "acknowledged": sorted(progress.acknowledged),
        "contested": sorted(progress.contested),
        "previous": dict(progress.previous),
        "attempts": dict(progress.attempts),
        "outcome": decision.outcome,
    }
