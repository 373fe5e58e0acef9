"""Lists of workflows and their events: filters, pages, and how many queries all of it takes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from conftest import NOW
from instances.models import Workflow
from instances.tests.calls import act, answered, start, submit
from permissions.models import UserType
from registry import definitions
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

type Builder[T] = Callable[..., T]


def found(client: APIClient, **parameters: Any) -> list[str]:
    """Return the conversations of the workflows that a list with these parameters shows."""
    response = client.get("/api/workflows", parameters)
    assert response.status_code == 200, response.content
    return [row["conversation_id"] for row in response.json()["results"]]


@pytest.fixture
def three(make_template: Builder[WorkflowTemplate], make_workflow: Builder[Workflow]) -> list[Workflow]:
    """Workflows of conversations c0, c1 and c2, a day apart, of which c0 belongs to another template."""
    loan, survey = make_template(name="loan", category="financial"), make_template(name="survey", category="research")
    made = [make_workflow(template=survey if n == 0 else loan, conversation_id=f"c{n}") for n in range(3)]
    for n, workflow in enumerate(made):
        changes = {"created_at": NOW + timedelta(days=n), "user_id": f"u{n}"}
        Workflow.objects.filter(pk=workflow.pk).update(**changes)
    return made


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, ["c2", "c1", "c0"]),
        ({"conversation_id": "c1"}, ["c1"]),
        ({"user_id": "u2"}, ["c2"]),
        ({"category": "financial"}, ["c2", "c1"]),
        ({"category": "unheard of"}, []),
        ({"status": "active"}, ["c2", "c1"]),
        ({"status": "cancelled"}, ["c0"]),
        ({"created_after": "2026-03-01T12:00:00Z"}, ["c2", "c1"]),
        ({"created_before": "2026-03-02T13:00:00+01:00"}, ["c0"]),
        ({"created_after": "2026-03-01T12:00:00Z", "created_before": "2026-03-03T12:00:00Z"}, ["c1"]),
        ({"category": "financial", "user_id": "u1", "status": "active"}, ["c1"]),
        ({"skip": 1, "limit": 1}, ["c1"]),
    ],
)
def test_the_list_is_narrowed_and_newest_first(
    client: APIClient, three: list[Workflow], parameters: dict[str, Any], expected: list[str]
) -> None:
    act(client, three[0], "cancel")

    assert found(client, **parameters) == expected


def test_the_list_is_narrowed_to_a_template(client: APIClient, three: list[Workflow]) -> None:
    assert found(client, template_id=three[1].template_id) == ["c2", "c1"]


def test_pages_tell_the_count_and_where_the_others_are(client: APIClient, three: list[Workflow]) -> None:
    body = client.get("/api/workflows", {"skip": 1, "limit": 1}).json()

    assert body["count"] == 3
    assert found(client, **_query(body["next"])) == ["c0"]
    assert found(client, **_query(body["previous"])) == ["c2"]


def _query(url: str) -> dict[str, str]:
    return dict(part.split("=") for part in url.partition("?")[2].split("&"))


@pytest.mark.parametrize(
    "parameters",
    [
        {"status": "running"},
        {"template_id": "loan"},
        {"created_after": "yesterday"},
        {"conversation": "c1"},
        {"skip": -1},
        {"limit": 1001},
    ],
)
def test_a_parameter_that_is_not_understood_is_an_error(
    client: APIClient, three: list[Workflow], parameters: dict[str, Any]
) -> None:
    response = client.get("/api/workflows", parameters)

    assert answered(response) == (400, "invalid")
    assert response.json()["errors"]


def test_a_limited_key_lists_the_workflows_of_its_user_types_alone(
    make_client: Builder[APIClient], stranger: APIClient, three: list[Workflow]
) -> None:
    mine = make_client(user_types=[three[1].user_type])

    assert found(mine) == ["c1"]
    assert found(stranger) == []


def test_the_timeline_is_in_order_and_comes_in_pages(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow(properties={"a": {"type": "string"}, "b": {"type": "string"}})
    submit(client, workflow, {"a": "x"})

    whole = client.get(f"/api/workflows/{workflow.pk}/events").json()
    page = client.get(f"/api/workflows/{workflow.pk}/events", {"skip": 1, "limit": 1}).json()

    assert [event["type"] for event in whole["results"]] == [
        "workflow.created",
        "workflow.activated",
        "workflow.submitted",
    ]
    assert [event["sequence"] for event in page["results"]] == [2]
    assert whole["results"][2]["data"]["set"] == {"a": "x"}
    assert whole["results"][2]["actor"].startswith("key:")


def test_a_parameter_that_a_timeline_does_not_know_is_refused(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    response = client.get(f"/api/workflows/{make_workflow().pk}/events", {"limits": 5})

    assert response.status_code == 400
    assert "'limit'" in response.content.decode()


# Every count has the query that finds the API key; PostgreSQL has one more that locks the person.
LOCKS = int(connection.vendor == "postgresql")


def test_a_list_of_a_hundred_takes_as_many_queries_as_a_list_of_five(
    client: APIClient,
    make_template: Builder[WorkflowTemplate],
    make_workflow: Builder[Workflow],
    make_user_type: Builder[UserType],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    template, target = make_template(end_action_type="workflow", end_action_target="next"), make_template(name="next")
    kind = make_user_type(template, target)
    for turn in range(50):
        if turn % 10 == 0:
            WorkflowRegistry.change(template.pk, {"guidelines": f"turn {turn}"}, actor="author", at=NOW)
        given = {"email": "a@b.example"} if turn % 2 else {}
        make_workflow(template=template, user_type=kind, state_data=given)
        make_workflow(template=target, user_type=kind)
    client.get("/api/workflows", {"limit": 1})

    for limit in (5, 100):
        with django_assert_num_queries(3):
            rows = client.get("/api/workflows", {"limit": limit}).json()["results"]
        assert len(rows) == limit
    assert len({row["version"] for row in rows}) > 1
    assert any(row["successor_id"] for row in rows)
    definitions.forget_all()
    with django_assert_num_queries(4):
        client.get("/api/workflows", {"limit": 100})


def test_showing_starting_and_submitting_take_a_known_number_of_queries(
    client: APIClient, make_workflow: Builder[Workflow], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    workflow = make_workflow(properties={"a": {"type": "string"}, "b": {"type": "string"}})
    kind = {"template_id": workflow.template_id, "user_type_id": workflow.user_type_id}
    client.get("/api/workflows", {"limit": 1})

    with django_assert_num_queries(2):
        client.get(f"/api/workflows/{workflow.pk}")
    with django_assert_num_queries(4):
        client.get(f"/api/workflows/{workflow.pk}/events")
    with django_assert_num_queries(12 + LOCKS):
        assert start(client, **kind, conversation_id="another").status_code == 201
    with django_assert_num_queries(9 + LOCKS):
        assert submit(client, workflow, {"a": "x"}).status_code == 200
    path = f"/api/workflows/{workflow.pk}"
    with django_assert_num_queries(9 + LOCKS):
        assert client.patch(path, {"state_data": {"a": "y"}, "metadata": {"k": 1}}).status_code == 200
    with django_assert_num_queries(10 + LOCKS):  # whose it is is asked first
        assert client.put(path, {"state_data": {}}).status_code == 200
