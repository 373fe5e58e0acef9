"""Shapes of what a model calls, and of what it is answered."""

from typing import Any

from rest_framework import serializers

from conversations.parameters import ConversationSerializer
from engine.evidence import MAX_MESSAGE

_CONTEXT = "as GET of the context of the conversation; null if the call was carried out, and the context cannot be told"


class ToolCallSerializer(ConversationSerializer):
    """A tool that a model called."""

    name = serializers.CharField(max_length=255, trim_whitespace=False)
    arguments = serializers.JSONField(
        default=dict, allow_null=True, help_text="an object, or the JSON text that the model wrote"
    )
    message = serializers.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=MAX_MESSAGE,
        trim_whitespace=False,
        help_text="what the person said last, letter by letter; evidence is looked for in it",
    )
    expected_revision = serializers.IntegerField(
        required=False, min_value=0, help_text="of the active workflow, as the context showed it"
    )


class ToolErrorSerializer(serializers.Serializer[Any]):
    """Why nothing was done, and what to do next."""

    code = serializers.CharField()
    message = serializers.CharField()


class ToolResultSerializer(serializers.Serializer[Any]):
    """What came of a call, and all that the next turn needs."""

    tool = serializers.CharField()
    result = serializers.DictField(allow_null=True, help_text="what an act answers, without what is empty")
    error = ToolErrorSerializer(allow_null=True)
    context = serializers.DictField(allow_null=True, help_text=_CONTEXT)  # type: ignore[assignment]  # DRF moves fields out of the class


class LossSerializer(serializers.Serializer[Any]):
    """A keyword that a dialect cannot say, and what became of it."""

    tool = serializers.CharField()
    path = serializers.CharField()
    keyword = serializers.CharField()
    became = serializers.CharField()


class TemplateToolsSerializer(serializers.Serializer[Any]):
    """The tools of a template, and what their dialect cannot say."""

    dialect = serializers.CharField()
    version = serializers.IntegerField()
    tools = serializers.ListField(child=serializers.DictField())
    losses = LossSerializer(many=True)
