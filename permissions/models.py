"""User types, what they may use, and the keys of clients."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from permissions.policy import LIMITED_SCOPES, Scope
from registry.models import WorkflowTemplate
from rest.callers import Caller

# `last_used_at` is for people who clean up; a write per request would cost more than it tells.
LAST_USE_PRECISION = timedelta(minutes=5)


class UserType(models.Model):
    """A kind of end user, like patient or employee."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255, unique=True)
    description = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class GrantQuerySet(models.QuerySet["UserTypeWorkflowTemplate"]):
    """Finding grants."""

    def allowing(self, *, user_type: UserType, template: WorkflowTemplate) -> Self:
        """Return the grant that lets this user type use this template."""
        return self.filter(user_type=user_type, workflow_template=template)


class UserTypeWorkflowTemplate(models.Model):
    """A grant: this user type may use this template."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user_type = models.ForeignKey(UserType, on_delete=models.CASCADE, related_name="grants")
    workflow_template = models.ForeignKey(WorkflowTemplate, on_delete=models.CASCADE, related_name="grants")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user_type", "workflow_template"], name="grant_once_per_type_and_template")
        ]
        ordering: ClassVar = ["user_type__name", "workflow_template__name"]
        verbose_name = "grant"

    def __str__(self) -> str:
        return f"{self.user_type} may use {self.workflow_template}"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Finding API keys."""

    def usable(self, at: datetime) -> Self:
        """Return the keys that open something at this moment."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None)


class ApiKey(models.Model):
    """What a client shows to be let in: scopes, and the user types it is limited to, if any."""

    name = models.CharField(max_length=255)
    prefix = models.CharField(max_length=20, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(default=list)
    is_limited = models.BooleanField(default=False)
    user_types = models.ManyToManyField(UserType, blank=True, related_name="api_keys")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    # What Django and DRF ask of whatever stands in `request.user`.
    is_authenticated = True
    is_anonymous = False
    is_active = True

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    def as_caller(self) -> Caller:
        """Return what the key may do, for the surfaces."""
        return Caller(
            actor=f"key:{self.prefix}",
            scopes=frozenset(self.scopes) & frozenset(map(str, LIMITED_SCOPES if self.is_limited else Scope)),
            user_type_ids=frozenset(kind.pk for kind in self.user_types.all()) if self.is_limited else None,
        )

    def note_use(self, at: datetime) -> None:
        """Remember roughly when the key was last used."""
        if self.last_used_at is None or at - self.last_used_at >= LAST_USE_PRECISION:
            type(self).objects.filter(pk=self.pk).update(last_used_at=at)

    def revoke(self, at: datetime) -> None:
        """Make the key useless; a key revoked before keeps its date."""
        if self.revoked_at is None:
            self.revoked_at = at
            self.save(update_fields=["revoked_at"])
