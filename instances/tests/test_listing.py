"""A list of workflows is not lost for one that no key reads: that one says so, and none of its values is empty."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings
from rest_framework.test import APIClient

from instances.answers import OF_VALUES
from instances.models import Workflow
from instances.tests.calls import act, submit
from rest.encryption import KeyLost
from rest.tests.staff import browser

type Builder[T] = Callable[..., T]

TEXT = {"type": "string"}
SECRET = {"card": {**TEXT, "x-sensitive": "mask"}, "city": TEXT, "last": TEXT}


@pytest.fixture
def lost(client: APIClient, make_workflow: Builder[Workflow], settings: Settings) -> Workflow:
    """Return a workflow whose key is gone."""
    workflow = make_workflow(properties=SECRET)
    submit(client, workflow, {"card": "4929", "city": "Bern"})
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    return workflow


def rows(client: APIClient, **parameters: Any) -> dict[str, dict[str, Any]]:
    response = client.get("/api/workflows", parameters)
    assert response.status_code == 200, response.content
    return {row["id"]: row for row in response.json()["results"]}


def test_one_that_cannot_be_read_says_so_and_the_others_are_told(
    client: APIClient, lost: Workflow, make_workflow: Builder[Workflow], caplog: pytest.LogCaptureFixture
) -> None:
    other = make_workflow()
    readable = make_workflow(properties=SECRET)
    submit(client, readable, {"card": "4929", "city": "Bern"})

    found = rows(client)

    assert set(found) == {str(lost.pk), str(other.pk), str(readable.pk)}
    unreadable = found[str(lost.pk)]
    assert unreadable.pop("error") == {
        "code": "encryption_key_lost",
        "detail": KeyLost().message,
    }
    assert {name for name in OF_VALUES if unreadable[name] is None} == set(OF_VALUES)
    alone = client.get(f"/api/workflows/{readable.pk}").json()
    assert set(unreadable) == set(found[str(other.pk)]) == set(found[str(readable.pk)])
    assert (unreadable["status"], unreadable["revision"]) == ("active", 2)
    assert found[str(readable.pk)]["state_data"] == alone["state_data"]
    assert str(lost.pk) in caplog.text
    assert str(readable.pk) not in caplog.text


def test_nothing_of_what_people_said_is_told_of_one_that_cannot_be_read(client: APIClient, lost: Workflow) -> None:
    response = client.get("/api/workflows")

    assert b"Bern" not in response.content


def test_alone_it_is_refused(client: APIClient, lost: Workflow) -> None:
    refused = [client.get(f"/api/workflows/{lost.pk}"), act(client, lost, "cancel")]

    assert [(each.status_code, each.json()["code"]) for each in refused] == [(503, "encryption_key_lost")] * 2


def test_it_is_counted_and_filtered_like_any_other(client: APIClient, lost: Workflow) -> None:
    assert set(rows(client, status="active", limit=1)) == {str(lost.pk)}
    assert rows(client, status="paused") == {}


def test_the_list_in_the_admin_reads_no_values(lost: Workflow) -> None:
    page = browser("instances.view_workflow").get("/admin/instances/workflow/")

    assert page.status_code == 200
    assert str(lost.pk) in page.content.decode()
