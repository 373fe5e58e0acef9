"""What came of an attempt is written down: for the delivery, and in the same transaction for the workflow it is of.

Only who still has the lease settles anything. Locks are taken in the order of `instances.locks`: the person, the
workflow, and then the delivery.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from deliveries.claiming import Begun
from deliveries.following import follow
from deliveries.models import Delivery, Kind
from deliveries.results import Delivered, NotYet, Refused, Result, Status, Verdict
from deliveries.retry import WEBHOOK_DELAYS, Patience, next_attempt_at
from instances import results
from instances.acting import Acting
from rest.callers import Caller

WORKER = Caller(actor="worker")


def verdict_of(begun: Begun, result: Result, *, at: datetime, chance: float) -> Verdict:
    """Return what a result means; `chance` is a random number from 0 up to 1 that spreads the next attempts."""
    delivery = begun.delivery
    # Once it is doubtful whether it was done, no later attempt makes that certain.
    in_doubt = delivery.is_doubtful or begun.was_interrupted
    match result:
        case Delivered():
            return Verdict(status=Status.DELIVERED)
        case Refused(code=code, reason=reason):
            return Verdict(status=Status.FAILED, code=code, reason=reason, in_doubt=in_doubt)
        case NotYet(code=code, reason=reason, wish=wish, may_have_been_done=may_have_been_done):
            in_doubt = in_doubt or may_have_been_done
            if in_doubt and not delivery.is_idempotent:
                return Verdict(status=Status.OUTCOME_UNKNOWN, code="outcome_unknown", reason=reason, in_doubt=True)
            again_at = next_attempt_at(_patience(delivery), attempts=delivery.tried, at=at, chance=chance, wish=wish)
            status = Status.PENDING if again_at else Status.FAILED
            return Verdict(status=status, code=code, reason=reason, again_at=again_at, in_doubt=in_doubt)


@transaction.atomic
def settle(begun: Begun, result: Result, *, at: datetime, chance: float) -> bool:
    """Write down what came of an attempt, and what follows; False, and nothing, if the lease was lost meanwhile."""
    delivery, acting = begun.delivery, Acting(caller=WORKER, at=at)
    workflow = results.hold(delivery.workflow_id, acting) if delivery.kind != Kind.WEBHOOK else None
    verdict = verdict_of(begun, result, at=at, chance=chance)
    if not delivery.settle(begun.token, verdict, at=at):
        return False
    begun.attempt.end(verdict, seen=result.seen, at=at)
    if (is_well := _is_receiver_well(result)) is not None:
        delivery.channel.note(failed=not is_well, at=at)
    follow(delivery, verdict, result, workflow=workflow, acting=acting)
    return True


def _is_receiver_well(result: Result) -> bool | None:
    """Tell what a result says of the receiver; None if nothing was sent, or the mistake was ours."""
    if isinstance(result, NotYet):
        return False if result.blames_receiver else None
    return True if isinstance(result, Delivered) or result.seen.status_code is not None else None


def _patience(delivery: Delivery) -> Patience:
    return Patience(
        max_attempts=delivery.max_attempts,
        give_up_at=delivery.give_up_at,
        delays=WEBHOOK_DELAYS if delivery.kind == Kind.WEBHOOK else (),
        first_delay=timedelta(seconds=settings.DELIVERIES_FIRST_DELAY_SECONDS),
    )
