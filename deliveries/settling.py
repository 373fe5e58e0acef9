"""What came of an attempt is written down: for the delivery, and in the same transaction for the workflow it is of.

Only who still has the lease settles anything. Locks are taken in the order of `instances.locks`: the person, the
workflow, and then the delivery.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from deliveries.claiming import Begun
from deliveries.following import follow
from deliveries.models import Delivery, Kind, Status
from deliveries.results import Delivered, NotYet, Refused, Result, Seen
from deliveries.retry import WEBHOOK_DELAYS, Patience, next_attempt_at
from deliveries.webhooks import MAX_ATTEMPTS
from instances import results


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a result means for a delivery: settled with a status, or to be tried again at a moment."""

    status: Status
    code: str = ""
    reason: str = ""
    again_at: datetime | None = None


def verdict_of(delivery: Delivery, result: Result, *, was_interrupted: bool, at: datetime, chance: float) -> Verdict:
    """Return what a result means; `chance` is a random number from 0 up to 1 that spreads the next attempts."""
    match result:
        case Delivered():
            return Verdict(status=Status.DELIVERED)
        case Refused(code=code, reason=reason):
            return Verdict(status=Status.FAILED, code=code, reason=reason)
        case NotYet(code=code, reason=reason, wish=wish, may_have_been_done=may_have_been_done):
            doubtful = (may_have_been_done or was_interrupted) and not delivery.is_idempotent
            if doubtful:
                return Verdict(status=Status.OUTCOME_UNKNOWN, code="outcome_unknown", reason=reason)
            patience, attempts = _patience(delivery)
            again_at = next_attempt_at(patience, attempts=attempts, at=at, chance=chance, wish=wish)
            return Verdict(
                status=Status.PENDING if again_at else Status.FAILED, code=code, reason=reason, again_at=again_at
            )


def _patience(delivery: Delivery) -> tuple[Patience, int]:
    """Return how long a delivery is tried, and how many attempts count; a replay of a webhook begins anew."""
    if delivery.kind != Kind.WEBHOOK:
        return Patience(max_attempts=delivery.max_attempts, give_up_at=delivery.give_up_at), delivery.attempts
    patience = Patience(max_attempts=MAX_ATTEMPTS, give_up_at=delivery.give_up_at, delays=WEBHOOK_DELAYS)
    return patience, max(delivery.attempts - (delivery.max_attempts - MAX_ATTEMPTS), 1)


@transaction.atomic
def settle(begun: Begun, result: Result, *, at: datetime, chance: float) -> bool:
    """Write down what came of an attempt, and what follows; False, and nothing, if the lease was lost meanwhile."""
    delivery = begun.delivery
    if delivery.workflow_id is not None and delivery.kind != Kind.WEBHOOK:
        results.hold(delivery.workflow_id)
    verdict = verdict_of(delivery, result, was_interrupted=begun.was_interrupted, at=at, chance=chance)
    if not _write(begun, verdict, at):
        return False
    begun.attempt.end(
        result=_word(result, verdict), code=verdict.code, reason=verdict.reason, seen=_seen(result), at=at
    )
    blames_receiver = isinstance(result, NotYet) and result.blames_receiver
    delivery.channel.note(failed=blames_receiver, at=at)
    if verdict.status is not Status.PENDING or delivery.kind == Kind.WEBHOOK:
        follow(delivery, verdict.status, result, at=at)
    return True


def _write(begun: Begun, verdict: Verdict, at: datetime) -> bool:
    if verdict.again_at is not None:
        return begun.delivery.postpone(
            begun.token, until=verdict.again_at, code=verdict.code, reason=verdict.reason
        )
    return begun.delivery.settle(begun.token, verdict.status, code=verdict.code, reason=verdict.reason, at=at)


def _word(result: Result, verdict: Verdict) -> str:
    return "retry" if verdict.again_at is not None else str(verdict.status)


def _seen(result: Result) -> Seen:
    return result.seen
