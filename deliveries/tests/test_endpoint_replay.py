"""What an endpoint missed is sent once more: the same messages under the same ids, so many at most."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from deliveries import endpoint_services
from deliveries.dispatch import dispatch
from deliveries.endpoint_services import WithSecret
from deliveries.models import Delivery
from deliveries.results import Status
from deliveries.tests.receivers import Receiver, Reply
from deliveries.tests.webhook_calls import PATH, create, errors_of, ids_of, verified
from deliveries.tests.working import work, work_patiently
from instances.models import Workflow

type Builder[T] = Callable[..., T]

PERSON = {"email": "ada@example.org"}


def _missed(
    listen: Builder[Receiver],
    make_endpoint: Builder[WithSecret],
    make_workflow: Builder[Workflow],
    times: list[datetime],
) -> tuple[Receiver, WithSecret]:
    """Have webhooks fail that were dispatched at these times; the receiver is well from then on."""
    is_well = threading.Event()
    server = listen(lambda _received, _number: Reply(status=200 if is_well.is_set() else 500))
    made = make_endpoint(server, "workflow.completed")
    for at in times:
        make_workflow(state_data=PERSON)
        dispatch(at)
    Delivery.objects.update(max_attempts=1)
    work_patiently()
    assert set(Delivery.objects.values_list("status", flat=True)) == {"failed"}
    is_well.set()
    return server, made


def test_what_failed_in_a_range_of_time_is_sent_once_more_under_the_same_ids(
    operator: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    now = timezone.now()
    times = [now - timedelta(hours=hours) for hours in (3, 2, 1)]
    server, made = _missed(listen, make_endpoint, make_workflow, times)
    missed = {str(found.pk): found.created_at for found in Delivery.objects.all()}
    before = len(server.requests)

    answer = operator.post(
        f"{PATH}/{made.endpoint.pk}/replay", {"since": times[1].isoformat(), "until": times[2].isoformat()}
    )
    work()

    assert (answer.status_code, answer.json()) == (202, {"reopened": 1, "next_since": None})
    (request,) = server.requests[before:]
    assert missed[request.headers["webhook-id"]] == times[1]
    verified(request, made.secret)
    rest = operator.post(f"{PATH}/{made.endpoint.pk}/replay", {"since": times[0].isoformat()}).json()
    assert rest["reopened"] == 2, "what got through meanwhile is not sent again"


def test_what_got_through_is_sent_once_more_only_if_asked_for(
    operator: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen()
    made = make_endpoint(server, "workflow.completed")
    make_workflow(state_data=PERSON)
    work()
    order = {"since": (timezone.now() - timedelta(hours=1)).isoformat()}

    assert operator.post(f"{PATH}/{made.endpoint.pk}/replay", order).json()["reopened"] == 0
    assert operator.post(f"{PATH}/{made.endpoint.pk}/replay", {**order, "only_failed": False}).json()["reopened"] == 1
    assert operator.post(f"{PATH}/{made.endpoint.pk}/replay", {**order, "only_failed": False}).json()["reopened"] == 0
    work()

    assert len(server.requests) == 2
    assert len(set(ids_of(server.requests))) == 1


def test_a_replay_that_fails_is_tried_by_the_whole_schedule_again(
    operator: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, _number: Reply(status=500))
    made = make_endpoint(server, "workflow.completed")
    make_workflow(state_data=PERSON)
    work_patiently()
    order = {"since": (timezone.now() - timedelta(hours=1)).isoformat()}
    operator.post(f"{PATH}/{made.endpoint.pk}/replay", order)

    work()

    pending = Delivery.objects.get()
    assert (pending.status, pending.attempts) == (Status.PENDING, 11)
    assert (pending.next_attempt_at - timezone.now()).total_seconds() < 7
    work_patiently()
    assert (Delivery.objects.get().status, len(server.requests)) == (Status.FAILED, 20)


def test_a_replay_takes_so_many_at_most_and_says_where_to_go_on(
    operator: APIClient,
    listen: Builder[Receiver],
    make_endpoint: Builder[WithSecret],
    make_workflow: Builder[Workflow],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endpoint_services, "MOST_REPLAYED", 3)
    monkeypatch.setattr(endpoint_services, "REPLAYED_AT_A_TIME", 2)
    now = timezone.now()
    times = [now - timedelta(hours=hours) for hours in (5, 4, 3, 2, 1)]
    _, made = _missed(listen, make_endpoint, make_workflow, times)

    first = operator.post(f"{PATH}/{made.endpoint.pk}/replay", {"since": times[0].isoformat()}).json()
    second = operator.post(f"{PATH}/{made.endpoint.pk}/replay", {"since": first["next_since"]}).json()

    assert (first["reopened"], datetime.fromisoformat(first["next_since"])) == (3, times[3])
    assert second == {"reopened": 2, "next_since": None}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, ("/since", "required")),
        ({"since": "yesterday"}, ("/since", "invalid")),
        ({"since": "2026-03-01T12:00:00"}, ("/since", "naive")),
        ({"since": "0001-01-01T00:00:00+14:00"}, ("/since", "overflow")),
        ({"since": "2026-03-01T12:00:00Z", "upto": "2026-03-02T12:00:00Z"}, ("/upto", "unknown_key")),
    ],
)
def test_a_range_that_is_none_is_refused(operator: APIClient, body: dict[str, str], error: tuple[str, str]) -> None:
    place = f"{PATH}/{create(operator).json()['id']}"

    assert errors_of(operator.post(f"{place}/replay", body)) == [error]


def test_what_was_blanked_is_not_sent_once_more(
    operator: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    _, made = _missed(listen, make_endpoint, make_workflow, [timezone.now()])
    Delivery.objects.all().blank()

    order = {"since": (timezone.now() - timedelta(hours=1)).isoformat()}

    assert operator.post(f"{PATH}/{made.endpoint.pk}/replay", order).json()["reopened"] == 0
