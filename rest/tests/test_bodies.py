"""Bodies of requests: unknown keys are named, and nothing but an object is one."""

from typing import Any

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from rest.problems import flatten
from rest.serializers import JsonObjectField, StrictSerializer, body_of
from workflows_site.parsers import StrictJSONParser


class _OrderSerializer(StrictSerializer):
    """A body with something of everything."""

    name = serializers.CharField(max_length=5)
    parts = JsonObjectField(required=False)
    number = serializers.IntegerField(read_only=True)


def _request(body: Any) -> Request:
    return Request(APIRequestFactory().post("/", body, format="json"), parsers=[StrictJSONParser()])


def _mistakes(body: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        body_of(_request(body), _OrderSerializer)
    return [(error["path"], error["code"]) for error in flatten(refused.value.detail)]


def test_a_body_is_read_into_plain_values() -> None:
    body = body_of(_request({"name": "anna", "parts": {"a": [1, None]}}), _OrderSerializer)

    assert body == {"name": "anna", "parts": {"a": [1, None]}}
    assert type(body) is dict


@pytest.mark.parametrize("parts", [[], "text", 5, True])
def test_what_should_be_an_object_and_is_not_is_refused(parts: Any) -> None:
    assert _mistakes({"name": "anna", "parts": parts}) == [("/parts", "not_an_object")]
    assert _mistakes(parts) == [("", "invalid")]


def test_null_is_no_object() -> None:
    assert _mistakes({"name": "anna", "parts": None}) == [("/parts", "null")]


def test_every_unknown_key_is_named_and_a_key_of_our_answers_is_one() -> None:
    assert _mistakes({"name": "anna", "x": 1, "number": 2}) == [("/x", "unknown_key"), ("/number", "unknown_key")]


def test_an_unknown_key_is_told_with_what_was_perhaps_meant_or_with_what_is_known() -> None:
    with pytest.raises(ValidationError, match="Did you mean 'name'"):
        body_of(_request({"name": "anna", "nmae": "x"}), _OrderSerializer)
    with pytest.raises(ValidationError, match="Known are: name, parts"):
        body_of(_request({"name": "anna", "zzz": "x"}), _OrderSerializer)


def test_all_mistakes_are_named_at_once_unknown_keys_included() -> None:
    assert set(_mistakes({"name": "annabel", "nmae": 1})) == {("/name", "max_length"), ("/nmae", "unknown_key")}
