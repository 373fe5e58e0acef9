"""What becomes true is told to who asked for it: signed, once as far as the receiver can tell, without secrets."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from rest_framework.test import APIClient
from standardwebhooks import Webhook

from deliveries.endpoint_services import WithSecret, create_endpoint
from deliveries.models import Delivery
from deliveries.tests.receivers import Received, Receiver
from deliveries.tests.working import work
from instances.models import Workflow
from instances.tests.calls import submit

type Builder[T] = Callable[..., T]


@pytest.fixture
def listening(db: None) -> Builder[WithSecret]:
    """Return a builder of endpoints at a receiver."""

    def make(server: Receiver, *event_types: str) -> WithSecret:
        return create_endpoint(url=f"{server.url}/hook", event_types=list(event_types), at=timezone.now())

    return make


def verified(received: Received, secret: str) -> dict[str, object]:
    """Return the message, if the library of Standard Webhooks says that the secret signed it."""
    message: dict[str, object] = Webhook(secret).verify(received.body, dict(received.headers))
    return message


def test_who_listens_is_told_and_can_verify_that_it_was_us(
    client: APIClient, listen: Builder[Receiver], listening: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen()
    made = listening(server, "workflow.completed")
    workflow = make_workflow()

    submit(client, workflow, {"email": "ada@example.org"})
    work()

    (request,) = server.requests
    delivery = Delivery.objects.get()
    assert (request.method, request.target) == ("POST", "/hook")
    assert request.headers["webhook-id"] == str(delivery.pk)
    message = verified(request, made.secret)
    assert message == {
        "type": "workflow.completed",
        "timestamp": delivery.event.at.isoformat().replace("+00:00", "Z"),
        "data": {
            "sequence": delivery.event.sequence,
            "workflow_id": str(workflow.pk),
            "template_id": str(workflow.template_id),
            "template": workflow.template.name,
            "version": 1,
            "conversation_id": workflow.conversation_id,
            "user_id": "user 1",
            "status": "completed",
            "outcome": "completed",
            "state": {"email": "ada@example.org"},
        },
    }
