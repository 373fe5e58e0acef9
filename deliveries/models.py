"""The outbox: what is to leave the building, each attempt to send it, its channel, and secrets that go with it."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self

from django.db import connection, models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from deliveries.endpoints import WebhookEndpoint  # noqa: F401  Django looks for models here
from deliveries.hosts import fits_any
from deliveries.results import Seen, Status, Verdict
from engine.progress import Status as Progress
from events.models import Event
from instances.models import Workflow
from rest.encryption import KeyLost, decrypt, encrypt, is_encrypted, unseal


class Kind(StrEnum):
    """Why something is delivered."""

    END_ACTION = "end_action"
    ACTION = "action"
    WEBHOOK = "webhook"


# `last_used_at` is for people who clean up; a write per request would cost more than it tells.
LAST_USE_PRECISION = timedelta(minutes=5)


def _choices(kinds: type[StrEnum]) -> list[tuple[str, str]]:
    return [(kind.value, kind.value.replace("_", " ")) for kind in kinds]


class ChannelQuerySet(models.QuerySet["Channel"]):
    """Finding channels."""

    def ready(self, at: datetime, *, most_at_a_time: int) -> Self:
        """Return the channels with something due that may take it now, those that waited longest first.

        One that had nothing but failures takes one delivery at a time, to see whether it is well again.
        """
        mine = Delivery.objects.filter(channel=OuterRef("pk"))
        under_way = mine.under_way(at).order_by().values("channel").annotate(count=Count("pk")).values("count")
        busy = Coalesce(models.Subquery(under_way), 0)
        room = models.Case(models.When(consecutive_failures__gte=Channel.PATIENCE, then=1), default=most_at_a_time)
        return (
            self.filter(Q(open_until=None) | Q(open_until__lte=at), Exists(mine.due(at)))
            .annotate(under_way=busy, room=room)
            .filter(under_way__lt=F("room"))
            .order_by(F("last_claimed_at").asc(nulls_first=True), "pk")
        )


class Channel(models.Model):
    """A way out: all deliveries to one receiver. One that fails is left alone for a while, and delays no other."""

    PATIENCE: ClassVar = 5
    SHORTEST_REST: ClassVar = timedelta(seconds=30)
    LONGEST_REST: ClassVar = timedelta(minutes=10)

    name = models.CharField(max_length=2100, unique=True)
    last_claimed_at = models.DateTimeField(null=True)
    consecutive_failures = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["last_claimed_at", "id"], name="channel_next")]

    def __str__(self) -> str:
        return self.name

    def has_room(self, at: datetime, *, most_at_a_time: int) -> bool:
        """Return whether it may take another delivery now."""
        room = 1 if self.consecutive_failures >= self.PATIENCE else most_at_a_time
        return Delivery.objects.filter(channel=self).under_way(at).count() < room

    def note(self, *, failed: bool, at: datetime) -> None:
        """Count failures in a row; after a few of them the channel rests, longer each time.

        As one statement, for other workers count at the same moment.
        """
        mine = type(self).objects.filter(pk=self.pk)
        if not failed:
            mine.exclude(consecutive_failures=0).update(consecutive_failures=0, open_until=None)
            return
        mine.update(consecutive_failures=F("consecutive_failures") + 1)
        self.refresh_from_db(fields=["consecutive_failures"])
        beyond = self.consecutive_failures - self.PATIENCE
        if beyond >= 0:
            rest = min(self.SHORTEST_REST * 2 ** min(beyond, 10), self.LONGEST_REST)
            mine.update(open_until=at + rest)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Finding deliveries."""

    def in_full(self) -> Self:
        """Fetch what is told of deliveries: their events, channels and attempts."""
        return self.select_related("event", "channel").prefetch_related("tries")

    def given_up(self) -> Self:
        """Return what did not get through and is not tried any more."""
        return self.filter(status__in=[Status.FAILED, Status.OUTCOME_UNKNOWN])

    def due(self, at: datetime) -> Self:
        """Return what is to be sent now: its time has come, or the lease of who had it ran out."""
        return self.filter(status=Status.PENDING, next_attempt_at__lte=at)

    def overdue(self, at: datetime) -> Self:
        """Return what was not sent in the time that it had."""
        return self.filter(status=Status.PENDING, give_up_at__lt=at)

    def under_way(self, at: datetime) -> Self:
        """Return what somebody holds a lease of."""
        return self.filter(status=Status.PENDING, lease_token__isnull=False, next_attempt_at__gt=at)

    def through(self, channel_name: str) -> Self:
        """Return what goes through a channel; asked so that the index of the channel gives the order, too."""
        return self.filter(channel=Channel.objects.filter(name=channel_name).values("pk")[:1])

    def take(self, delivery: "Delivery", *, token: uuid.UUID, at: datetime, lease: timedelta) -> bool:
        """Take a lease of a delivery that is due, unless somebody else did since it was read."""
        mine = self.due(at).filter(pk=delivery.pk, lease_token=delivery.lease_token)
        return bool(mine.update(lease_token=token, next_attempt_at=at + lease))

    def held_by(self, token: uuid.UUID) -> Self:
        """Return the delivery that this lease is of, if it still is."""
        return self.filter(status=Status.PENDING, lease_token=token)

    def forgettable(self, before: datetime) -> Self:
        """Return what was settled by then, but for what was given up and may still be asked for again."""
        is_open = Q(workflow__isnull=False) & ~Q(workflow__status__in=[Progress.COMPLETED, Progress.CANCELLED])
        waits = Q(status__in=[Status.FAILED, Status.OUTCOME_UNKNOWN]) & ~Q(kind=Kind.WEBHOOK) & is_open
        return self.filter(settled_at__lte=before).exclude(waits)

    def orphaned(self) -> Self:
        """Return what is settled and still carries what was said to a workflow that was deleted since."""
        gone = self.filter(workflow=None, settled_at__isnull=False).exclude(sealed_request="")
        return gone.exclude(event__subject_id=F("event__template_id"))

    def reopen(self, *, at: datetime, give_up_at: datetime) -> int:
        """Try once more what was given up, or got through: the same request under the same key; return how many."""
        return self.exclude(status=Status.PENDING).update(
            status=Status.PENDING.value,
            earlier_attempts=F("attempts"),
            give_up_at=give_up_at,
            next_attempt_at=at,
            lease_token=None,
            settled_at=None,
            code="",
            reason="",
        )

    def blank(self) -> None:
        """Take out what these carried and what came back, and keep that they were sent."""
        DeliveryAttempt.objects.filter(delivery__in=self.values("pk")).update(excerpt="", reason="")
        self.update(sealed_request="", terms={}, reason="")

    def unlocked(self) -> Self:
        """Lock rows, and leave out those that somebody else has locked; SQLite has one writer at a time anyway."""
        return self.select_for_update(of=("self",), skip_locked=True) if connection.vendor == "postgresql" else self


class Delivery(models.Model):
    """One thing to be sent, until it got through or was given up. Its id is the idempotency key that goes with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=_choices(Kind))
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    target = models.CharField(max_length=120)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="deliveries")
    workflow = models.ForeignKey(Workflow, null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries")
    step = models.CharField(max_length=100, blank=True, default="")
    run = models.PositiveIntegerField(default=0)
    sealed_request = models.TextField(blank=True, default="")
    terms = models.JSONField(default=dict)
    is_idempotent = models.BooleanField(default=True)
    is_doubtful = models.BooleanField(default=False)
    status = models.CharField(max_length=20, choices=_choices(Status), default=Status.PENDING.value)
    attempts = models.PositiveIntegerField(default=0)
    earlier_attempts = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField()
    give_up_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    lease_token = models.UUIDField(null=True, editable=False)
    code = models.CharField(max_length=100, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "target"], name="one_delivery_per_event_and_target"),
            models.CheckConstraint(condition=Q(status__in=[s.value for s in Status]), name="delivery_status_known"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in Kind]), name="delivery_kind_known"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "next_attempt_at"], name="delivery_due", condition=Q(status=Status.PENDING.value)
            ),
            models.Index(
                fields=["channel", "next_attempt_at"],
                name="delivery_under_way",
                condition=Q(status=Status.PENDING.value, lease_token__isnull=False),
            ),
            models.Index(fields=["give_up_at"], name="delivery_overdue", condition=Q(status=Status.PENDING.value)),
            models.Index(fields=["-created_at", "id"], name="delivery_newest"),
            models.Index(fields=["status", "-created_at"], name="delivery_by_status"),
            models.Index(fields=["channel", "-created_at", "id"], name="delivery_of_channel"),
            models.Index(fields=["settled_at"], name="delivery_settled", condition=Q(settled_at__isnull=False)),
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.kind} {self.id} ({self.status})"

    @property
    def has_request(self) -> bool:
        """Whether what was to be sent is still kept."""
        return bool(self.sealed_request)

    @property
    def request(self) -> Mapping[str, Any] | None:
        """What was to be sent, which is encrypted wherever it is kept: it holds what people said.

        :raises rest.encryption.KeyLost: it was encrypted under a key that is gone
        """
        return unseal(self.sealed_request) if self.sealed_request else None

    @property
    def is_sensitive(self) -> bool:
        """Whether what comes back may echo values that are hidden from somebody."""
        return bool(self.terms.get("is_sensitive"))

    @property
    def tried(self) -> int:
        """How often it was tried since it was asked for, or asked for again."""
        return self.attempts - self.earlier_attempts

    def settle(self, token: uuid.UUID, verdict: Verdict, *, at: datetime) -> bool:
        """Note what came of an attempt, if the lease is still the one it was sent under, and give the lease back."""
        columns: dict[str, Any] = {
            "status": verdict.status.value,
            "code": verdict.code,
            "reason": verdict.reason,
            "is_doubtful": verdict.in_doubt,
            "lease_token": None,
        }
        if verdict.again_at is not None:
            return self._write(token, **columns, next_attempt_at=verdict.again_at)
        return self._write(token, **columns, settled_at=at)

    def begin_attempt(self, token: uuid.UUID, *, at: datetime, lease: timedelta) -> "DeliveryAttempt | None":
        """Note that it is about to be sent, under a lease that begins now; None if somebody else has it by now.

        The lease gets a token of its own: an engine may deliver one message twice, and only the first one sends.
        """
        number = self.attempts + 1
        if not self._write(token, attempts=number, next_attempt_at=at + lease, lease_token=uuid.uuid4()):
            return None
        return DeliveryAttempt.objects.create(delivery=self, number=number, started_at=at)

    def reopen(self, *, at: datetime, give_up_at: datetime, only_given_up: bool = False) -> bool:
        """Try once more what was given up, or got through: the same request under the same key."""
        mine = type(self).objects.filter(pk=self.pk)
        mine = mine.given_up() if only_given_up else mine
        return bool(mine.reopen(at=at, give_up_at=give_up_at))

    def _write(self, token: uuid.UUID, **columns: Any) -> bool:
        """Write columns if the lease is still this one: who lost it changes nothing."""
        if not type(self).objects.held_by(token).filter(pk=self.pk).update(**columns):
            return False
        for name, value in columns.items():
            setattr(self, name, value)
        return True


class DeliveryAttempt(models.Model):
    """One try to send something; open until its result is known, which a killed worker never tells."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=20, blank=True, default="")
    code = models.CharField(max_length=100, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    status_code = models.PositiveSmallIntegerField(null=True)
    excerpt = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "number"], name="attempt_number_of_delivery")
        ]
        ordering: ClassVar = ["delivery", "number"]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.delivery_id}"

    @property
    def seen(self) -> str:
        """The beginning of what came back, or why nobody can read it."""
        try:
            return decrypt(self.excerpt) if is_encrypted(self.excerpt) else self.excerpt
        except KeyLost as lost:
            return lost.message

    def end(self, verdict: Verdict, *, seen: Seen, at: datetime) -> None:
        """Note what came of it."""
        columns: Mapping[str, Any] = {
            "ended_at": at,
            "result": "retry" if verdict.again_at is not None else verdict.status.value,
            "code": verdict.code,
            "reason": verdict.reason,
            "status_code": seen.status_code,
            "excerpt": encrypt(seen.excerpt) if seen.excerpt and self.delivery.is_sensitive else seen.excerpt,
        }
        type(self).objects.filter(pk=self.pk).update(**columns)

    def interrupt(self, at: datetime) -> None:
        """Note that nobody will tell what came of it: whoever sent it lost the lease."""
        reason = "The worker that sent it never told what came of it."
        type(self).objects.filter(pk=self.pk).update(ended_at=at, result="unknown", code="interrupted", reason=reason)


class ScheduledJob(models.Model):
    """Something that happens every so often, once however many workers there are."""

    name = models.CharField(max_length=100, unique=True)
    next_run_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    def take(self, *, at: datetime, every: timedelta) -> bool:
        """Take the job if it is due, so that nobody else does it; the next time is counted from now."""
        due = type(self).objects.filter(pk=self.pk, next_run_at=self.next_run_at, next_run_at__lte=at)
        return bool(due.update(next_run_at=at + every))


class SecretQuerySet(models.QuerySet["Secret"]):
    """Finding secrets."""

    def named(self, names: Collection[str]) -> Self:
        """Return the secrets with these names."""
        return self.filter(pk__in=names)

    def note_use(self, secrets: Iterable["Secret"], at: datetime) -> None:
        """Remember roughly when these were last used."""
        stale = [one.pk for one in secrets if one.last_used_at is None or at - one.last_used_at >= LAST_USE_PRECISION]
        if stale:
            self.filter(pk__in=stale).update(last_used_at=at)


class Secret(models.Model):
    """Something that is sent and never shown: its value encrypted, and the hosts it may be sent to."""

    name = models.CharField(max_length=100, primary_key=True)
    hosts = models.JSONField(default=list)
    ciphertext = models.TextField(editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)
    updated_by = models.CharField(max_length=255, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SecretQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        permissions: ClassVar = [("use_tools", "Can publish templates that call tools")]

    def __str__(self) -> str:
        return self.name

    def may_go_to(self, host: str, port: int) -> bool:
        """Tell whether the secret may be sent to this host."""
        return fits_any(self.hosts, host, port)

    def store(self, *, ciphertext: str | None = None, hosts: list[str], by: str, at: datetime) -> None:
        """Keep new hosts, and a new value if there is one."""
        fields = ["hosts", "updated_at", "updated_by"]
        self.hosts, self.updated_at, self.updated_by = hosts, at, by
        if ciphertext is not None:
            self.ciphertext = ciphertext
            fields.append("ciphertext")
        if self._state.adding:
            self.created_at = at
        self.save(update_fields=None if self._state.adding else fields)
