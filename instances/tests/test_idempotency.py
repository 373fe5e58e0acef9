"""A request that is sent again changes nothing again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from instances.idempotency import KEPT_FOR
from instances.models import IdempotencyKey, Workflow
from permissions.models import UserType
from registry.models import WorkflowTemplate

KEY = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}


@pytest.fixture
def order(make_template: Callable[..., WorkflowTemplate], make_user_type: Callable[..., UserType]) -> dict[str, Any]:
    """Return the body of a start."""
    template = make_template()
    kind = make_user_type(template)
    return {"template": template.name, "user_type": kind.name, "conversation_id": "c", "user_id": "u"}


def test_the_same_request_again_gets_the_same_answer_and_starts_nothing(
    client: APIClient, order: dict[str, Any]
) -> None:
    first = client.post("/api/workflows", order, headers=KEY)
    again = client.post("/api/workflows", order, headers=KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Workflow.objects.count() == 1


def test_a_rejected_submission_is_replayed_and_its_attempt_counted_once(
    client: APIClient, order: dict[str, Any]
) -> None:
    started = client.post("/api/workflows", order).json()
    path, body = f"/api/workflows/{started['id']}/submit", {"data": {"email": "nowhere"}}

    first, again = client.post(path, body, headers=KEY), client.post(path, body, headers=KEY)

    assert (first.status_code, again.status_code) == (400, 400)
    assert again.json() == first.json()
    assert again["Content-Type"] == "application/problem+json"
    assert Workflow.objects.get().attempts == {"email": 1}


def test_the_same_key_with_another_body_is_refused(client: APIClient, order: dict[str, Any]) -> None:
    client.post("/api/workflows", order, headers=KEY)

    response = client.post("/api/workflows", {**order, "conversation_id": "other"}, headers=KEY)

    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_reused")


def test_a_refused_request_is_not_remembered(client: APIClient, order: dict[str, Any]) -> None:
    refused = client.post("/api/workflows", {**order, "template": "nothing"}, headers=KEY)

    mended = client.post("/api/workflows", order, headers=KEY)

    assert (refused.status_code, mended.status_code) == (404, 201)


def test_a_key_belongs_to_its_caller_and_path(
    client: APIClient, make_client: Callable[..., APIClient], order: dict[str, Any]
) -> None:
    started = client.post("/api/workflows", order, headers=KEY).json()

    elsewhere = client.post(f"/api/workflows/{started['id']}/submit", order | {}, headers=KEY)
    somebody = make_client().post("/api/workflows", order, headers=KEY)

    assert elsewhere.json()["code"] == "invalid"
    assert somebody.json()["code"] == "active_workflow_exists"


def test_after_a_day_a_key_is_forgotten(client: APIClient, order: dict[str, Any]) -> None:
    client.post("/api/workflows", order, headers=KEY)
    IdempotencyKey.objects.update(created_at=timezone.now() - KEPT_FOR - timedelta(seconds=1))

    response = client.post("/api/workflows", {**order, "conversation_id": "other"}, headers=KEY)

    assert response.status_code == 201
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.parametrize("key", ["", '""', "a" * 256, "naïve", "with\ttab"])
def test_a_key_that_is_none_is_refused(client: APIClient, order: dict[str, Any], key: str) -> None:
    response = client.post("/api/workflows", order, headers={"Idempotency-Key": key})

    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_invalid")
    assert Workflow.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_identical_requests_at_once_have_one_effect_and_twenty_equal_answers(
    client: APIClient, order: dict[str, Any]
) -> None:
    def post(_: int) -> tuple[int, bytes]:
        try:
            response = client.post("/api/workflows", order, headers=KEY)
            return response.status_code, response.content
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(post, range(20)))

    assert {status for status, _ in answers} == {201}
    assert len({body for _, body in answers}) == 1
    assert Workflow.objects.count() == 1
