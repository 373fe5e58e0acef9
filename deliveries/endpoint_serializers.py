"""Shapes of bodies and answers about webhook endpoints."""

from typing import Any, ClassVar

from rest_framework import serializers

from deliveries.event_types import EVENT_TYPES
from rest.serializers import MomentField, StrictSerializer


class EventTypesField(serializers.ListField):
    """Types of events, each once; an empty list means all of them."""

    child = serializers.CharField(max_length=100)

    def to_internal_value(self, data: Any) -> Any:
        """Return the names in the order given."""
        return list(dict.fromkeys(super().to_internal_value(data)))


class EndpointInputSerializer(StrictSerializer):
    """An endpoint to store. Keys that only our answers have are accepted and ignored."""

    answered: ClassVar = frozenset(
        {
            "id",
            "disabled_reason",
            "disabled_at",
            "failing_since",
            "last_success_at",
            "created_at",
            "updated_at",
        }
    )

    url = serializers.CharField(max_length=2000)
    description = serializers.CharField(max_length=500, required=False, allow_blank=True)
    event_types = EventTypesField(required=False, max_length=len(EVENT_TYPES) * 2)
    is_active = serializers.BooleanField(required=False)


class EndpointSerializer(serializers.Serializer[Any]):
    """An endpoint as it is answered."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    event_types = serializers.ListField(child=serializers.CharField())
    is_active = serializers.BooleanField()
    disabled_reason = serializers.CharField(allow_null=True)
    disabled_at = serializers.DateTimeField(allow_null=True)
    failing_since = serializers.DateTimeField(allow_null=True)
    last_success_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class EndpointWithSecretSerializer(EndpointSerializer):
    """An endpoint with its new secret, which is shown this once."""

    secret = serializers.CharField()


class RotateSerializer(StrictSerializer):
    """How to rotate: the old secrets stay valid for a day, or end now."""

    revoke_old = serializers.BooleanField(required=False)


class ReplaySerializer(StrictSerializer):
    """What to send once more: what was dispatched from `since` until before `until`, which is now unless given."""

    since = MomentField()
    until = MomentField(required=False)
    only_failed = serializers.BooleanField(required=False)


class ReplayedSerializer(serializers.Serializer[Any]):
    """What came of a replay; with `next_since` ask again from there."""

    reopened = serializers.IntegerField()
    next_since = serializers.DateTimeField(allow_null=True)
