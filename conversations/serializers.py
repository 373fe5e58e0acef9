"""Shapes of contexts."""

from typing import Any

from rest_framework import serializers

from engine.asking import Why
from engine.progress import Status
from engine.workflow import Next
from instances.answer_serializers import (
    ChoiceSerializer,
    ConfirmationSerializer,
    ResumableSerializer,
    SaySerializer,
    UnmetSerializer,
)
from rest.serializers import JsonObjectField

ALWAYS = frozenset({"workflow", "allowed_actions", "resumable", "omitted", "prompt", "tools"})
"""What a context tells even where no workflow is active."""


class ContextWorkflowSerializer(serializers.Serializer[Any]):
    """Which workflow a context is of, and where it is in its lifecycle."""

    id = serializers.UUIDField()
    template = serializers.CharField()
    version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=[status.value for status in Status])
    revision = serializers.IntegerField()
    next = serializers.ChoiceField(choices=[step.value for step in Next])
    waiting_for = serializers.ListField(child=serializers.CharField(), help_text="templates, or the step of an action")
    outcome = serializers.CharField(allow_null=True)
    failure_code = serializers.CharField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class PlaceSerializer(serializers.Serializer[Any]):
    """The number of the current step among those that apply."""

    index = serializers.IntegerField(help_text="from 1")
    of = serializers.IntegerField()


class ContextProgressSerializer(serializers.Serializer[Any]):
    """How much of what is required is there."""

    required_total = serializers.IntegerField()
    required_filled = serializers.IntegerField()
    step = PlaceSerializer(allow_null=True)


class CurrentStepSerializer(serializers.Serializer[Any]):
    """The step at which a workflow stands."""

    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()


class ToAskSerializer(serializers.Serializer[Any]):
    """A field to ask now."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF moves fields out of the class
    step = serializers.CharField(allow_null=True)
    type = serializers.CharField(help_text="the JSON type, or the format of a text")
    ask = serializers.CharField(allow_null=True, help_text="the author's words for this attempt")
    hint = serializers.CharField(allow_null=True)
    choices = ChoiceSerializer(many=True)
    unit = serializers.CharField(allow_null=True)
    attempt = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=[why.value for why in Why])
    sensitive = serializers.CharField(required=False, help_text="`mask` or `never_llm`")


class NamedFieldSerializer(serializers.Serializer[Any]):
    """A field that is open."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # as above
    step = serializers.CharField(allow_null=True)


class FilledSerializer(serializers.Serializer[Any]):
    """An answer; of one that is hidden only that it was `provided`, of one that was `cut` only the first words."""

    label = serializers.CharField()  # type: ignore[assignment]  # as above
    value = serializers.JSONField(required=False)
    words = serializers.CharField(required=False)
    provided = serializers.BooleanField(required=False)
    cut = serializers.BooleanField(required=False)
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment]  # as above
    step = serializers.CharField(allow_null=True)
    sensitive = serializers.CharField(required=False)


class ContextRejectedSerializer(serializers.Serializer[Any]):
    """What was refused: by this act with code and message, before it with the number of attempts."""

    field = serializers.CharField(required=False)
    label = serializers.CharField(required=False)  # type: ignore[assignment]  # as above
    step = serializers.CharField(required=False)
    path = serializers.CharField(required=False)
    attempts = serializers.IntegerField(required=False)
    code = serializers.CharField(required=False)
    message = serializers.CharField(required=False)


class PageSerializer(serializers.Serializer[Any]):
    """Where the person gives what no model may read, and reviews and confirms everything."""

    url = serializers.CharField()
    expires_at = serializers.DateTimeField()


class OmittedSerializer(serializers.Serializer[Any]):
    """What was left out for `max_chars`; `over_budget` counts the characters by which the rest is too large."""

    name = serializers.CharField()
    count = serializers.IntegerField()


class PromptSerializer(serializers.Serializer[Any]):
    """What a model is told, in two parts: the first is the same for a version, a dialect and a locale."""

    stable = serializers.CharField()
    dynamic = serializers.CharField()


class StartableSerializer(serializers.Serializer[Any]):
    """A template that the person may start."""

    workflow = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    category = serializers.CharField(allow_blank=True)
    requires = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="what is still to be completed first"
    )


class ContextSerializer(serializers.Serializer[Any]):
    """What a model needs to know of a workflow now."""

    workflow = ContextWorkflowSerializer()
    progress = ContextProgressSerializer()
    current_step = CurrentStepSerializer(allow_null=True)
    ask_next = ToAskSerializer(many=True)
    missing = NamedFieldSerializer(many=True)
    optional = NamedFieldSerializer(many=True)
    filled = serializers.DictField(child=FilledSerializer())
    rejected = ContextRejectedSerializer(many=True)
    unmet = UnmetSerializer(many=True)
    not_applicable = serializers.ListField(child=serializers.CharField())
    say = SaySerializer(many=True)
    allowed_actions = serializers.ListField(child=serializers.CharField(), help_text="the acts that are not refused")
    skippable = serializers.ListField(child=serializers.CharField(), help_text="steps")
    acknowledgeable = serializers.ListField(child=serializers.CharField(), help_text="steps")
    confirmation = ConfirmationSerializer(allow_null=True)
    resumable = ResumableSerializer(many=True)
    switchable = serializers.ListField(child=serializers.CharField(), help_text="templates to start instead")
    page = PageSerializer(allow_null=True)
    omitted = OmittedSerializer(many=True)
    prompt = PromptSerializer()
    tools = serializers.ListField(child=JsonObjectField())


class ConversationContextSerializer(ContextSerializer):
    """The context of the active workflow, or, with `workflow` null, what the person may start.

    Then there is `startable`, and of the other members `resumable`, `allowed_actions`, `omitted`, `prompt` and `tools`.
    """

    workflow = ContextWorkflowSerializer(allow_null=True)
    startable = StartableSerializer(many=True, required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Ask for no more than there is without a workflow."""
        fields = super().get_fields()
        for name in fields.keys() - ALWAYS:
            fields[name].required = False
        return fields
