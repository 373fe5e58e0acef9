"""When a delivery is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from deliveries.retry import FIRST_DELAY, LONGEST_DELAY, WEBHOOK_DELAYS, Patience, next_attempt_at

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LONG = Patience(max_attempts=100, give_up_at=NOW + timedelta(days=365))


def delay(patience: Patience, attempts: int, *, chance: float = 0.5, wish: timedelta | None = None) -> timedelta:
    moment = next_attempt_at(patience, attempts=attempts, at=NOW, chance=chance, wish=wish)
    assert moment is not None
    return moment - NOW


def test_delays_grow_and_stop_growing() -> None:
    assert [delay(LONG, attempts).total_seconds() for attempts in (1, 2, 3, 4)] == [10, 25, 62.5, 156.25]
    assert delay(LONG, 9) == LONGEST_DELAY == delay(LONG, 99)


def test_the_first_delay_can_be_another_one() -> None:
    hasty = Patience(max_attempts=100, give_up_at=LONG.give_up_at, first_delay=timedelta(seconds=2))

    assert [delay(hasty, attempts).total_seconds() for attempts in (1, 2, 3)] == [2, 5, 12.5]


def test_ten_attempts_outlast_a_receiver_that_is_away_for_hours() -> None:
    total = sum((delay(LONG, attempts) for attempts in range(1, 10)), timedelta())

    assert timedelta(hours=6) < total < timedelta(hours=24)


def test_chance_spreads_a_delay_by_a_fifth_in_either_direction() -> None:
    assert delay(LONG, 1, chance=0.0) == FIRST_DELAY * 0.8
    assert delay(LONG, 1, chance=1.0) == FIRST_DELAY * 1.2


def test_a_receiver_may_ask_for_patience_but_not_for_more_than_a_day() -> None:
    assert delay(LONG, 1, wish=timedelta(minutes=3)) == timedelta(minutes=3)
    assert delay(LONG, 1, wish=timedelta(seconds=1)) == FIRST_DELAY
    assert delay(LONG, 1, wish=timedelta(days=30)) == timedelta(hours=24)


def test_the_last_attempt_is_the_last() -> None:
    few = Patience(max_attempts=3, give_up_at=NOW + timedelta(days=1))

    assert next_attempt_at(few, attempts=2, at=NOW, chance=0.5) is not None
    assert next_attempt_at(few, attempts=3, at=NOW, chance=0.5) is None


@pytest.mark.parametrize(("seconds", "is_tried"), [(10, True), (9.9, False)])
def test_nothing_is_tried_after_it_is_to_be_given_up(seconds: float, is_tried: bool) -> None:
    soon = Patience(max_attempts=10, give_up_at=NOW + timedelta(seconds=seconds))

    assert (next_attempt_at(soon, attempts=1, at=NOW, chance=0.5) is not None) is is_tried


def test_a_schedule_is_followed_to_its_end_and_its_last_delay_repeated() -> None:
    webhook = Patience(max_attempts=20, give_up_at=NOW + timedelta(days=30), delays=WEBHOOK_DELAYS)

    assert [delay(webhook, attempts) for attempts in range(1, 12)] == [*WEBHOOK_DELAYS, *[WEBHOOK_DELAYS[-1]] * 2]
