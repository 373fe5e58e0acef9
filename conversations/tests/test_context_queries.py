"""What a context asks the database: the same few questions, whatever the size of what it tells."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from conftest import step
from instances.models import Workflow
from instances.tests.calls import act, submit
from permissions.models import UserType
from registry.models import WorkflowTemplate

type Builder[T] = Callable[..., T]

CONTEXT = 4
"""The key, the workflow, what else is in the conversation, what else could be started."""


@pytest.fixture
def large(make_workflow: Builder[Workflow]) -> Workflow:
    names = [f"field_{number}" for number in range(60)]
    return make_workflow(
        properties={name: {"type": "string"} for name in names},
        steps=[step(f"s{number}", fields=names[number * 3 : number * 3 + 3]) for number in range(20)],
        confirmation="required",
    )


def test_the_number_of_queries_is_the_same_for_small_and_large(
    client: APIClient,
    large: Workflow,
    make_workflow: Builder[Workflow],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    submit(client, large, {f"field_{number}": "x" for number in range(60)})
    for workflow in (make_workflow(), large):
        client.get(f"/api/workflows/{workflow.pk}/context")  # its definition is remembered from now on
        with django_assert_num_queries(CONTEXT):
            context = client.get(f"/api/workflows/{workflow.pk}/context").json()

    assert context["confirmation"]["token"]


def test_many_paused_and_many_startable_cost_no_more(
    client: APIClient,
    make_workflow: Builder[Workflow],
    make_template: Builder[WorkflowTemplate],
    make_user_type: Builder[UserType],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    kyc = make_template(name="kyc")
    needs: list[Any] = ["kyc", {"template": "kyc", "check": {"field": "email", "op": "answered"}}]
    others = [make_template(name=f"t{number}", prerequisites=[needs[number % 2]]) for number in range(12)]
    kind = make_user_type(kyc, *others)
    for _ in range(12):
        act(client, make_workflow(template=kyc, user_type=kind, conversation_id="c1"), "pause")
        submit(client, make_workflow(template=kyc, user_type=kind), {"email": "a@b.example"})
    person = {"user_type": kind.name, "user_id": "user 1"}
    client.get("/api/conversations/c1/context", person)

    with django_assert_num_queries(7):  # key, user type, active one, slot, what is paused, startable, and completed
        context = client.get("/api/conversations/c1/context", person).json()
    active = make_workflow(template=kyc, user_type=kind, conversation_id="c1")
    with django_assert_num_queries(CONTEXT):
        beside = client.get(f"/api/workflows/{active.pk}/context").json()
    for said in ({}, person):  # who it is, looked up or found out, is one more
        with django_assert_num_queries(CONTEXT + 1):
            assert client.get("/api/conversations/c1/context", said).json()["workflow"]["id"] == str(active.pk)

    assert len(context["startable"]) == 13
    assert "requires" not in context["startable"][-1]
    assert (len(context["resumable"]), len(beside["resumable"]), len(beside["switchable"])) == (10, 10, 12)


def test_an_included_context_costs_two_queries_more(
    client: APIClient,
    large: Workflow,
    django_assert_num_queries: DjangoAssertNumQueries,
    django_assert_max_num_queries: Any,
) -> None:
    path = f"/api/workflows/{large.pk}/submit"
    client.post(path, {"data": {"field_0": "a"}})
    with CaptureQueriesContext(connection) as plain:
        client.post(path, {"data": {"field_0": "b"}})

    with django_assert_num_queries(len(plain) + 2):
        client.post(f"{path}?include=context", {"data": {"field_0": "c"}})
