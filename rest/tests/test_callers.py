"""Callers, and the reading of query parameters that every list shares."""

from uuid import UUID

import pytest
from django.http import QueryDict

from permissions.filters import OneGrantFilter, UserTypeFilter
from permissions.models import UserType, UserTypeWorkflowTemplate
from registry.filters import TemplateFilter, id_or_name
from registry.models import WorkflowTemplate
from rest.callers import Caller

MINE, OTHER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("user_type_ids", "is_limited", "may"),
    [(None, False, (True, True)), (frozenset({MINE}), True, (True, False)), (frozenset[UUID](), True, (False, False))],
)
def test_a_caller_acts_for_its_own_user_types_or_for_all(
    user_type_ids: frozenset[UUID] | None, is_limited: bool, may: tuple[bool, bool]
) -> None:
    caller = Caller(actor="somebody", user_type_ids=user_type_ids)

    assert caller.is_limited is is_limited
    assert (caller.may_act_for(MINE), caller.may_act_for(OTHER)) == may


def test_a_caller_of_whom_nothing_is_known_may_do_nothing() -> None:
    caller = Caller(actor="somebody")

    assert (caller.scopes, caller.permissions) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("query", "is_valid"),
    [
        ("", True),
        ("name=patient", True),
        ("name=patient&skip=1&limit=2", True),
        ("nmae=patient", False),
        ("format=json", False),
        ("name=patient&&page=2", False),
    ],
)
def test_a_query_parameter_that_nobody_knows_makes_a_filter_invalid(query: str, is_valid: bool) -> None:
    filters = UserTypeFilter(QueryDict(query), queryset=UserType.objects.none())

    assert filters.is_valid() is is_valid


def test_all_unknown_parameters_are_named() -> None:
    filters = OneGrantFilter(QueryDict("a=1&b=2"), queryset=UserTypeWorkflowTemplate.objects.none())

    assert not filters.is_valid()
    assert sorted(filters.errors) == ["a", "b", "user_type_id", "workflow_template_id"]


def test_only_what_was_given_is_handed_on_and_read() -> None:
    filters = TemplateFilter(QueryDict("is_active=false&search=x"), queryset=WorkflowTemplate.objects.none())

    assert filters.is_valid()
    assert filters.given() == {"is_active": False, "search": "x"}


def test_an_empty_parameter_never_means_everything() -> None:
    filters = TemplateFilter(QueryDict("name=&search=x"), queryset=WorkflowTemplate.objects.none())

    assert not filters.is_valid()
    assert filters.errors["name"] == ["This is empty. Give it a value, or leave it out."]


@pytest.mark.parametrize(
    ("text", "read"), [(str(MINE), MINE), (MINE.hex, MINE), ("patient", "patient"), ("1234", "1234")]
)
def test_a_user_type_is_read_as_an_id_if_it_is_one(text: str, read: UUID | str) -> None:
    assert id_or_name(text) == read
