"""What is to be sent, and what may be sent with it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models

from deliveries.hosts import fits_any

# `last_used_at` is for people who clean up; a write per request would cost more than it tells.
LAST_USE_PRECISION = timedelta(minutes=5)


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
