"""What may be sent in a PATCH or PUT of a workflow, and what a hostile one comes to."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from instances.models import Workflow
from instances.tests.calls import answered, patch, put, stored, submit

PROPERTIES: dict[str, Any] = {"amount": {"type": "number"}, "address": {"type": "object"}, "last": {"type": "string"}}


@pytest.fixture
def workflow(make_workflow: Callable[..., Workflow]) -> Workflow:
    return make_workflow(properties=PROPERTIES)


@pytest.mark.parametrize("method", ["patch", "put"])
@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"state_data": []}, "/state_data"),
        ({"state_data": None}, "/state_data"),
        ({"state_data": {}, "metadata": None}, "/metadata"),
        ({"state_data": {}, "metadata": [1]}, "/metadata"),
        ({"state_data": {}, "metadata": "x"}, "/metadata"),
        ({"state_data": {}, "expected_revision": -1}, "/expected_revision"),
        ({"state_data": {}, "data": {}}, "/data"),
        ({"state_data": {}, "atomic": False}, "/atomic"),
        ({"state_data": {}, "state": "completed"}, "/state"),
    ],
)
def test_a_body_of_another_shape_is_refused_at_its_place(
    client: APIClient, workflow: Workflow, method: str, body: dict[str, Any], path: str
) -> None:
    response = getattr(client, method)(f"/api/workflows/{workflow.pk}", body)

    assert answered(response) == (400, "invalid")
    assert [error["path"] for error in response.json()["errors"]] == [path]
    assert stored(workflow).revision == workflow.revision


def test_a_put_says_what_is_to_be_there(client: APIClient, workflow: Workflow) -> None:
    submit(client, workflow, {"last": None, "amount": 7})

    refused = put(client, workflow)

    assert [error["path"] for error in refused.json()["errors"]] == ["/state_data"]
    assert stored(workflow).state_data == {"amount": 7}
    assert patch(client, workflow).json()["outcome"] == "noop"


def test_keys_of_our_own_answers_are_not_read(client: APIClient, workflow: Workflow) -> None:
    ours = {"id": 5, "status": "completed", "next": {}, "revision": 99, "skipped_steps": ["last"], "outcome": None}

    response = patch(client, workflow, **ours, resumable="x", confirmation=[], missing=0, submission=1)

    assert (response.status_code, response.json()["outcome"]) == (200, "noop")
    assert (stored(workflow).status, stored(workflow).revision) == ("active", workflow.revision)


@pytest.mark.parametrize("method", ["patch", "put"])
def test_values_and_metadata_as_deep_as_a_body_may_be(client: APIClient, workflow: Workflow, method: str) -> None:
    deep: Any = 1
    for _ in range(29):
        deep = {"a": deep}
    body = {"state_data": {"address": deep}, "metadata": {"m": deep}}

    for _ in range(2):
        response = getattr(client, method)(f"/api/workflows/{workflow.pk}", body)
        assert response.status_code == 200
    deeper = getattr(client, method)(f"/api/workflows/{workflow.pk}", {**body, "metadata": {"m": {"a": {"a": deep}}}})

    assert (stored(workflow).state_data["address"], stored(workflow).metadata) == (deep, {"m": deep})
    assert answered(deeper) == (400, "unreadable_json")


@pytest.mark.parametrize("key", ["metadata", "state_data"])
def test_many_patches_do_not_pile_up_beyond_what_one_put_could_bring(
    client: APIClient, workflow: Workflow, key: str
) -> None:
    def piece(number: int) -> dict[str, Any]:
        part = {f"k{number}": "x" * 600_000}
        return {key: part if key == "metadata" else {"address": part}}

    first, second = (patch(client, workflow, **piece(number)) for number in (1, 2))
    replaced = patch(client, workflow, **piece(1))

    assert first.status_code == replaced.status_code == 200
    assert answered(second) == (400, "merged_too_large")
    assert stored(workflow).revision == workflow.revision + 1


def test_an_idempotency_key_says_nothing_here(client: APIClient, workflow: Workflow) -> None:
    path, key = f"/api/workflows/{workflow.pk}", {"Idempotency-Key": "k"}

    answers = [client.patch(path, {"state_data": {"amount": n}}, headers=key) for n in (7, 8)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert stored(workflow).state_data == {"amount": 8}
