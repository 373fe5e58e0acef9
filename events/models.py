"""The log itself: one row for each thing that became true. It knows neither templates nor workflows, only their ids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """What is to be logged; where it stands in its subject's sequence is decided by the writer that holds its lock."""

    type: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an event is about, copied into the event so that counting needs no join."""

    id: UUID
    template_id: UUID
    template_version: int


# Events that may hold what people or other systems said.
_WITH_WORDS = (
    "workflow.submitted",
    "workflow.paused",
    "workflow.cancelled",
    "workflow.action_failed",
    "workflow.failed",
)


class EventQuerySet(models.QuerySet["Event"]):
    """Finding events."""

    def of(self, subject_id: UUID) -> Self:
        """Return the events of one workflow or template, oldest first."""
        return self.filter(subject_id=subject_id).order_by("sequence")

    def latest_of(self, subject_id: UUID) -> Self:
        """Return the events of one workflow or template, newest first."""
        return self.filter(subject_id=subject_id).order_by("-sequence")

    def write(self, subject: Subject, events: Iterable[NewEvent], *, at: datetime, actor: str) -> None:
        """Append events of one subject.

        The caller holds the lock of the subject's row, in the transaction in which the facts became true; so the
        sequence has no gap and no two writers.
        """
        last = self.filter(subject_id=subject.id).aggregate(last=models.Max("sequence"))["last"] or 0
        self.bulk_create(
            Event(
                subject_id=subject.id,
                template_id=subject.template_id,
                template_version=subject.template_version,
                sequence=sequence,
                type=event.type,
                at=at,
                actor=actor,
                data=event.data,
            )
            for sequence, event in enumerate(events, start=last + 1)
        )

    def undispatched(self, *, after: int = 0) -> Self:
        """Return the events of which nobody asked yet what is to be sent because of them, oldest first."""
        return self.filter(dispatched_at=None, pk__gt=after).order_by("pk")

    def note_dispatched(self, ids: Iterable[int], *, at: datetime) -> None:
        """Note that what is to be sent because of these events is written down."""
        self.filter(pk__in=list(ids)).update(dispatched_at=at)

    def blank(self) -> None:
        """Take out of these events what people said, and keep which fields it was about, so that counts stay right."""
        said = list(self.filter(type__in=_WITH_WORDS))
        for event in said:
            event.data = {key: _blanked(key, part) for key, part in event.data.items()}
        self.bulk_update(said, ["data"], batch_size=500)


def _blanked(key: str, part: Any) -> Any:
    match key:
        case "set":
            return dict.fromkeys(part)
        case "appended":
            return {name: dict.fromkeys(entries) for name, entries in part.items()}
        case "reason":
            return ""
        case _:
            return part


class Event(models.Model):
    """One thing that became true; it never changes, but for the values of a deleted workflow and the worker's note."""

    subject_id = models.UUIDField()
    sequence = models.PositiveIntegerField()
    type = models.CharField(max_length=100)
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    template_id = models.UUIDField()
    template_version = models.PositiveIntegerField()
    data = models.JSONField(default=dict)
    dispatched_at = models.DateTimeField(null=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject_id", "sequence"], name="event_sequence_of_subject")
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], name="event_undispatched", condition=models.Q(dispatched_at=None)),
            models.Index(fields=["template_id", "type", "at"], name="event_by_template"),
        ]

    def __str__(self) -> str:
        return f"{self.type} #{self.sequence}"
