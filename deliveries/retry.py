"""When a delivery that did not get through is tried again, and when it is given up. Pure: no clock, no chance."""

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_DELAY = timedelta(seconds=10)
GROWTH = 2.5
LONGEST_DELAY = timedelta(hours=4)
JITTER = 0.2
"""So far a delay may be off, in either direction, so that what failed together does not come back together."""

LONGEST_WISH = timedelta(hours=24)
"""A receiver that asks for more patience than this in `Retry-After` gets this much."""

WEBHOOK_DELAYS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""The example schedule of Standard Webhooks 1.0.0: three days and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a delivery is tried: at most so many attempts, none later than `give_up_at`."""

    max_attempts: int
    give_up_at: datetime
    delays: tuple[timedelta, ...] = ()
    """The delay after each attempt, the last one from then on; without any they grow from the first one to 4 h."""
    first_delay: timedelta = FIRST_DELAY


def next_attempt_at(
    patience: Patience, *, attempts: int, at: datetime, chance: float, wish: timedelta | None = None
) -> datetime | None:
    """Return when to try again after `attempts` failed ones, the last of them at `at`; None to give up.

    `chance` is a random number from 0 up to 1 that spreads the delay; `wish` is what the receiver asked for in
    `Retry-After`, which is met unless the delay is longer anyway.
    """
    if attempts >= patience.max_attempts:
        return None
    delay = _delay(patience, attempts) * (1 + JITTER * (2 * chance - 1))
    if wish is not None:
        delay = max(delay, min(wish, LONGEST_WISH))
    moment = at + delay
    return moment if moment <= patience.give_up_at else None


def _delay(patience: Patience, attempts: int) -> timedelta:
    if patience.delays:
        return patience.delays[min(attempts, len(patience.delays)) - 1]
    # The exponent is bounded because a float is not: 2.5 to the power of a thousand is no number any more.
    return min(patience.first_delay * GROWTH ** min(attempts - 1, 20), LONGEST_DELAY)
