"""What was sent is not kept for ever, and what was said to a workflow goes with it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from deliveries.models import Delivery, DeliveryAttempt
from deliveries.retention import blank_orphans, purge_settled
from deliveries.tests.receivers import Receiver, Reply
from deliveries.tests.working import only_delivery, work
from instances.models import Workflow

type Builder[T] = Callable[..., T]

SAID = "ada@example.org"


@pytest.fixture
def delivered(listen: Builder[Receiver], make_workflow: Builder[Workflow]) -> Delivery:
    server = listen(lambda received, _number: Reply(body=received.body))
    workflow = make_workflow(
        end_action_type="api_call", end_action_target=f"{server.url}/loans", state_data={"email": SAID}
    )
    work()
    return only_delivery(workflow.pk)


def test_what_was_settled_long_ago_goes_with_its_attempts(delivered: Delivery, settings: Settings) -> None:
    settings.DELIVERIES_KEPT_DAYS = 30
    settled_at = delivered.settled_at
    assert settled_at is not None

    assert purge_settled(settled_at + timedelta(days=30) - timedelta(seconds=1)) == 0
    assert purge_settled(settled_at + timedelta(days=30)) == 1
    assert (Delivery.objects.count(), DeliveryAttempt.objects.count()) == (0, 0)


def test_what_is_pending_stays_however_old_it_is(listen: Builder[Receiver], make_workflow: Builder[Workflow]) -> None:
    server = listen(lambda _received, _number: Reply(status=500))
    make_workflow(end_action_type="api_call", end_action_target=server.url, state_data={"email": SAID})
    work()

    assert purge_settled(timezone.now() + timedelta(days=3650)) == 0


def test_what_was_said_to_a_deleted_workflow_is_not_kept(client: APIClient, delivered: Delivery) -> None:
    assert SAID in str(delivered.request) + delivered.tries.get().excerpt
    client.delete(f"/api/workflows/{delivered.workflow_id}")

    assert blank_orphans(timezone.now()) == 1
    assert blank_orphans(timezone.now()) == 0

    delivered.refresh_from_db()
    kept = delivered.tries.get()
    assert (delivered.request, delivered.workflow_id, kept.excerpt, kept.status_code) == (None, None, "", 200)


def test_what_was_said_to_a_workflow_that_is_there_stays_with_it(delivered: Delivery) -> None:
    assert blank_orphans(timezone.now()) == 0
