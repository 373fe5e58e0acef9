"""Contexts over HTTP: what a model is told, and who may ask."""

from collections.abc import Callable

from rest_framework.test import APIClient

from instances.models import Workflow

type Builder[T] = Callable[..., T]


def test_a_context_tells_what_to_ask_next(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow(guidelines="Be kind.")

    response = client.get(f"/api/workflows/{workflow.pk}/context")

    context = response.json()
    assert response.status_code == 200
    assert [entry["field"] for entry in context["ask_next"]] == ["email"]
    assert "Be kind." in context["prompt"]["stable"]
    assert '"email"' in context["prompt"]["dynamic"]


def test_a_stranger_learns_nothing_of_a_workflow(stranger: APIClient, make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow()

    assert stranger.get(f"/api/workflows/{workflow.pk}/context").status_code == 404
