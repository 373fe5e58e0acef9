"""Lists that are filled entry by entry over HTTP: what is stored, what is told, and nothing is added twice."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from rest_framework.test import APIClient

from events.models import Event
from instances.models import Workflow
from instances.tests.calls import Answer, act, answered, stored
from instances.tests.racing import at_once

type Builder[T] = Callable[..., T]

PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name"],
}
PROPERTIES: dict[str, Any] = {
    "people": {"type": "array", "items": PERSON},
    "size": {"type": "integer", "x-computed": {"count": "people"}},
    "pins": {"type": "array", "items": {"type": "string"}, "x-sensitive": "mask"},
    "spokesman": {"type": "string", "x-choices": {"ref": "pins"}},
    "city": {"type": "string"},
}


@pytest.fixture
def workflow(make_workflow: Builder[Workflow]) -> Workflow:
    steps = [{"id": "all", "name": "All", "fields": ["people", "pins", "spokesman", "city"]}]
    return make_workflow(properties=PROPERTIES, steps=steps, required=["people", "pins", "spokesman", "city"])


def append(client: APIClient, workflow: Workflow, key: str = "key-1", **lists: Any) -> Answer:
    return client.post(f"/api/workflows/{workflow.pk}/submit", {"append": lists}, headers={"Idempotency-Key": key})


def test_entries_get_ids_and_are_told(client: APIClient, workflow: Workflow) -> None:
    answer = append(client, workflow, people=[{"name": "Ada", "age": 36}, {"name": "Bo"}]).json()

    assert answer["accepted"] == [{"field": "people", "appended": [1, 2]}]
    assert answer["workflow"]["item_ids"] == {"people": [1, 2]}
    assert answer["workflow"]["state_data"] == {"people": [{"name": "Ada", "age": 36}, {"name": "Bo"}], "size": 2}


def test_an_entry_is_taken_out_by_its_id(client: APIClient, workflow: Workflow) -> None:
    append(client, workflow, people=[{"name": "Ada"}, {"name": "Bo"}])

    answer = act(client, workflow, "submit", remove={"people": [1, 7]}).json()

    assert answer["accepted"] == [{"field": "people", "removed": [1]}]
    assert answer["ignored"] == [{"field": "people", "path": "/remove/people/1", "reason": "unknown_item"}]
    assert (stored(workflow).state_data, stored(workflow).item_ids) == ({"people": [{"name": "Bo"}]}, {"people": [2]})


def test_an_entry_that_gives_way_to_an_equal_one_gives_way_to_another_id(client: APIClient, workflow: Workflow) -> None:
    append(client, workflow, people=[{"name": "Ada"}, {"name": "Bo"}])
    again = {"remove": {"people": [2]}, "append": {"people": [{"name": "Bo"}]}, "expected_revision": 2}

    answer = act(client, workflow, "submit", **again).json()
    read = client.get(f"/api/workflows/{workflow.pk}").json()

    assert answer["accepted"] == [{"field": "people", "appended": [3], "removed": [2]}]
    assert (answer["workflow"]["item_ids"], answer["workflow"]["revision"]) == ({"people": [1, 3]}, 3)
    assert (read["item_ids"], read["revision"]) == ({"people": [1, 3]}, 3)


def test_a_refused_entry_is_named_by_its_place(client: APIClient, workflow: Workflow) -> None:
    response = append(client, workflow, people=[{"name": "Ada"}, {"name": "Bo", "age": -1}])

    assert (response.status_code, response.json()["outcome"]) == (200, "partial")
    (refused,) = response.json()["rejected"]
    assert (refused["field"], refused["path"], refused["code"]) == ("people", "/append/people/1/age", "minimum")


def test_nothing_is_appended_that_could_be_appended_twice(client: APIClient, workflow: Workflow) -> None:
    refused = act(client, workflow, "submit", append={"people": [{"name": "Ada"}]})
    taken = act(client, workflow, "submit", append={"people": [{"name": "Ada"}]}, expected_revision=workflow.revision)
    again = act(client, workflow, "submit", append={"people": [{"name": "Ada"}]}, expected_revision=workflow.revision)

    assert answered(refused) == (400, "append_unprotected")
    assert (taken.status_code, answered(again)) == (200, (409, "revision_conflict"))
    assert stored(workflow).state_data == {"people": [{"name": "Ada"}]}


@pytest.mark.django_db(transaction=True)
def test_many_deliveries_of_one_message_append_once(client: APIClient, workflow: Workflow) -> None:
    answers = at_once([partial(append, client, workflow, people=[{"name": "Ada"}]) for _ in range(8)])

    assert {answer.status_code for answer in answers} == {200}
    assert stored(workflow).state_data == {"people": [{"name": "Ada"}]}


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"append": {"people": {"name": "Ada"}}}, "/append/people"),
        ({"append": [1]}, "/append"),
        ({"remove": {"people": 1}}, "/remove/people"),
        ({"remove": {"people": ["1"]}}, "/remove/people"),
        ({"remove": {"people": [True]}}, "/remove/people"),
    ],
)
def test_lists_of_the_wrong_shape_are_named(
    client: APIClient, workflow: Workflow, body: dict[str, Any], path: str
) -> None:
    response = act(client, workflow, "submit", **body)

    assert answered(response) == (400, "invalid")
    assert [wrong["path"] for wrong in response.json()["errors"]] == [path]


def test_private_entries_leave_digests_in_the_event_and_no_trace_in_an_answer(
    client: APIClient, workflow: Workflow
) -> None:
    first = append(client, workflow, pins=["secret-1", "secret-2"], people=[{"name": "Ada"}])
    refused = act(client, workflow, "submit", data={"spokesman": "nobody"})
    chosen = act(client, workflow, "submit", data={"spokesman": "secret-2"})

    event = Event.objects.of(workflow.pk).filter(type="workflow.submitted").first()
    assert event is not None
    assert set(event.data["appended"]["pins"]["1"]) == {"digest"}
    assert event.data["appended"]["people"] == {"3": {"name": "Ada"}}
    assert refused.json()["rejected"][0]["message"] == "Spokesman is not one of the choices."
    assert first.json()["ask_next"][0]["field"] == "spokesman"
    assert first.json()["ask_next"][0]["choices"] == []
    assert chosen.json()["workflow"]["state_data"]["spokesman"] == "***"
    for response in (first, refused, chosen):
        assert b"secret-" not in response.content


def test_who_may_see_them_is_offered_the_choices(make_client: Builder[APIClient], workflow: Workflow) -> None:
    trusted = make_client(scopes=["workflows:run", "workflows:sensitive"])

    answer = append(trusted, workflow, pins=["a", "b"], people=[{"name": "Ada"}]).json()

    assert answer["ask_next"][0]["choices"] == [{"value": "a", "title": "a"}, {"value": "b", "title": "b"}]


def test_a_computed_value_is_nobodys_to_give(client: APIClient, workflow: Workflow) -> None:
    answer = act(client, workflow, "submit", data={"size": 7}, clear=["people"]).json()

    assert answer["ignored"] == [{"field": "people", "reason": "empty"}, {"field": "size", "reason": "computed"}]
    assert answer["outcome"] == "noop"


def test_a_stranger_appends_nothing(stranger: APIClient, workflow: Workflow) -> None:
    assert answered(append(stranger, workflow, people=[{"name": "Ada"}])) == (404, "not_found")
    assert stored(workflow).state_data == {}
