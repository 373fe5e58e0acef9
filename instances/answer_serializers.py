"""Shapes of what an answer about a workflow consists of."""

from typing import Any

from rest_framework import serializers

from engine.actions import ActionStatus, ActionType
from engine.asking import Why
from engine.report import Outcome
from rest.serializers import JsonObjectField


class ConfirmationLineSerializer(serializers.Serializer[Any]):
    """One answer to confirm."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF moves fields out of the class
    value = serializers.JSONField()
    words = serializers.CharField()


class ProblemToConfirmSerializer(serializers.Serializer[Any]):
    """Why a request cannot be made as it stands; once confirmed, it fails."""

    code = serializers.CharField()
    message = serializers.CharField()


class ActionToConfirmSerializer(serializers.Serializer[Any]):
    """What a step is about to ask the server for."""

    step = serializers.CharField()
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=[kind.value for kind in ActionType])
    target = serializers.CharField()
    request = JsonObjectField(allow_null=True, help_text="method, url, headers, body, or tool, arguments")
    problem = ProblemToConfirmSerializer(allow_null=True)


class ConfirmationSerializer(serializers.Serializer[Any]):
    """What is to be confirmed: all that was collected, or the inputs of one action."""

    token = serializers.CharField()
    summary = ConfirmationLineSerializer(many=True)
    action = ActionToConfirmSerializer(allow_null=True, help_text="null if all that was collected is to be confirmed")


class ResumableSerializer(serializers.Serializer[Any]):
    """A paused workflow of the same conversation."""

    id = serializers.UUIDField()
    template = serializers.CharField()
    paused_at = serializers.DateTimeField()


class UnmetSerializer(serializers.Serializer[Any]):
    """A rule that does not hold yet."""

    step = serializers.CharField(allow_null=True)
    fields = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]  # as above
    message = serializers.CharField()


class FailureSerializer(serializers.Serializer[Any]):
    """Why a workflow failed."""

    code = serializers.CharField()
    reason = serializers.CharField()
    step = serializers.CharField(required=False, help_text="the step whose action failed, if that is why")


class ActionSerializer(serializers.Serializer[Any]):
    """How far the action of a step is."""

    status = serializers.ChoiceField(choices=[status.value for status in ActionStatus])
    code = serializers.CharField(help_text="why it failed, or empty")
    reason = serializers.CharField()


class RejectedSerializer(serializers.Serializer[Any]):
    """Something refused."""

    field = serializers.CharField(required=False)
    step = serializers.CharField(required=False)
    path = serializers.CharField(required=False, help_text="JSON Pointer of the spot, if it is inside a value")
    code = serializers.CharField(
        help_text="the JSON Schema keyword that failed, or a reason of ours: ambiguous, no_evidence, sensitive, ..."
    )
    message = serializers.CharField()
    attempts = serializers.IntegerField(
        required=False, help_text="how often the field was refused; not there where the person said nothing wrong"
    )


class IgnoredSerializer(serializers.Serializer[Any]):
    """Something that changes nothing."""

    field = serializers.CharField(required=False)
    step = serializers.CharField(required=False)
    path = serializers.CharField(required=False)
    reason = serializers.CharField()
    suggestion = serializers.CharField(required=False)


class AcceptedSerializer(serializers.Serializer[Any]):
    """A value that was stored."""

    field = serializers.CharField()
    coerced_from = serializers.JSONField(required=False, help_text="what was sent, if it had to be read")
    appended = serializers.ListField(child=serializers.IntegerField(), required=False, help_text="ids of new entries")
    removed = serializers.ListField(child=serializers.IntegerField(), required=False, help_text="ids taken out")


class InvalidatedSerializer(serializers.Serializer[Any]):
    """A value that was taken out because what it depends on changed."""

    field = serializers.CharField()
    because = serializers.CharField()


_CORRECTED_FIELDS = {"field": serializers.CharField(), "from": serializers.JSONField(), "to": serializers.JSONField()}
CorrectedSerializer = type("CorrectedSerializer", (serializers.Serializer,), _CORRECTED_FIELDS)


class ReportSerializer(serializers.Serializer[Any]):
    """What became of everything in a submission."""

    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in Outcome])
    accepted = AcceptedSerializer(many=True)
    corrected = CorrectedSerializer(many=True)
    rejected = RejectedSerializer(many=True)
    ignored = IgnoredSerializer(many=True)
    invalidated = InvalidatedSerializer(many=True)
    parked = serializers.ListField(child=serializers.CharField())
    restored = serializers.ListField(child=serializers.CharField())
    completed_steps = serializers.ListField(child=serializers.CharField())


class SaySerializer(serializers.Serializer[Any]):
    """Something to tell the person."""

    step = serializers.CharField()
    name = serializers.CharField()
    text = serializers.CharField()


class ChoiceSerializer(serializers.Serializer[Any]):
    """Something that can be chosen."""

    value = serializers.JSONField()
    title = serializers.CharField()


class AskSerializer(serializers.Serializer[Any]):
    """A field to ask now."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # as above
    step = serializers.CharField(allow_null=True)
    reason = serializers.ChoiceField(choices=[why.value for why in Why])
    attempt = serializers.IntegerField(help_text="1 when it is asked for the first time")
    ask = serializers.CharField(allow_null=True, help_text="the author's words for this attempt")
    hint = serializers.CharField(allow_null=True)
    choices = ChoiceSerializer(many=True)
