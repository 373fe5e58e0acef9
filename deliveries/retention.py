"""How long what was sent is kept. Events stay; what carried people's values out does not."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from deliveries.models import Delivery

BATCH = 500


def purge_settled(at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Delete the deliveries, with their attempts, that were settled longer ago than they are kept."""
    before = at - timedelta(days=settings.DELIVERIES_KEPT_DAYS)
    purged = 0
    while not is_stopping() and (count := _purge_some(before)):
        purged += count
    return purged


@transaction.atomic
def _purge_some(before: datetime) -> int:
    """Delete a batch, locked first: what is reopened at this moment stays."""
    old = list(Delivery.objects.forgettable(before).unlocked().values_list("pk", flat=True)[:BATCH])
    Delivery.objects.filter(pk__in=old).delete()
    return len(old)


def blank_orphans(at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Take out of settled deliveries what they carried, where the workflow they were of was deleted."""
    blanked = 0
    while not is_stopping():
        with transaction.atomic():
            found = list(Delivery.objects.orphaned().values_list("pk", flat=True)[:BATCH])
            Delivery.objects.filter(pk__in=found).blank()
        if not found:
            break
        blanked += len(found)
    return blanked
