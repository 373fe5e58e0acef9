"""Query parameters that say how a context is wanted; what is wrong with them names what there is."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from conversations.briefing.budget import LEAST, MOST
from conversations.briefing.locales import DEFAULT, LocaleInvalid, canonical
from conversations.contexts import Wanted
from conversations.toolschema.dialects import Dialect
from rest.serializers import StrictSerializer

MAX_NAME = 255

_PERSON = ("user_id", "user_type", "user_type_id")


class LocaleField(serializers.CharField):
    """A language tag."""

    def to_internal_value(self, data: Any) -> str:
        """Return the tag as it is usually written."""
        try:
            return canonical(super().to_internal_value(data))
        except LocaleInvalid as error:
            raise serializers.ValidationError(error.message, code=error.code) from None


class DialectSerializer(StrictSerializer):
    """For whom tools are described."""

    dialect = serializers.ChoiceField(
        choices=[str(dialect) for dialect in Dialect],
        default=str(Dialect.OPENAI),
        help_text="for whom tools are described",
        error_messages={"invalid_choice": f"This is one of: {', '.join(Dialect)}."},
    )


class WantedSerializer(DialectSerializer):
    """How a context is wanted."""

    locale = LocaleField(default=DEFAULT, help_text="the language to talk in with the person, a BCP 47 tag like de-CH")
    max_chars = serializers.IntegerField(
        required=False,
        min_value=LEAST,
        max_value=MOST,
        help_text="how many characters may change from turn to turn: what is least useful is left out",
    )


class ConversationSerializer(WantedSerializer):
    """How the context of a conversation is wanted, and whose."""

    user_id = serializers.CharField(required=False, max_length=MAX_NAME, trim_whitespace=False)
    user_type = serializers.CharField(required=False, max_length=MAX_NAME, trim_whitespace=False)
    user_type_id = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for at most one name of the user type."""
        if "user_type" in attrs and "user_type_id" in attrs:
            raise serializers.ValidationError({"user_type": "Name the user type once: user_type or user_type_id."})
        return attrs


def person_of(read_parameters: dict[str, Any]) -> dict[str, Any]:
    """Return whose conversation it is, as far as parameters that were read say so."""
    return {name: read_parameters[name] for name in _PERSON if name in read_parameters}


def read(request: Request, serializer_class: type[StrictSerializer], *, among: frozenset[str] | None = None) -> Any:
    """Return what the query says, or only these of its parameters.

    :raises rest_framework.exceptions.ValidationError: a parameter is unknown, malformed, or there twice
    """
    given = {name: values for name, values in request.query_params.lists() if among is None or name in among}
    if twice := sorted(name for name, values in given.items() if len(values) > 1):
        raise serializers.ValidationError(dict.fromkeys(twice, "Give this once."))
    serializer = serializer_class(data={name: values[0] for name, values in given.items()})
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def conversation_id_in(path: str) -> str:
    """Return the id of a conversation that stands in a path.

    :raises rest_framework.exceptions.ValidationError: it is longer than any that is stored
    """
    if len(path) > MAX_NAME:
        raise serializers.ValidationError({"conversation_id": f"An id has at most {MAX_NAME} characters."})
    return path


def wanted_of(read_parameters: dict[str, Any]) -> Wanted:
    """Return how a context is wanted, from parameters that were read."""
    return Wanted(
        dialect=Dialect(read_parameters["dialect"]),
        locale=read_parameters["locale"],
        max_chars=read_parameters.get("max_chars"),
    )
