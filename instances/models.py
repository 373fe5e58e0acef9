"""Workflows as stored. What may happen to one is decided in `engine`; here it is written, once or not at all."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Case, F, Q, When

from engine.acts import Act, is_allowed
from engine.conclusion import Decision
from engine.definition import Definition
from engine.document_schema import CONTENT
from engine.errors import RevisionConflict
from engine.facts import Activated, Cancelled, Expired, Failed
from engine.progress import ENDED, Progress, Status
from engine.workflow import expires_at
from events.models import Event, NewEvent, Subject
from instances.columns import failure_of, is_changed, state_of, stored
from instances.sealing import SEALING, columns_of, opened, whole_of
from permissions.models import UserType
from registry.models import TemplateVersion, WorkflowTemplate
from rest.callers import Caller
from rest.encryption import decrypt, encrypt

_HEAVY = [*(f"version__{name}" for name in CONTENT), *(f"template__{name}" for name in (*CONTENT, "draft"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom a workflow belongs to. The same user id under another user type is somebody else."""

    user_type_id: uuid.UUID
    user_id: str


class WorkflowQuerySet(models.QuerySet["Workflow"]):
    """Finding workflows."""

    def visible_to(self, caller: Caller) -> Self:
        """Return the workflows that the caller may know of."""
        return self if caller.user_type_ids is None else self.filter(user_type__in=caller.user_type_ids)

    def active_in(self, conversation_id: str) -> Self:
        """Return the workflow that has the slot of a conversation, if any."""
        return self.filter(conversation_id=conversation_id, status=Status.ACTIVE)

    def paused_in(self, conversation_id: str) -> Self:
        """Return the paused workflows of a conversation, the latest first, as one comes back from a digression."""
        return self.filter(conversation_id=conversation_id, status=Status.PAUSED).order_by("-updated_at", "id")

    def of_person(self, person: Person) -> Self:
        """Return the workflows of one person."""
        return self.filter(user_id=person.user_id, user_type_id=person.user_type_id)

    def completed_from(self, template: str) -> Self:
        """Return the completed workflows of the template of this name, any version, the latest first."""
        named = WorkflowTemplate.objects.filter(name=template).values("pk")[:1]
        return self.filter(status=Status.COMPLETED, template=named).order_by("-ended_at", "id")

    def under_way(self, template: str, conversation_id: str) -> Self:
        """Return the workflows of a template that are going on in a conversation, or wait to."""
        going_on = Q(status__in=[Status.ACTIVE, Status.PAUSED, Status.FINISHING]) | Q(is_waiting=True)
        return self.filter(going_on, template__name=template, conversation_id=conversation_id)

    def held_back(self, *, first_in: str) -> Self:
        """Return what was created and waits for prerequisites, or for the slot since they are met.

        What was asked to be active comes first, and of that what is in this conversation, and then the oldest.
        """
        elsewhere = Case(When(conversation_id=first_in, then=False), default=True)
        held = self.filter(status=Status.CREATED).exclude(is_waiting=False, unmet_prerequisites=[])
        return held.order_by("-is_waiting", elsewhere, "created_at", "id")

    def lightly(self) -> Self:
        """Fetch what decides whether a workflow can be woken, and none of its values."""
        return self.only("version_id", "conversation_id", "is_waiting", "unmet_prerequisites")

    def with_names(self) -> Self:
        """Fetch what answers tell of the template, version, user type and successor, and no document."""
        return self.select_related("template", "version", "user_type", "successor").defer(*_HEAVY)

    def in_brief(self) -> Self:
        """Fetch of the template and version no more than what they are called by; the way to many reads a second."""
        return self.annotate(template_name=F("template__name"), version_number=F("version__number"))

    def at_a_glance(self) -> Self:
        """Fetch what a list for people shows of each, and none of its values."""
        shown = ("status", "conversation_id", "user_id", "created_at", "template__name", "user_type__name")
        return self.select_related("template", "user_type").only(*shown)

    def due(self, at: datetime) -> Self:
        """Return the workflows that nobody interacted with for too long, the longest overdue first."""
        return self.filter(expires_at__lte=at).order_by("expires_at", "id")

    def locked(self, *, skip_taken: bool = False) -> Self:
        """Lock the workflows alone: a version is shared, and locking it would queue every workflow behind it.

        With `skip_taken` those that somebody else has locked are left out rather than waited for.
        """
        # No key changes, so rows that refer to a workflow may be written beside it.
        return self.select_for_update(of=("self",), skip_locked=skip_taken, no_key=True)


class Workflow(models.Model):
    """One instance of a template, pinned to a version for life.

    `progress` has every value that was accepted, parked ones included; what is live is derived from it. The columns
    `state_data`, `previous_values` and `end_action_result` lack what is sensitive: that is in `sealed_data`, encrypted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.ForeignKey(WorkflowTemplate, on_delete=models.PROTECT, related_name="workflows")
    version = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT, related_name="workflows")
    user_type = models.ForeignKey(UserType, on_delete=models.PROTECT, related_name="workflows")
    conversation_id = models.CharField(max_length=255)
    user_id = models.CharField(max_length=255, db_index=True)
    status = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in Status], db_index=True)
    is_waiting = models.BooleanField(default=False)
    unmet_prerequisites = models.JSONField(default=list, blank=True)
    current_step = models.CharField(max_length=100, blank=True, default="")
    state_data = models.JSONField(default=dict)
    sources = models.JSONField(default=dict)
    skipped_steps = models.JSONField(default=list)
    acknowledged_steps = models.JSONField(default=list)
    contested_fields = models.JSONField(default=list)
    previous_values = models.JSONField(default=dict)
    item_ids = models.JSONField(default=dict)
    last_item_id = models.PositiveIntegerField(default=0)
    said_steps = models.JSONField(default=list)
    attempts = models.JSONField(default=dict)
    actions = models.JSONField(default=dict)
    last_run = models.PositiveIntegerField(default=0)
    today = models.DateField()
    sealed_data = models.TextField(blank=True, default="")
    metadata = models.JSONField(default=dict)
    outcome = models.CharField(max_length=100, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    failure = models.JSONField(null=True, blank=True)
    end_action_result = models.JSONField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    predecessor = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="successor"
    )
    chain_length = models.PositiveSmallIntegerField(default=1)
    started_by = models.CharField(max_length=200, blank=True, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    last_interaction_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WorkflowQuerySet.as_manager()

    _opened: tuple[str, Mapping[str, Any]] = ("", {})

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation_id"],
                condition=Q(status=Status.ACTIVE.value),
                name="one_active_workflow_per_conversation",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[str(status) for status in Status]), name="workflow_status_known"
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None)
                | Q(status__in=[str(status) for status in Status if is_allowed(Act.EXPIRE, status)]),
                name="workflow_that_expires_may",
            ),
            models.CheckConstraint(
                condition=Q(is_waiting=False) | Q(status=Status.CREATED.value),
                name="workflow_waits_only_if_created",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["conversation_id", "status"], name="workflow_by_conversation"),
            models.Index(fields=["-created_at", "id"], name="workflow_newest"),
            models.Index(fields=["expires_at", "id"], name="workflow_expiring", condition=Q(expires_at__isnull=False)),
            models.Index(
                fields=["user_id", "user_type"], name="workflow_held_back", condition=Q(status=Status.CREATED.value)
            ),
            models.Index(
                fields=["user_id", "user_type", "template", "-ended_at", "id"],
                name="workflow_completed",
                condition=Q(status=Status.COMPLETED.value),
            ),
        ]
        permissions: ClassVar = [("view_sensitive", "Can see the values of sensitive fields")]

    def __str__(self) -> str:
        return f"{self.id} ({self.status})"

    @property
    def person(self) -> Person:
        """Whom this workflow belongs to."""
        return Person(user_type_id=self.user_type_id, user_id=self.user_id)

    @property
    def made_of(self) -> tuple[str, int]:
        """The name of the template and the number of the version, as `in_brief` or `with_names` read them along."""
        brief = vars(self)
        if "template_name" in brief:
            return brief["template_name"], brief["version_number"]
        return self.template.name, self.version.number

    @property
    def progress(self) -> Progress:
        """What the engine needs to know of this workflow.

        :raises rest.encryption.KeyLost: what is sensitive was sealed under a key that is gone
        """
        whole = self._whole()
        return Progress(
            status=Status(self.status),
            today=self.today,
            values=whole["state_data"],
            sources=self.sources,
            skipped=frozenset(self.skipped_steps),
            acknowledged=frozenset(self.acknowledged_steps),
            contested=frozenset(self.contested_fields),
            previous=whole["previous_values"],
            item_ids={name: tuple(ids) for name, ids in self.item_ids.items()},
            last_item_id=self.last_item_id,
            said=frozenset(self.said_steps),
            attempts=self.attempts,
            actions={step: state_of(state) for step, state in whole["actions"].items()},
            last_run=self.last_run,
            failed_step=(self.failure or {}).get("step", ""),
        )

    @property
    def result(self) -> Any:
        """What the end action came back with.

        :raises rest.encryption.KeyLost: it was sealed under a key that is gone
        """
        return self._whole()["end_action_result"]

    def record(
        self, definition: Definition, decision: Decision, events: list[NewEvent], *, at: datetime, actor: str
    ) -> None:
        """Store what an act led to and its events: a new row, or the old one if nobody wrote in between.

        :raises RevisionConflict: somebody did
        """
        read_revision = self.revision
        columns = self._take(definition, decision, at=at)
        if self._state.adding:
            self.created_at = at
            self.save(force_insert=True)
        elif not type(self).objects.filter(pk=self.pk, revision=read_revision).update(**columns):
            raise RevisionConflict(expected=read_revision, actual=type(self).objects.get(pk=self.pk).revision)
        self.log(events, at=at, actor=actor)

    def note_unmet(self, prerequisites: Iterable[str]) -> None:
        """Remember which prerequisites are unmet now; whoever does holds the lock of the person."""
        type(self).objects.filter(pk=self.pk).update(unmet_prerequisites=list(prerequisites))

    def log(self, events: list[NewEvent], *, at: datetime, actor: str) -> None:
        """Append events; whoever does holds the lock of this row."""
        subject = Subject(id=self.pk, template_id=self.template_id, template_version=self.version.number)
        Event.objects.write(subject, events, at=at, actor=actor)

    def _whole(self) -> Mapping[str, Any]:
        """Return what stands in plain columns and what is sealed together, decrypted once however often it is asked."""
        columns = {name: getattr(self, name) for name in SEALING}
        if not self.sealed_data:
            return columns
        if self._opened[0] != self.sealed_data:
            self._opened = (self.sealed_data, opened(self.sealed_data))
        return whole_of(columns, self._opened[1])

    def _take(self, definition: Definition, decision: Decision, *, at: datetime) -> dict[str, Any]:
        """Take over a decision and return the columns that hold it. What was refused or said moves no revision."""
        before, after = self.progress if self.status else None, decision.progress
        # To expire is not an interaction, but the end of a silence; how long it was stays on record.
        has_expired = any(isinstance(fact, Expired) for fact in decision.facts)
        columns: dict[str, Any] = {
            "attempts": dict(after.attempts),
            "said_steps": sorted(after.said),
            "last_interaction_at": self.last_interaction_at if has_expired else at,
            "expires_at": expires_at(definition, after.status, last_interaction=at),
            "current_step": _id_of_current_step(decision),
        }
        if before is None or is_changed(before, after) or decision.metadata is not None:
            columns |= {
                "status": str(after.status),
                "is_waiting": decision.is_waiting,
                "unmet_prerequisites": list(decision.unmet_prerequisites),
                "sources": {name: str(source) for name, source in after.sources.items()},
                "skipped_steps": sorted(after.skipped),
                "acknowledged_steps": sorted(after.acknowledged),
                "contested_fields": sorted(after.contested),
                "item_ids": {name: list(ids) for name, ids in after.item_ids.items()},
                "last_item_id": after.last_item_id,
                "last_run": after.last_run,
                "today": after.today,
                "revision": self.revision + 1,
                "updated_at": at,
                **self._milestones(decision, at),
                **_sealed(definition, decision),
            }
        if decision.metadata is not None:
            columns["metadata"] = dict(decision.metadata)
        for name, value in columns.items():
            setattr(self, name, value)
        return columns

    def _kept_failure(self, status: Status) -> Any:
        """Return why a workflow failed, as long as it goes no further than being cancelled."""
        return self.failure if status in (Status.FAILED, Status.CANCELLED) else None

    def _milestones(self, decision: Decision, at: datetime) -> Mapping[str, Any]:
        status, failed = decision.progress.status, next((f for f in decision.facts if isinstance(f, Failed)), None)
        cancelled = next((fact for fact in decision.facts if isinstance(fact, Cancelled | Expired)), None)
        return {
            "outcome": decision.outcome,
            "reason": cancelled.reason if cancelled else self.reason,
            "failure": failure_of(failed) if failed else self._kept_failure(status),
            "activated_at": at if any(isinstance(fact, Activated) for fact in decision.facts) else self.activated_at,
            "ended_at": at if status in ENDED else None,
        }


class IdempotencyKey(models.Model):
    """A request that came with an `Idempotency-Key`, and what was answered. Rows that others can see are complete."""

    digest = models.CharField(max_length=64, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=100, blank=True, default="")
    body = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest

    @property
    def answer(self) -> str:
        """What was answered.

        :raises rest.encryption.KeyLost: it was encrypted under a key that is gone
        """
        return decrypt(self.body)

    def keep(self, *, status: int, body: str, content_type: str) -> None:
        """Store the answer, in the transaction of its effect; encrypted, for it may hold what people said."""
        self.status, self.body, self.content_type = status, encrypt(body), content_type
        self.save(update_fields=["status", "body", "content_type"])

    def begin_anew(self, *, fingerprint: str, at: datetime) -> None:
        """Take over the row of a request that is no longer remembered."""
        self.fingerprint, self.created_at, self.body = fingerprint, at, ""
        self.save(update_fields=["fingerprint", "created_at", "body"])


def _sealed(definition: Definition, decision: Decision) -> dict[str, Any]:
    """Return the columns of what people and receivers said."""
    after = decision.progress
    whole = {
        "state_data": dict(after.values),
        "previous_values": dict(after.previous),
        "actions": {step: stored(state) for step, state in after.actions.items()},
        "end_action_result": decision.end_action_result,
    }
    return columns_of(definition.sensitive_fields, whole)


def _id_of_current_step(decision: Decision) -> str:
    step = decision.position.current_step
    return step.id if step and decision.progress.status not in ENDED else ""
