"""Corrections over HTTP: what is stored, what is told, and what is read."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from events.models import Event
from instances.models import Workflow
from instances.tests.calls import stored, submit

type Builder[T] = Callable[..., T]

PROPERTIES: dict[str, Any] = {
    "count": {"type": "integer", "minimum": 1},
    "filling": {"type": "string", "x-depends-on": ["count"], "x-on-change": "reset"},
    "pin": {"type": "number", "x-sensitive": "mask"},
}


@pytest.fixture
def workflow(make_workflow: Builder[Workflow]) -> Workflow:
    return make_workflow(properties=PROPERTIES, state_data={"count": 1, "filling": "egg"})


def test_a_change_takes_out_its_dependent_and_says_why(client: APIClient, workflow: Workflow) -> None:
    answer = submit(client, workflow, {"count": 2}).json()

    assert answer["corrected"] == [{"field": "count", "from": 1, "to": 2}]
    assert answer["invalidated"] == [{"field": "filling", "because": "count"}]
    assert (stored(workflow).progress.values, stored(workflow).previous_values) == ({"count": 2}, {"filling": "egg"})
    event = Event.objects.of(workflow.pk).filter(type="workflow.submitted").last()
    assert event is not None
    assert (event.data["corrected"], event.data["invalidated"]) == (["count"], {"filling": "count"})


def test_a_refused_correction_is_stored_as_a_question_and_moves_the_revision(
    client: APIClient, workflow: Workflow
) -> None:
    answer = submit(client, workflow, {"count": 0}).json()

    assert (answer["outcome"], answer["workflow"]["contested"]) == ("rejected", ["count"])
    assert (stored(workflow).contested_fields, stored(workflow).revision) == (["count"], workflow.revision + 1)
    again = submit(client, workflow, {"count": 1}).json()
    assert (again["outcome"], again["workflow"]["contested"]) == ("applied", [])


def test_what_was_read_is_told_and_masked_where_it_is_private(client: APIClient, workflow: Workflow) -> None:
    answer = submit(client, workflow, {"count": " 3 ", "pin": "1,234"}, coerce=True).json()

    assert answer["accepted"] == [
        {"field": "count", "coerced_from": " 3 "},
        {"field": "pin", "coerced_from": "***"},
    ]
    assert stored(workflow).progress.values == {"count": 3, "pin": 1234}
