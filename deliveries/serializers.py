"""Shapes of bodies and answers about deliveries, secrets and tools."""

from typing import Any

from rest_framework import serializers

from deliveries.models import Kind
from deliveries.results import Status
from deliveries.vault import MAX_HOSTS, MAX_VALUE
from rest.serializers import MomentField, StrictSerializer

_ANSWERED = frozenset({"name", "created_at", "updated_at", "updated_by", "last_used_at"})


def _hosts() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=300), min_length=1, max_length=MAX_HOSTS, help_text="like bank.example"
    )


class SecretInputSerializer(StrictSerializer):
    """A secret to store. Keys that only our answers have are accepted and ignored."""

    answered = _ANSWERED

    value = serializers.CharField(max_length=MAX_VALUE, trim_whitespace=False, write_only=True)
    hosts = _hosts()


class SecretHostsSerializer(StrictSerializer):
    """The hosts that a secret may be sent to from now on."""

    answered = _ANSWERED

    hosts = _hosts()


class SecretSerializer(serializers.Serializer[Any]):
    """A secret as it is answered: never its value."""

    name = serializers.CharField()
    hosts = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    updated_by = serializers.CharField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class ToolSerializer(serializers.Serializer[Any]):
    """A tool as it is answered; `arguments` is a JSON Schema."""

    name = serializers.CharField()
    description = serializers.CharField()
    arguments = serializers.JSONField()
    idempotent = serializers.BooleanField()
    permission = serializers.CharField(allow_blank=True)


class AttemptSerializer(serializers.Serializer[Any]):
    """One attempt as it is answered."""

    number = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    result = serializers.CharField(allow_null=True)
    code = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    status_code = serializers.IntegerField(allow_null=True)
    excerpt = serializers.CharField(allow_blank=True)


class DeliveredEventSerializer(serializers.Serializer[Any]):
    """What a delivery is there for."""

    type = serializers.CharField()
    sequence = serializers.IntegerField()
    subject_id = serializers.UUIDField()
    at = serializers.DateTimeField()


class DeliverySerializer(serializers.Serializer[Any]):
    """A delivery as it is answered."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    status = serializers.ChoiceField(choices=[status.value for status in Status])
    event = DeliveredEventSerializer()
    workflow_id = serializers.UUIDField(allow_null=True)
    step = serializers.CharField(allow_null=True)
    method = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_null=True)
    tool = serializers.CharField(allow_null=True)
    endpoint_id = serializers.UUIDField(allow_null=True)
    code = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    attempts = serializers.IntegerField()
    max_attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    give_up_at = serializers.DateTimeField()
    settled_at = serializers.DateTimeField(allow_null=True)
    tries = AttemptSerializer(many=True)


class ReplayAllSerializer(StrictSerializer):
    """What is to be sent again: what was given up, of all made from `since` until before `until`, or until now."""

    since = MomentField()
    until = MomentField(required=False)
    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind], required=False)


class ReplayedAllSerializer(serializers.Serializer[Any]):
    """How many are sent again, and how many cannot be any more; with `next_since` ask again from there."""

    replayed = serializers.IntegerField()
    refused = serializers.IntegerField()
    next_since = serializers.DateTimeField(allow_null=True)
