"""Who sends what: one worker at a time, receivers in turn, and nobody settles what is no longer theirs."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from deliveries.claiming import LEASE, MOST_IN_A_CHANNEL, Begun, Held, begin, claim, held
from deliveries.models import Channel, Delivery, Kind
from deliveries.results import Delivered, NotYet, Refused, Seen, Status
from deliveries.settling import settle
from events.models import Event

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOW + LEASE + timedelta(seconds=1)

pytestmark = pytest.mark.django_db

type Builder[T] = Callable[..., T]


@pytest.fixture
def make_delivery() -> Builder[Delivery]:
    """Return a builder of deliveries that belong to no workflow, due at the moment of the tests."""

    def make(channel: str = "a", **columns: object) -> Delivery:
        event = Event.objects.create(
            subject_id=uuid.uuid4(),
            sequence=1,
            type="x",
            at=NOW,
            actor="test",
            template_id=uuid.uuid4(),
            template_version=1,
        )
        values = {
            "kind": Kind.END_ACTION.value,
            "event": event,
            "target": "t",
            "channel": Channel.objects.get_or_create(name=channel)[0],
            "max_attempts": 3,
            "give_up_at": NOW + timedelta(days=1),
            "next_attempt_at": NOW,
            "created_at": NOW,
            **columns,
        }
        return Delivery.objects.create(**values)

    return make


def claimed(at: datetime = NOW) -> Held:
    found = claim(at)
    assert found is not None
    return found


def begun(at: datetime = NOW) -> Begun:
    attempt = begin(claimed(at), at)
    assert attempt is not None
    return attempt


def failing(*, blames_receiver: bool = True) -> NotYet:
    return NotYet(code="http_500", reason="The receiver answered 500.", blames_receiver=blames_receiver)


def test_what_somebody_holds_nobody_else_gets_until_the_lease_runs_out(make_delivery: Builder[Delivery]) -> None:
    make_delivery()

    first = claimed()

    assert claim(NOW) is None
    assert claim(NOW + LEASE - timedelta(seconds=1)) is None
    assert claimed(LATER).token != first.token


def test_who_lost_the_lease_neither_begins_nor_settles(make_delivery: Builder[Delivery]) -> None:
    delivery = make_delivery()
    asleep = begun()
    awake = begun(LATER)

    assert held(delivery.pk, asleep.token) is None
    assert settle(asleep, Delivered(), at=LATER, chance=0.5) is False
    delivery.refresh_from_db()
    assert (delivery.status, delivery.lease_token) == (Status.PENDING, awake.token)
    assert settle(awake, Delivered(), at=LATER, chance=0.5) is True
    assert settle(asleep, Refused(code="x", reason="y"), at=LATER, chance=0.5) is False
    delivery.refresh_from_db()
    assert delivery.status == Status.DELIVERED
    assert [(found.number, found.result) for found in delivery.tries.all()] == [(1, "unknown"), (2, "delivered")]


def test_a_lease_counts_from_the_beginning_of_the_attempt(make_delivery: Builder[Delivery]) -> None:
    make_delivery()
    waiting_in_a_queue = claimed()
    almost = NOW + LEASE - timedelta(seconds=1)

    assert begin(waiting_in_a_queue, almost) is not None
    assert claim(LATER) is None
    assert claim(almost + LEASE) is not None


def test_receivers_take_turns(make_delivery: Builder[Delivery]) -> None:
    for _ in range(3):
        make_delivery("a")
    make_delivery("b")
    make_delivery("c")

    order = [claimed(NOW + timedelta(milliseconds=n)).delivery.channel.name for n in range(5)]

    assert sorted(order[:3]) == ["a", "b", "c"]
    assert order[3:] == ["a", "a"]


def test_one_receiver_takes_only_so_many_at_a_time(make_delivery: Builder[Delivery]) -> None:
    for _ in range(MOST_IN_A_CHANNEL + 2):
        make_delivery()

    taken = [claim(NOW) for _ in range(MOST_IN_A_CHANNEL + 2)]

    assert [found is not None for found in taken] == [True] * MOST_IN_A_CHANNEL + [False, False]


def test_a_receiver_that_fails_rests_longer_each_time_and_is_then_tried_with_one(
    make_delivery: Builder[Delivery],
) -> None:
    for _ in range(9):
        make_delivery(max_attempts=100)
    channel = Channel.objects.get()
    for _ in range(Channel.PATIENCE):
        settle(begun(), failing(), at=NOW, chance=0.5)
    channel.refresh_from_db()

    assert channel.open_until == NOW + Channel.SHORTEST_REST
    assert claim(NOW + Channel.SHORTEST_REST - timedelta(seconds=1)) is None
    after = NOW + Channel.SHORTEST_REST
    probe = begun(after)
    assert claim(after) is None
    settle(probe, failing(), at=after, chance=0.5)
    channel.refresh_from_db()
    assert channel.open_until == after + 2 * Channel.SHORTEST_REST
    well_again = after + 2 * Channel.SHORTEST_REST
    settle(begun(well_again), Delivered(), at=well_again, chance=0.5)
    assert Channel.objects.filter(consecutive_failures=0, open_until=None).exists()


def test_a_rest_ends_after_ten_minutes_however_often_it_failed(make_delivery: Builder[Delivery]) -> None:
    channel = make_delivery().channel
    for _ in range(100):
        channel.note(failed=True, at=NOW)
    channel.refresh_from_db()

    assert channel.open_until == NOW + Channel.LONGEST_REST


def test_a_mistake_of_ours_is_not_held_against_the_receiver(make_delivery: Builder[Delivery]) -> None:
    make_delivery(max_attempts=100)

    settle(begun(), failing(blames_receiver=False), at=NOW, chance=0.5)

    assert Channel.objects.get().consecutive_failures == 0


def test_what_was_not_sent_says_nothing_of_its_receiver(make_delivery: Builder[Delivery]) -> None:
    make_delivery(max_attempts=100)
    make_delivery()
    make_delivery()
    settle(begun(), failing(), at=NOW, chance=0.5)

    settle(begun(), Refused(code="too_late", reason="?"), at=NOW, chance=0.5)
    assert Channel.objects.get().consecutive_failures == 1

    answered = Refused(code="http_404", reason="?", seen=Seen(status_code=404))
    settle(begun(), answered, at=NOW, chance=0.5)
    assert Channel.objects.get().consecutive_failures == 0


def test_what_a_killed_worker_held_is_sent_again_if_that_is_safe(make_delivery: Builder[Delivery]) -> None:
    make_delivery()
    begun()

    again = begun(LATER)

    assert again.was_interrupted
    assert [(found.number, found.code) for found in again.delivery.tries.all()] == [(1, "interrupted"), (2, "")]


def test_what_may_have_been_done_and_must_not_be_twice_is_left_to_somebody(make_delivery: Builder[Delivery]) -> None:
    delivery = make_delivery(is_idempotent=False)
    begun()

    settle(begun(LATER), NotYet(code="interrupted", reason="?"), at=LATER, chance=0.5)

    delivery.refresh_from_db()
    assert (delivery.status, delivery.code) == (Status.OUTCOME_UNKNOWN, "outcome_unknown")


def test_what_certainly_was_not_done_is_tried_again_though_it_must_not_be_done_twice(
    make_delivery: Builder[Delivery],
) -> None:
    delivery = make_delivery(is_idempotent=False)

    settle(begun(), NotYet(code="unreachable", reason="?", may_have_been_done=False), at=NOW, chance=0.5)

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == (Status.PENDING, 1)


def test_the_last_attempt_settles(make_delivery: Builder[Delivery]) -> None:
    delivery = make_delivery(max_attempts=1)

    settle(begun(), failing(), at=NOW, chance=0.5)

    delivery.refresh_from_db()
    assert (delivery.status, delivery.code, delivery.settled_at) == (Status.FAILED, "http_500", NOW)
