"""Shapes of bodies and answers about user types and grants."""

from typing import Any, ClassVar

from rest_framework import serializers

from rest.serializers import StrictSerializer


class UserTypeInputSerializer(StrictSerializer):
    """A user type to store. Keys that only our answers have are accepted and ignored."""

    answered: ClassVar = frozenset({"id", "created_at"})

    name = serializers.CharField(max_length=255)
    description = serializers.CharField(required=False, allow_blank=True)


class UserTypeSerializer(serializers.Serializer[Any]):
    """A user type as it is answered."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class GrantInputSerializer(StrictSerializer):
    """A grant to make."""

    user_type_id = serializers.UUIDField()
    workflow_template_id = serializers.UUIDField()


class GrantSerializer(serializers.Serializer[Any]):
    """A grant as it is answered."""

    id = serializers.UUIDField()
    user_type_id = serializers.UUIDField()
    user_type = serializers.CharField()
    workflow_template_id = serializers.UUIDField()
    workflow_template = serializers.CharField()
    created_at = serializers.DateTimeField()
