"""Evidence over HTTP: what it takes, what it refuses, and that nothing of it is kept."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from rest_framework.test import APIClient

from engine.evidence import MAX_MESSAGE, MAX_QUOTE, MAX_QUOTES
from instances.models import Workflow
from instances.tests.calls import act, answered, stored, submit

type Builder[T] = Callable[..., T]

TELLING = "Kubrick"
SAID = f"My cat {TELLING} says I need five grand."


@pytest.fixture
def workflow(make_workflow: Builder[Workflow]) -> Workflow:
    properties = {
        "amount": {"type": "number"},
        "pets": {"type": "array", "items": {"type": "string"}},
        "last": {"type": "string"},
    }
    return make_workflow(properties=properties)


def test_a_quote_that_was_said_is_taken_and_one_that_was_not_refuses_its_value(
    client: APIClient, workflow: Workflow
) -> None:
    evidence = {"amount": "I need FIVE  grand", "last": "nine lives"}

    answer = submit(client, workflow, {"amount": 5000, "last": "x"}, evidence=evidence, message=SAID).json()

    assert answer["outcome"] == "partial"
    assert answer["accepted"] == [{"field": "amount"}]
    (refused,) = answer["rejected"]
    assert (refused["field"], refused["code"]) == ("last", "no_evidence")
    assert "attempts" not in refused
    assert "verbatim" in refused["message"]
    after = stored(workflow)
    assert (after.state_data, after.attempts, after.contested_fields) == ({"amount": 5000}, {}, [])


def test_evidence_that_is_for_nothing_is_ignored_and_told(client: APIClient, workflow: Workflow) -> None:
    answer = submit(client, workflow, {"amount": 5}, evidence={"amuont": "five"}, message=SAID).json()

    assert answer["outcome"] == "applied"
    assert answer["ignored"] == [{"field": "amuont", "reason": "evidence_without_value"}]


@pytest.mark.parametrize("name", ["resume", "retry"])
def test_resume_and_retry_take_evidence_too(client: APIClient, workflow: Workflow, name: str) -> None:
    status = {"resume": "paused", "retry": "failed"}[name]
    Workflow.objects.filter(pk=workflow.pk).update(status=status)

    answer = act(client, workflow, name, data={"amount": 5}, evidence={"amount": "six"}, message=SAID).json()

    assert answer["outcome"] == "partial"
    assert [found["code"] for found in answer["rejected"]] == ["no_evidence"]


def test_a_retry_with_nothing_but_a_message_asks_for_the_same_again(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    failed = make_workflow(end_action_type="workflow", end_action_target="nowhere", state_data={"email": "a@b.example"})

    answer = act(client, failed, "retry", message="Try again.", evidence={}).json()

    assert answer["workflow"]["status"] == "failed"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"evidence": {"amount": "five"}}, "/message"),
        ({"evidence": {"amount": 5}, "message": SAID}, "/evidence/amount"),
        ({"evidence": {"amount": None}, "message": SAID}, "/evidence/amount"),
        ({"evidence": {"amount": "x" * (MAX_QUOTE + 1)}, "message": SAID}, "/evidence/amount"),
        ({"evidence": ["five"], "message": SAID}, "/evidence"),
        ({"message": "x" * (MAX_MESSAGE + 1)}, "/message"),
        ({"message": None}, "/message"),
        ({"message": {"text": SAID}}, "/message"),
    ],
)
def test_evidence_of_a_wrong_shape_is_refused_and_not_repeated(
    client: APIClient, workflow: Workflow, body: dict[str, Any], path: str
) -> None:
    response = submit(client, workflow, {"amount": 5}, **body)

    assert response.status_code == 400
    assert [error["path"] for error in response.json()["errors"]] == [path]
    assert TELLING not in response.content.decode()
    assert stored(workflow).state_data == {}


def test_too_many_quotes_are_refused(client: APIClient, workflow: Workflow) -> None:
    evidence = {f"f{number}": "x" for number in range(MAX_QUOTES + 1)}

    assert answered(submit(client, workflow, evidence=evidence, message="x")) == (400, "evidence_too_long")


def test_without_evidence_a_message_says_nothing(client: APIClient, workflow: Workflow) -> None:
    answer = submit(client, workflow, {"amount": 5}, message="").json()

    assert answer["outcome"] == "applied"


def test_neither_the_quote_nor_the_message_is_stored_or_answered(client: APIClient, workflow: Workflow) -> None:
    body = {"evidence": {"amount": f"{TELLING} says", "last": f"no {TELLING}"}, "message": SAID}
    key = {"Idempotency-Key": "k1"}
    path = f"/api/workflows/{workflow.pk}/submit"

    first = client.post(path, {"data": {"amount": 5, "last": "x"}, **body}, headers=key)
    again = client.post(path, {"data": {"amount": 5, "last": "x"}, **body}, headers=key)
    other = client.post(path, {"data": {"amount": 5, "last": "x"}, **body, "message": "Other."}, headers=key)

    assert first.json()["outcome"] == "partial"
    assert again.json() == first.json()
    assert answered(other) == (400, "idempotency_key_reused")
    assert TELLING not in first.content.decode()
    for model in apps.get_models():
        assert TELLING not in str(list(model._default_manager.values())), model


def test_a_stranger_learns_nothing_by_quoting(stranger: APIClient, workflow: Workflow) -> None:
    response = submit(stranger, workflow, {"amount": 5}, evidence={"amount": "x"}, message="y")

    assert response.status_code == 404
