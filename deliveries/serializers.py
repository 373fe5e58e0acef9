"""Shapes of answers about deliveries."""

from typing import Any

from rest_framework import serializers

from deliveries.models import Kind, Status


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
