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
    while not is_stopping():
        old = list(Delivery.objects.filter(settled_at__lte=before).values_list("pk", flat=True)[:BATCH])
        if not old:
            break
        Delivery.objects.filter(pk__in=old).delete()
        purged += len(old)
    return purged


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
