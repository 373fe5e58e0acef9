"""An endpoint that is gone, or that fails for days, is disabled; one that is well again is not held to its past."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from deliveries.addresses import Allowed
from deliveries.claiming import Begun, begin, claim
from deliveries.dispatch import dispatch
from deliveries.endpoint_services import WithSecret, change_endpoint
from deliveries.endpoints import WebhookEndpoint
from deliveries.models import Channel, Delivery
from deliveries.results import Delivered, NotYet, Refused, Result, Status
from deliveries.settling import settle
from deliveries.tests.receivers import Receiver, Reply
from deliveries.tests.working import hurry, work, work_patiently
from instances.models import Workflow

type Builder[T] = Callable[..., T]

PERSON = {"email": "ada@example.org"}
BEGAN_AT = timezone.now()
FAILURE = NotYet(code="http_500", reason="The receiver answered 500.")


def _begun() -> Begun:
    """Hold the one webhook there is, as a worker does that is about to send it."""
    hurry(Delivery.objects.values_list("pk", flat=True))
    held = claim(timezone.now())
    assert held is not None
    begun = begin(held, timezone.now())
    assert begun is not None
    return begun


def _attempted(result: Result, *, days: float) -> WebhookEndpoint:
    """Have an attempt end so many days after the first, and return how the endpoint is then."""
    assert settle(_begun(), result, at=BEGAN_AT + timedelta(days=days), chance=0.5)
    return WebhookEndpoint.objects.get()


@pytest.fixture
def waiting(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> Delivery:
    """Return a webhook that waits to be sent."""
    make_endpoint(listen(), "workflow.completed")
    make_workflow(state_data=PERSON)
    dispatch(timezone.now())
    Delivery.objects.update(give_up_at=BEGAN_AT + timedelta(days=30))
    return Delivery.objects.get()


def test_410_disables_an_endpoint_at_once(
    listen: Builder[Receiver],
    make_endpoint: Builder[WithSecret],
    make_workflow: Builder[Workflow],
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = listen(lambda _received, _number: Reply(status=410))
    made = make_endpoint(server, "workflow.completed")
    make_workflow(state_data=PERSON)

    with caplog.at_level(logging.WARNING):
        work_patiently()

    gone = WebhookEndpoint.objects.get()
    assert (gone.is_active, gone.disabled_reason) == (False, "The receiver answered 410: it wants no more webhooks.")
    assert gone.disabled_at is not None
    assert len(server.requests) == 1
    assert (Delivery.objects.get().status, Delivery.objects.get().code) == (Status.FAILED, "http_410")
    assert str(made.endpoint.pk) in caplog.text
    assert "410" in caplog.text


def test_five_days_of_only_failures_disable_an_endpoint(waiting: Delivery) -> None:
    first = _attempted(FAILURE, days=0)
    assert (first.is_active, first.failing_since) == (True, BEGAN_AT)
    later = _attempted(FAILURE, days=4.999)
    assert (later.is_active, later.failing_since) == (True, BEGAN_AT)

    last = _attempted(FAILURE, days=5)

    assert (last.is_active, last.disabled_reason) == (False, "Nothing got through for five days.")
    assert last.disabled_at == BEGAN_AT + timedelta(days=5)
    assert last.failing_since == BEGAN_AT


def test_a_success_in_between_begins_the_count_anew(waiting: Delivery) -> None:
    _attempted(FAILURE, days=0)
    well = _attempted(Delivered(), days=3)
    assert (well.failing_since, well.last_success_at) == (None, BEGAN_AT + timedelta(days=3))
    waiting.reopen(at=timezone.now(), give_up_at=BEGAN_AT + timedelta(days=30))

    failing = _attempted(FAILURE, days=6)

    assert (failing.is_active, failing.failing_since) == (True, BEGAN_AT + timedelta(days=6))


def test_a_fault_of_ours_is_no_failure_of_the_receiver(waiting: Delivery) -> None:
    ours = NotYet(code="internal_error", reason="Ours.", blames_receiver=False)

    assert _attempted(ours, days=0).failing_since is None
    assert _attempted(Refused(code="request_forgotten", reason="Ours."), days=6).is_active


def test_enabling_forgets_the_failures_and_what_is_to_be_sent_is_sent_at_once(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, number: Reply(status=500 if number <= 6 else 200))
    made = make_endpoint(server, "workflow.completed")
    make_workflow(state_data=PERSON)
    for _ in range(6):
        hurry(Delivery.objects.values_list("pk", flat=True))
        work()
    WebhookEndpoint.objects.disable("Nothing got through for five days.", at=timezone.now())
    assert Channel.objects.get(name=made.endpoint.channel_name).open_until is not None

    enabled = change_endpoint(made.endpoint.pk, {"is_active": True}, at=timezone.now())

    assert (enabled.is_active, enabled.failing_since, enabled.disabled_at, enabled.disabled_reason) == (
        True,
        None,
        None,
        "",
    )
    Delivery.objects.update(next_attempt_at=timezone.now())
    assert work() == 1
    assert Delivery.objects.get().status == Status.DELIVERED


def test_what_is_active_and_enabled_again_keeps_what_is_known_of_it(waiting: Delivery) -> None:
    failing = _attempted(FAILURE, days=0)

    same = change_endpoint(failing.pk, {"is_active": True, "description": "Billing"}, at=timezone.now())

    assert (same.failing_since, same.description) == (BEGAN_AT, "Billing")


def test_a_url_that_must_not_be_sent_to_any_more_is_a_failure_that_an_operator_can_mend(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow], settings: object
) -> None:
    server = listen()
    make_endpoint(server, "workflow.completed")
    make_workflow(state_data=PERSON)
    allowed = settings.EGRESS_ALLOW  # type: ignore[attr-defined]
    settings.EGRESS_ALLOW = Allowed()  # type: ignore[attr-defined]
    work()
    blocked = Delivery.objects.get()
    assert (blocked.status, blocked.code) == (Status.PENDING, "blocked")
    assert WebhookEndpoint.objects.get().failing_since is not None
    assert server.connections == 0

    settings.EGRESS_ALLOW = allowed  # type: ignore[attr-defined]
    work_patiently()

    assert Delivery.objects.get().status == Status.DELIVERED


def test_a_success_is_written_down_once_a_minute_at_most(waiting: Delivery) -> None:
    _attempted(Delivered(), days=0)
    for minutes, expected in ((0.5, 0), (2, 2)):
        WebhookEndpoint.objects.note_success(BEGAN_AT + timedelta(minutes=minutes))
        assert WebhookEndpoint.objects.get().last_success_at == BEGAN_AT + timedelta(minutes=expected)
