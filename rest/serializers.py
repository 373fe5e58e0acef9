"""Bodies of requests: their shape only. What they mean is decided further down."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from engine.errors import did_you_mean

# So many unknown keys are named; a hostile body must not become a long answer.
MAX_UNKNOWN = 20


class StrictSerializer(serializers.Serializer[Any]):
    """A body in which an unknown key is an error, so that a typo never passes silently.

    `answered` are keys that only our own answers have: what we showed may be sent back, and they are not read.
    """

    answered: ClassVar[frozenset[str]] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        """Read the known keys; what is wrong with them and the unknown ones are refused together."""
        known = [name for name, field in self.fields.items() if not field.read_only]
        given = data if isinstance(data, Mapping) else {}
        strange = [key for key in given if key not in known and key not in self.answered]
        unknown = {key: [self._unknown(key, known)] for key in strange[:MAX_UNKNOWN]}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**serializers.as_serializer_error(error), **unknown}) from None
        if unknown:
            raise serializers.ValidationError(unknown)
        return value

    @staticmethod
    def _unknown(key: str, known: list[str]) -> serializers.ErrorDetail:
        near = did_you_mean(key, known)
        hint = f"Did you mean {near!r}?" if near else f"Known are: {', '.join(known)}."
        return serializers.ErrorDetail(f"There is no key {key!r} here. {hint}", code="unknown_key")


class EmptySerializer(StrictSerializer):
    """A body in which there is nothing to say."""


class MomentField(serializers.DateTimeField):
    """A time with its offset; one that has none could mean two things."""

    default_error_messages = {"naive": "Say the offset, too: 2026-03-01T12:00:00Z."}  # noqa: RUF012  as DRF declares it

    def enforce_timezone(self, value: datetime) -> datetime:
        """Refuse a time without an offset."""
        if not timezone.is_aware(value):
            self.fail("naive")
        return super().enforce_timezone(value)


class JsonObjectField(serializers.JSONField):
    """Any JSON object."""

    default_error_messages = {"not_an_object": "This must be a JSON object."}  # noqa: RUF012  as DRF declares it

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Refuse what is no object."""
        if not isinstance(data, dict):
            self.fail("not_an_object")
        return data


def body_of(request: Request, serializer_class: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """Return the body of a request, read by a serializer.

    :raises rest_framework.exceptions.ValidationError: its shape is wrong
    """
    serializer = serializer_class(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
