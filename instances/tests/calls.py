"""Requests about workflows as tests make them, and what is stored afterwards."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from rest_framework.test import APIClient

from events.models import Event
from instances.models import Workflow

if TYPE_CHECKING:  # what a test client returns has a name in the stubs alone
    from rest_framework.response import _MonkeyPatchedResponse

type Answer = _MonkeyPatchedResponse


def start(client: APIClient, **order: Any) -> Answer:
    """Start a workflow of user `u1` in conversation `c1`, unless the order says otherwise."""
    return client.post("/api/workflows", {"conversation_id": "c1", "user_id": "u1", **order})


def act(client: APIClient, workflow: Workflow, name: str, **body: Any) -> Answer:
    """Do one of the acts to a workflow."""
    return client.post(f"/api/workflows/{workflow.pk}/{name}", body)


def submit(client: APIClient, workflow: Workflow, data: dict[str, Any] | None = None, **more: Any) -> Answer:
    """Give values."""
    return act(client, workflow, "submit", data=data or {}, **more)


def patch(client: APIClient, workflow: Workflow, **body: Any) -> Answer:
    """Change values and metadata."""
    return client.patch(f"/api/workflows/{workflow.pk}", body)


def put(client: APIClient, workflow: Workflow, **body: Any) -> Answer:
    """Replace values and metadata."""
    return client.put(f"/api/workflows/{workflow.pk}", body)


def stored(workflow: Workflow) -> Workflow:
    """Return the workflow as it is stored now."""
    return Workflow.objects.get(pk=workflow.pk)


def answered(response: Answer) -> tuple[int, str]:
    """Return the status and the code of a problem."""
    return response.status_code, response.json()["code"]


def timeline(workflow_id: UUID | str) -> list[str]:
    """Return the types of a workflow's events, oldest first."""
    return list(Event.objects.of(UUID(str(workflow_id))).values_list("type", flat=True))


def begun(client: APIClient, template: str, **order: Any) -> dict[str, Any]:
    """Start a workflow for a customer, and return the answer."""
    response = start(client, **{"template": template, "user_type": "customer", **order})
    assert response.status_code == 201, response.content
    body: dict[str, Any] = response.json()
    return body


def finish(client: APIClient, workflow: dict[str, Any], **data: Any) -> dict[str, Any]:
    """Give a workflow all that is asked for, an e-mail address without more, and return the answer."""
    path = f"/api/workflows/{workflow['id']}/submit"
    response = client.post(path, {"data": data or {"email": "a@b.example"}})
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


def seen(client: APIClient, workflow: dict[str, Any]) -> dict[str, Any]:
    """Return a workflow as it is answered now."""
    body: dict[str, Any] = client.get(f"/api/workflows/{workflow['id']}").json()
    return body
