"""Shapes of bodies and answers about workflows."""

from typing import Any

from rest_framework import serializers

from engine.evidence import MAX_MESSAGE, MAX_QUOTE, EvidenceWithoutMessage
from engine.progress import Status
from engine.sources import CLAIMABLE, Source
from engine.workflow import Next
from instances.answer_serializers import (
    ActionSerializer,
    AskSerializer,
    ConfirmationSerializer,
    FailureSerializer,
    ReportSerializer,
    ResumableSerializer,
    SaySerializer,
    UnmetSerializer,
)
from instances.answers import OF_VALUES
from instances.prerequisite_starts import OnUnmet
from instances.slots import OnActive
from rest.serializers import JsonObjectField, StrictSerializer

_CONTEXT = (
    "with `include=context`: what a model needs to know now, as `GET .../context` answers it; null if the act was "
    "done, and this cannot be told"
)


class NamesField(serializers.ListField):
    """A list of names of fields or steps."""

    child = serializers.CharField(max_length=255, trim_whitespace=False)

    def to_internal_value(self, data: Any) -> Any:
        """Return the names as a value that nobody can change."""
        return tuple(super().to_internal_value(data))


class OnActiveField(serializers.ChoiceField):
    """What becomes of the workflow that has the slot."""

    def __init__(self) -> None:
        super().__init__(choices=[choice.value for choice in OnActive], default=OnActive.REJECT)

    def to_internal_value(self, data: Any) -> OnActive:
        """Return the choice."""
        return OnActive(super().to_internal_value(data))


class OnUnmetField(serializers.ChoiceField):
    """What becomes of a start whose prerequisites are unmet."""

    def __init__(self) -> None:
        super().__init__(choices=[choice.value for choice in OnUnmet], default=OnUnmet.WAIT)

    def to_internal_value(self, data: Any) -> OnUnmet:
        """Return the choice."""
        return OnUnmet(super().to_internal_value(data))


class StartSerializer(StrictSerializer):
    """A workflow to start; the template and the user type are each named by id or by name."""

    template_id = serializers.UUIDField(required=False)
    template = serializers.CharField(required=False, max_length=255, trim_whitespace=False)
    conversation_id = serializers.CharField(max_length=255, trim_whitespace=False)
    user_id = serializers.CharField(max_length=255, trim_whitespace=False)
    user_type_id = serializers.UUIDField(required=False)
    user_type = serializers.CharField(required=False, max_length=255, trim_whitespace=False)
    state_data = JsonObjectField(required=False)
    metadata = JsonObjectField(required=False)
    activate = serializers.BooleanField(required=False)
    on_active = OnActiveField()
    on_unmet = OnUnmetField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for exactly one name of the template, and at most one of the user type."""
        if ("template_id" in attrs) == ("template" in attrs):
            raise serializers.ValidationError(
                {"template": "Name the template once: template (its name) or template_id."}
            )
        if "user_type_id" in attrs and "user_type" in attrs:
            raise serializers.ValidationError({"user_type": "Name the user type once: user_type or user_type_id."})
        return attrs


class RelyingSerializer(StrictSerializer):
    """What every act takes: the revision that the caller relies on."""

    expected_revision = serializers.IntegerField(required=False, min_value=0)


class SubmitSerializer(RelyingSerializer):
    """One attempt to give values."""

    data = JsonObjectField(required=False)  # type: ignore[assignment]  # DRF moves fields out of the class
    clear = NamesField(required=False, max_length=1000)
    append = JsonObjectField(required=False, help_text='new entries for lists, like {"people": [{...}]}')
    remove = JsonObjectField(required=False, help_text='ids of list entries to take out, like {"people": [3]}')
    skip = NamesField(required=False, max_length=1000, help_text="ids of optional steps to leave out")
    acknowledge = NamesField(
        required=False, max_length=1000, help_text="ids of steps that were read and demand no answer"
    )
    atomic = serializers.BooleanField(required=False, help_text="store nothing if anything is refused")
    coerce = serializers.BooleanField(required=False, help_text="read values exactly, like '5,000' as a number")
    source = serializers.ChoiceField(  # type: ignore[assignment]  # as above
        choices=[source.value for source in CLAIMABLE],
        required=False,
        help_text="who gives the values, client if nobody is named; a model (llm) gives none of never_llm fields",
    )
    evidence = JsonObjectField(
        required=False,
        help_text="for fields of data and append, the words of message that say so, verbatim: "
        "a value whose quote is not in message is refused as no_evidence",
    )
    message = serializers.CharField(
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        max_length=MAX_MESSAGE,
        help_text="what the person wrote; evidence is looked for in it, and it is not kept",
    )

    def validate_append(self, lists: dict[str, Any]) -> dict[str, Any]:
        """Ask for a list of entries for each field."""
        if wrong := sorted(name for name, entries in lists.items() if not isinstance(entries, list)):
            raise serializers.ValidationError(dict.fromkeys(wrong, "Give a list of entries."))
        return lists

    def validate_remove(self, lists: dict[str, Any]) -> dict[str, Any]:
        """Ask for a list of ids for each field."""
        if wrong := sorted(name for name, ids in lists.items() if not _are_ids(ids)):
            raise serializers.ValidationError(dict.fromkeys(wrong, "Give a list of ids, as they are in item_ids."))
        return lists

    def validate_evidence(self, quotes: dict[str, Any]) -> dict[str, Any]:
        """Ask for a quote of some length for each field."""
        if wrong := sorted(name for name, quote in quotes.items() if not _is_quote(quote)):
            words = f"Give the quote as a text of at most {MAX_QUOTE} characters."
            raise serializers.ValidationError(dict.fromkeys(wrong, words))
        return quotes

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for the message that the quotes are from."""
        if attrs.get("evidence") and "message" not in attrs:
            raise serializers.ValidationError({"message": EvidenceWithoutMessage().message})
        return attrs


class ReasonSerializer(RelyingSerializer):
    """Why a workflow is paused or cancelled."""

    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)


class ActivateSerializer(RelyingSerializer):
    """How a created workflow takes the slot."""

    on_active = OnActiveField()


class ResumeSerializer(SubmitSerializer):
    """How a paused workflow takes the slot, and what the person said on coming back."""

    on_active = OnActiveField()


class RetrySerializer(ResumeSerializer):
    """What is to be other than when it failed; without anything, the same is asked for again."""


class ConfirmSerializer(RelyingSerializer):
    """The token that came with the summary."""

    token = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=1000, default=None)


def _is_quote(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_QUOTE


def _are_ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, int) and not isinstance(one, bool) for one in value)


class WorkflowSerializer(serializers.Serializer[Any]):
    """A workflow as it is answered."""

    id = serializers.UUIDField()
    template_id = serializers.UUIDField()
    template = serializers.CharField()
    version = serializers.IntegerField()
    conversation_id = serializers.CharField()
    user_id = serializers.CharField()
    user_type_id = serializers.UUIDField()
    user_type = serializers.CharField()
    status = serializers.ChoiceField(choices=[status.value for status in Status])
    next = serializers.ChoiceField(choices=[step.value for step in Next])
    waiting_for = serializers.ListField(
        child=serializers.CharField(),
        help_text="created: the templates to complete first, else activation; paused: resumption; "
        "active: the step whose action is under way",
    )
    current_step = serializers.CharField(allow_null=True)
    state_data = JsonObjectField(help_text="the live values; sensitive ones masked without workflows:sensitive")
    sources = serializers.DictField(
        child=serializers.ChoiceField(choices=[source.value for source in Source]),
        help_text="by field, who gave the value or changed it last; prefill: it was there at the start, "
        "action: the server found it out",
    )
    missing = serializers.ListField(child=serializers.CharField(), help_text="required fields that are asked and open")
    item_ids = JsonObjectField(help_text="the ids of the entries of each list, in their order")
    contested = serializers.ListField(child=serializers.CharField(), help_text="called into question, to be settled")
    unmet = UnmetSerializer(many=True)
    actions = serializers.DictField(child=ActionSerializer(), help_text="by step, how far what the server does is")
    skipped_steps = serializers.ListField(child=serializers.CharField())
    acknowledged_steps = serializers.ListField(child=serializers.CharField())
    metadata = JsonObjectField()
    outcome = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True, help_text="why it was cancelled; `expired` if nobody came back")
    failure = FailureSerializer(allow_null=True)
    end_action_result = serializers.JSONField(help_text="null until the end action has succeeded")
    predecessor_id = serializers.UUIDField(allow_null=True)
    successor_id = serializers.UUIDField(allow_null=True)
    revision = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    activated_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True, help_text="unless somebody interacts with it before")
    ended_at = serializers.DateTimeField(allow_null=True)


class UnreadableSerializer(serializers.Serializer[Any]):
    """Why the values of a workflow cannot be read."""

    code = serializers.CharField(help_text="encryption_key_lost")
    detail = serializers.CharField()


class ListedWorkflowSerializer(WorkflowSerializer):
    """A workflow in a list. If its values cannot be read, it has `error`, and what follows from them is null."""

    error = UnreadableSerializer(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the fields; those that follow from values may be null."""
        fields = super().get_fields()
        for name in OF_VALUES:
            if name != "end_action_result":  # any JSON value, which null is anyway
                fields[name].allow_null = True
        return fields


class FullWorkflowSerializer(WorkflowSerializer):
    """One workflow, with what to ask and to say now, what is to be confirmed and what can be resumed."""

    say = SaySerializer(many=True)
    ask_next = AskSerializer(many=True)
    confirmation = ConfirmationSerializer(allow_null=True)
    resumable = ResumableSerializer(many=True)


class StartedPrerequisiteSerializer(serializers.Serializer[Any]):
    """What was started because something must be completed first."""

    id = serializers.UUIDField()
    template = serializers.CharField()


class StartedSerializer(FullWorkflowSerializer):
    """A workflow that was just started, with the report on its prefill."""

    submission = ReportSerializer()
    started_prerequisite = StartedPrerequisiteSerializer(allow_null=True)
    context = JsonObjectField(required=False, allow_null=True, help_text=_CONTEXT)  # type: ignore[assignment]  # as above


class ChangeSerializer(RelyingSerializer):
    """Values and metadata to merge into what is stored. What an answer showed can be sent back as it is."""

    answered = frozenset(StartedSerializer().fields)
    state_data = JsonObjectField(required=False, help_text="null clears a field, objects merge, lists are replaced")
    metadata = JsonObjectField(required=False, help_text="merged too; null removes a key")


class ReplaceSerializer(ChangeSerializer):
    """Values and metadata to be there in place of what is stored."""

    state_data = JsonObjectField(help_text="a live field that is not here is cleared")
    metadata = JsonObjectField(required=False, default=dict)


class ActSerializer(ReportSerializer):
    """What an act led to."""

    say = SaySerializer(many=True)
    ask_next = AskSerializer(many=True)
    unmet = UnmetSerializer(many=True)
    next = serializers.ChoiceField(choices=[step.value for step in Next])
    waiting_for = serializers.ListField(child=serializers.CharField())
    confirmation = ConfirmationSerializer(allow_null=True)
    resumable = ResumableSerializer(many=True)
    workflow = WorkflowSerializer()
    context = JsonObjectField(required=False, allow_null=True, help_text=_CONTEXT)  # type: ignore[assignment]  # as above


class EventSerializer(serializers.Serializer[Any]):
    """One line of a timeline."""

    sequence = serializers.IntegerField()
    type = serializers.CharField()
    at = serializers.DateTimeField()
    actor = serializers.CharField()
    data = JsonObjectField()  # type: ignore[assignment]  # as above
