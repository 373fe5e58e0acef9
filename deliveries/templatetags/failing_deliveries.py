"""What an operator should see first: deliveries that were given up, and receivers that fail."""

from datetime import timedelta
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from deliveries.models import Channel, Delivery
from deliveries.results import Status

register = template.Library()

RECENT = timedelta(days=7)
MOST_COUNTED = 1000


@register.inclusion_tag("deliveries/failing.html", takes_context=True)
def failing_deliveries(context: Context) -> dict[str, Any]:
    """Return how much was given up in the last week, is in doubt or waits for a receiver that fails."""
    user = context["request"].user
    if not user.has_perm("deliveries.view_delivery"):
        return {"is_shown": False}
    since = timezone.now() - RECENT
    return {
        "is_shown": True,
        "failed": _count(Status.FAILED, since=since),
        "unknown": _count(Status.OUTCOME_UNKNOWN, since=since),
        "resting": Channel.objects.filter(open_until__gt=timezone.now()).count(),
        "most": MOST_COUNTED,
    }


def _count(status: Status, *, since: Any) -> int:
    """Count, but not to the end of a million rows."""
    return Delivery.objects.filter(status=status, created_at__gte=since)[:MOST_COUNTED].count()
