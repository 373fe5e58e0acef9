"""Submissions over HTTP: what is stored, what is refused, and what leaves no trace."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import step
from events.models import Event
from instances.models import Workflow
from instances.tests.calls import answered, stored, submit, timeline

type Builder[T] = Callable[..., T]

PROPERTIES: dict[str, Any] = {
    "email": {"type": "string", "format": "email"},
    "age": {"type": "integer", "minimum": 18},
    "hobby": {"type": "string"},
}
STEPS = [
    step("who", fields=["email", "age"]),
    step("notice"),
    step("leisure", fields=["hobby"], required=False),
]


@pytest.fixture
def workflow(make_workflow: Builder[Workflow]) -> Workflow:
    return make_workflow(properties=PROPERTIES, required=["email", "age"], steps=STEPS)


def test_valid_values_are_stored_although_others_are_refused(client: APIClient, workflow: Workflow) -> None:
    response = submit(client, workflow, {"email": "a@b.example", "age": 5})

    assert (response.status_code, response.json()["outcome"]) == (200, "partial")
    assert stored(workflow).state_data == {"email": "a@b.example"}
    assert stored(workflow).attempts == {"age": 1}


def test_an_atomic_submission_with_a_refused_value_stores_nothing(client: APIClient, workflow: Workflow) -> None:
    response = submit(client, workflow, {"email": "a@b.example", "age": 5}, atomic=True)

    assert answered(response) == (400, "rejected")
    assert [found["field"] for found in response.json()["rejected"]] == ["age"]
    assert (stored(workflow).state_data, stored(workflow).revision) == ({}, workflow.revision)


def test_a_refused_answer_changes_nothing_says_why_and_is_counted(client: APIClient, workflow: Workflow) -> None:
    for attempt in (1, 2):
        response = submit(client, workflow, {"age": 5})

        assert answered(response) == (400, "rejected")
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["rejected"] == [
            {"field": "age", "code": "minimum", "message": "Age must be at least 18.", "attempts": attempt}
        ]
        assert (response.json()["next"], response.json()["workflow"]["revision"]) == ("collect", 1)
    assert timeline(workflow.pk)[2:] == ["workflow.submitted"] * 2
    assert [event.data["rejected"] for event in Event.objects.filter(type="workflow.submitted")] == [
        [{"at": "age", "code": "minimum"}]
    ] * 2


def test_clearing_takes_a_value_out(client: APIClient, workflow: Workflow) -> None:
    submit(client, workflow, {"email": "a@b.example", "age": 40})

    response = submit(client, workflow, clear=["age"])

    assert (response.json()["outcome"], response.json()["workflow"]["missing"]) == ("applied", ["age"])
    assert stored(workflow).state_data == {"email": "a@b.example"}


def test_a_correction_names_what_was_there_before(client: APIClient, workflow: Workflow) -> None:
    submit(client, workflow, {"age": 40})

    response = submit(client, workflow, {"age": 41})

    assert response.json()["corrected"] == [{"field": "age", "from": 40, "to": 41}]
    assert stored(workflow).revision == workflow.revision + 2


def test_a_workflow_ends_when_values_acknowledgement_and_skip_are_all_given(
    client: APIClient, workflow: Workflow
) -> None:
    first = submit(client, workflow, {"email": "a@b.example", "age": 40})
    second = submit(client, workflow, acknowledge=["notice"])
    third = submit(client, workflow, skip=["leisure"])

    assert [response.json()["completed_steps"] for response in (first, second, third)] == [
        ["who"],
        ["notice"],
        ["leisure"],
    ]
    assert (stored(workflow).skipped_steps, stored(workflow).acknowledged_steps) == (["leisure"], ["notice"])
    assert (third.json()["next"], stored(workflow).status, stored(workflow).outcome) == ("done", *["completed"] * 2)
    assert stored(workflow).current_step == ""
    assert timeline(workflow.pk)[-3:] == ["workflow.submitted", "workflow.step_completed", "workflow.completed"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"skip": ["who"]}, "step_required"),
        ({"skip": ["nothing"]}, "unknown_step"),
        ({"acknowledge": ["who"]}, "step_needs_answers"),
    ],
)
def test_a_step_that_cannot_be_passed_over_is_refused(
    client: APIClient, workflow: Workflow, body: dict[str, Any], code: str
) -> None:
    response = submit(client, workflow, **body)

    assert answered(response) == (400, "rejected")
    assert response.json()["rejected"][0]["code"] == code


def test_a_stale_expected_revision_is_a_conflict_that_names_the_stored_one(
    client: APIClient, workflow: Workflow
) -> None:
    submit(client, workflow, {"age": 40}, expected_revision=1)

    response = submit(client, workflow, {"age": 41}, expected_revision=1)

    assert answered(response) == (409, "revision_conflict")
    assert (response.json()["expected_revision"], response.json()["revision"]) == (1, 2)
    assert stored(workflow).state_data == {"age": 40}


@pytest.mark.parametrize("body", [{}, {"data": {"age": 40}}, {"data": {"colour": "red"}}, {"clear": ["hobby"]}])
def test_what_changes_nothing_is_a_noop_without_event_or_revision(
    client: APIClient, workflow: Workflow, body: dict[str, Any]
) -> None:
    submit(client, workflow, {"age": 40})
    before = stored(workflow), timeline(workflow.pk)

    response = client.post(f"/api/workflows/{workflow.pk}/submit", body)

    after = stored(workflow)
    assert (response.status_code, response.json()["outcome"]) == (200, "noop")
    assert (after.revision, after.state_data, after.updated_at) == (
        before[0].revision,
        before[0].state_data,
        before[0].updated_at,
    )
    assert timeline(workflow.pk) == before[1]


def test_a_field_both_given_and_cleared_is_refused(client: APIClient, workflow: Workflow) -> None:
    response = submit(client, workflow, {"age": 40}, clear=["age"])

    assert answered(response) == (400, "field_given_and_cleared")


def test_a_step_is_left_and_entered_again_with_what_was_known(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    car = {"field": "purpose", "op": "==", "value": "car"}
    workflow = make_workflow(
        properties={"purpose": {"enum": ["car", "home"]}, "plate": {"type": "string"}, "last": {"type": "string"}},
        steps=[step("what", fields=["purpose"]), step("car", fields=["plate"], when=car), step("end", fields=["last"])],
    )
    submit(client, workflow, {"purpose": "car", "plate": "AB-123"})

    for _ in range(2):
        left = submit(client, workflow, {"purpose": "home"}).json()
        entered = submit(client, workflow, {"purpose": "car"}).json()

        assert (left["parked"], left["restored"], left["workflow"]["state_data"]) == (
            ["plate"],
            [],
            {"purpose": "home"},
        )
        assert (entered["parked"], entered["restored"]) == ([], ["plate"])
        assert entered["workflow"]["state_data"] == {"purpose": "car", "plate": "AB-123"}
    flips = Event.objects.of(workflow.pk).filter(type="workflow.submitted")[1:]
    assert [event.data.get("parked", event.data.get("restored")) for event in flips] == [["plate"]] * 4


def test_a_broken_rule_keeps_its_step_open_and_says_what_to_ask_again(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    after = {"field": "end", "op": ">", "ref": "start"}
    workflow = make_workflow(
        properties={"start": {"type": "string", "format": "date"}, "end": {"type": "string", "format": "date"}},
        steps=[
            step(
                "dates",
                fields=["start", "end"],
                rules=[{"check": after, "message": "End after start.", "field": "end"}],
            )
        ],
    )

    broken = submit(client, workflow, {"start": "2026-05-02", "end": "2026-05-01"}).json()
    settled = submit(client, workflow, {"end": "2026-05-03"}).json()

    assert broken["outcome"] == "applied"
    assert broken["unmet"] == [{"step": "dates", "fields": ["end"], "message": "End after start."}]
    assert (broken["workflow"]["status"], broken["workflow"]["current_step"]) == ("active", "dates")
    assert (settled["unmet"], settled["workflow"]["status"]) == ([], "completed")
