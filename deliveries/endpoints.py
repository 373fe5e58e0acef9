"""Webhook endpoints as stored: where webhooks go, what each wants to hear, and how it is doing."""

import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from deliveries.event_types import TEST
from events.models import Event

TARGET = "endpoint:"

MOST_FAILING = timedelta(days=5)
"""An endpoint that had nothing but failures for so long is disabled."""

# `last_success_at` is for people who look; a write per webhook would cost more than it tells.
SUCCESS_PRECISION = timedelta(minutes=1)

GONE = "The receiver answered 410: it wants no more webhooks."
FAILED_TOO_LONG = "Nothing got through for five days."

logger = logging.getLogger(__name__)


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    """Finding webhook endpoints, and noting how they do: each as one statement, for many workers do at once."""

    def active(self) -> Self:
        """Return the endpoints to which something is sent."""
        return self.filter(is_active=True)

    def targeted(self, target: str) -> Self:
        """Return the endpoint that is the target of a delivery."""
        return self.filter(pk=target.removeprefix(TARGET))

    def note_success(self, at: datetime) -> None:
        """Note that something got through."""
        is_news = Q(last_success_at=None) | Q(last_success_at__lt=at - SUCCESS_PRECISION)
        self.filter(Q(failing_since__isnull=False) | is_news).update(failing_since=None, last_success_at=at)

    def note_failure(self, at: datetime) -> None:
        """Note that something did not get through, and disable what had nothing but failures for days."""
        self.filter(failing_since=None).update(failing_since=at)
        self.filter(failing_since__lte=at - MOST_FAILING).disable(FAILED_TOO_LONG, at=at)

    def disable(self, reason: str, *, at: datetime) -> None:
        """Send no more to these; what is waiting to be sent is given up when its turn comes."""
        names = ", ".join(str(found) for found in self.active().values_list("pk", flat=True))
        if self.active().update(is_active=False, disabled_reason=reason, disabled_at=at, updated_at=at):
            logger.warning("Webhook endpoint %s was disabled. %s", names, reason)


class WebhookEndpoint(models.Model):
    """A URL that receives webhooks. Its secrets are stored encrypted, the newest first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    url = models.CharField("URL", max_length=2000)
    description = models.CharField(max_length=500, blank=True, default="")
    event_types = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=500, blank=True, default="", editable=False)
    disabled_at = models.DateTimeField(null=True, editable=False)
    secrets = models.JSONField(default=list, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(is_active=True, disabled_at=None) | Q(is_active=False, disabled_at__isnull=False),
                name="endpoint_disabled_at_some_time",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["-created_at", "id"], name="endpoint_newest")]
        ordering: ClassVar = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.description or str(self.id)

    @property
    def target(self) -> str:
        """What tells deliveries to this endpoint from others of the same event."""
        return f"{TARGET}{self.pk}"

    @property
    def channel_name(self) -> str:
        """The name of the channel that all deliveries to this endpoint go through."""
        return f"webhook {self.pk}"

    def hears(self, event: Event) -> bool:
        """Tell whether an event is for this endpoint; without types it hears all."""
        if event.type == TEST:
            return event.subject_id == self.pk
        return not self.event_types or event.type in self.event_types

    def encrypted_secrets(self, at: datetime) -> list[str]:
        """Return the secrets that are valid at a moment, the newest first."""
        return [kept["encrypted"] for kept in self._valid(at)]

    def secrets_with(self, encrypted: str, *, at: datetime, old_until: datetime) -> list[dict[str, Any]]:
        """Return what `secrets` is with a new one, beside which the old ones are valid for a while."""
        old = [{**kept, "until": min(_until(kept), old_until).isoformat()} for kept in self._valid(at)]
        return [{"encrypted": encrypted, "until": None}, *(kept for kept in old if _until(kept) > at)]

    def secrets_encrypted_by(self, anew: Callable[[str], str]) -> list[dict[str, Any]]:
        """Return what `secrets` is with each encrypted anew."""
        return [{**kept, "encrypted": anew(kept["encrypted"])} for kept in self.secrets]

    def write(self, changes: Mapping[str, Any], *, at: datetime) -> None:
        """Store changes of the columns; whoever does holds the lock of this row."""
        for name, value in {**changes, "updated_at": at}.items():
            setattr(self, name, value)
        self.save(update_fields=[*changes, "updated_at"])

    def _valid(self, at: datetime) -> list[dict[str, Any]]:
        return [kept for kept in self.secrets if _until(kept) > at]


def _until(kept: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(kept["until"]) if kept["until"] else datetime.max.replace(tzinfo=UTC)
