"""Shapes of the registry's bodies and answers, for reading requests and for the API's description."""

from typing import Any

from rest_framework import serializers

from engine.definition import EndActionType
from engine.difference import Kind, Part
from engine.findings import Severity
from engine.uses import MAX_SLUG
from rest.serializers import JsonObjectField, StrictSerializer


class SettingsSerializer(serializers.Serializer[Any]):
    """What is said of a template without making a version."""

    name = serializers.CharField(max_length=255)
    description = serializers.CharField(required=False, allow_blank=True)
    category = serializers.CharField(required=False, allow_blank=True, max_length=100)
    metadata = JsonObjectField(required=False)
    is_active = serializers.BooleanField(required=False)


class ContentSerializer(serializers.Serializer[Any]):
    """What a version fixes."""

    guidelines = serializers.CharField(required=False, allow_blank=True)
    state_schema = JsonObjectField()
    steps = serializers.ListField(child=JsonObjectField(), min_length=1)
    end_action_type = serializers.ChoiceField(choices=[kind.value for kind in EndActionType])
    end_action_target = serializers.CharField(required=False, allow_blank=True)
    end_action_config = JsonObjectField(required=False)
    confirmation = serializers.CharField(required=False)
    prerequisites = serializers.ListField(required=False)
    expires_after = serializers.CharField(
        required=False, allow_blank=True, help_text="ISO 8601 duration without interaction, like P7D; empty: never"
    )
    time_zone = serializers.CharField(required=False)
    tests = serializers.ListField(required=False)


class DocumentSerializer(SettingsSerializer, ContentSerializer):
    """A template document. It is judged by the engine, which names everything wrong with it at once."""


class FindingSerializer(serializers.Serializer[Any]):
    """One thing found in a document."""

    rule = serializers.CharField()
    severity = serializers.ChoiceField(choices=[severity.value for severity in Severity])
    path = serializers.CharField(help_text="JSON Pointer into the document")
    message = serializers.CharField()
    step = serializers.CharField(required=False)
    field = serializers.CharField(required=False)
    suggestion = serializers.CharField(required=False)
    witness = JsonObjectField(required=False)


class TemplateSerializer(DocumentSerializer):
    """A template as it is answered."""

    id = serializers.UUIDField()
    current_version = serializers.IntegerField()
    has_draft = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    findings = FindingSerializer(many=True, required=False, help_text="only after writing: what is worth knowing")


class ValidationSerializer(serializers.Serializer[Any]):
    """What was found in a document that was not stored."""

    valid = serializers.BooleanField()
    findings = FindingSerializer(many=True)


class DraftInputSerializer(StrictSerializer):
    """A draft to keep. What `GET` answers can be sent back: the keys about the draft are ignored."""

    document = JsonObjectField()
    expected_revision = serializers.IntegerField(required=False, min_value=0)
    revision = serializers.IntegerField(required=False)
    base_version = serializers.IntegerField(required=False, allow_null=True)
    current_version = serializers.IntegerField(required=False)
    author = serializers.CharField(required=False, allow_blank=True)
    saved_at = serializers.CharField(required=False, allow_null=True)


class DraftSerializer(serializers.Serializer[Any]):
    """A draft as it is answered."""

    document = JsonObjectField()
    revision = serializers.IntegerField()
    base_version = serializers.IntegerField()
    current_version = serializers.IntegerField()
    author = serializers.CharField()
    saved_at = serializers.DateTimeField()


class PublishSerializer(StrictSerializer):
    """How a draft is published."""

    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=10_000)
    overwrite = serializers.BooleanField(required=False, default=False)


class VersionSummarySerializer(serializers.Serializer[Any]):
    """One line of a template's history."""

    number = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    published_by = serializers.CharField()
    note = serializers.CharField()


class VersionSerializer(VersionSummarySerializer, ContentSerializer):
    """A version with its content."""


class PatchOperationSerializer(serializers.Serializer[Any]):
    """One operation of a JSON Patch (RFC 6902)."""

    op = serializers.CharField()
    path = serializers.CharField()
    value = serializers.JSONField(required=False)


class DifferenceSerializer(serializers.Serializer[Any]):
    """One difference, told as the author of a template would tell it."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    part = serializers.ChoiceField(choices=[part.value for part in Part], help_text="where in the editor it is")
    subject = serializers.CharField(help_text='what differs, like Field "Amount"')
    words = serializers.CharField(help_text="the difference as a sentence")
    before = serializers.CharField(allow_null=True, help_text="what it was, in words, if there is something to say")
    after = serializers.CharField(allow_null=True)
    path = serializers.CharField(help_text="JSON Pointer into `number`; to what was removed, into `against`")


class DiffSerializer(serializers.Serializer[Any]):
    """What changed between two versions."""

    number = serializers.IntegerField()
    against = serializers.IntegerField(help_text="0 if there is none before it")
    words = DifferenceSerializer(many=True, help_text="every difference in words; there is one if anything differs")
    patch = PatchOperationSerializer(many=True, help_text="JSON Patch that turns `against` into `number`")


class StepContentSerializer(serializers.Serializer[Any]):
    """What a version of a reusable step fixes: its fields, and the step that asks them."""

    state_schema = JsonObjectField(help_text="of type object, with properties and required and nothing else")
    step = JsonObjectField(help_text="a step without id: name, description, fields, required, when, rules")


class StepSourceSerializer(StepContentSerializer):
    """A reusable step as it is written. It is judged by the engine, which names everything wrong with it at once."""

    slug = serializers.CharField(max_length=MAX_SLUG, help_text="by which templates name it, like `address`")
    name = serializers.CharField(max_length=255)
    description = serializers.CharField(required=False, allow_blank=True)
    category = serializers.CharField(required=False, allow_blank=True, max_length=100)


class StepTemplateSerializer(StepSourceSerializer):
    """A reusable step as it is answered."""

    id = serializers.UUIDField()
    current_version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    findings = FindingSerializer(many=True, required=False, help_text="only after writing: what is worth knowing")


class StepVersionSerializer(VersionSummarySerializer, StepContentSerializer):
    """A version of a reusable step with its content."""


class UsedInSerializer(serializers.Serializer[Any]):
    """One step of a template that was made from a reusable one."""

    template_id = serializers.UUIDField()
    template = serializers.CharField(help_text="its name")
    step_id = serializers.CharField()
    step = serializers.CharField(help_text="its name")
    version = serializers.IntegerField(help_text="from which it was made")
    is_draft = serializers.BooleanField(help_text="whether it stands in the draft, rather than in what is published")
    is_outdated = serializers.BooleanField(help_text="whether there is a newer version")
