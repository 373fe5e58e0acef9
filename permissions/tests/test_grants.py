"""Grants over HTTP: which user type may use which template."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from rest_framework.test import APIClient

from permissions.models import UserType, UserTypeWorkflowTemplate
from permissions.services import grant
from registry.models import WorkflowTemplate

type MakeTemplate = Callable[..., WorkflowTemplate]
type MakeUserType = Callable[..., UserType]

LIST = "/api/permissions"


def _body(kind: UserType, template: WorkflowTemplate) -> dict[str, str]:
    return {"user_type_id": str(kind.pk), "workflow_template_id": str(template.pk)}


def _query(kind: UserType, template: WorkflowTemplate) -> str:
    return f"{LIST}?user_type_id={kind.pk}&workflow_template_id={template.pk}"


def _connections(client: APIClient, path: str = LIST) -> list[tuple[str, str]]:
    response = client.get(path)
    assert response.status_code == 200, response.content
    return [(found["user_type"], found["workflow_template"]) for found in response.json()["results"]]


def test_a_grant_is_made_and_shown(
    client: APIClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    kind, template = make_user_type(name="customer"), make_template(name="loan")

    response = client.post(LIST, _body(kind, template))

    assert response.status_code == 201
    made = response.json()
    assert made.items() >= {**_body(kind, template), "user_type": "customer", "workflow_template": "loan"}.items()
    assert client.get(f"{LIST}/{made['id']}").json() == made
    assert UserTypeWorkflowTemplate.objects.allowing(user_type=kind, template=template).count() == 1


def test_a_repeated_grant_is_refused(
    client: APIClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    template = make_template()
    kind = make_user_type(template)

    response = client.post(LIST, _body(kind, template))

    assert (response.status_code, response.json()["code"]) == (400, "already_granted")
    assert UserTypeWorkflowTemplate.objects.count() == 1


def test_the_database_itself_keeps_a_grant_unique(make_template: MakeTemplate, make_user_type: MakeUserType) -> None:
    template = make_template()
    kind = make_user_type(template)

    with pytest.raises(IntegrityError), transaction.atomic():
        UserTypeWorkflowTemplate.objects.create(user_type=kind, workflow_template=template)


@pytest.mark.parametrize("unknown", ["user_type_id", "workflow_template_id"])
def test_a_grant_of_what_does_not_exist_is_refused(
    client: APIClient, make_template: MakeTemplate, make_user_type: MakeUserType, unknown: str
) -> None:
    body = {**_body(make_user_type(), make_template()), unknown: str(uuid4())}

    response = client.post(LIST, body)

    assert (response.status_code, response.json()["code"]) == (400, "unknown_reference")
    assert unknown.removesuffix("_id").replace("_", " ") in response.json()["detail"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"user_type_id": None}, "/user_type_id"),
        ({"user_type_id": "customer"}, "/user_type_id"),
        ({"workflow_template_id": 1.5}, "/workflow_template_id"),
        ({"user_type": "customer"}, "/user_type"),
    ],
)
def test_a_malformed_grant_is_refused_with_the_path_of_the_mistake(
    client: APIClient,
    make_template: MakeTemplate,
    make_user_type: MakeUserType,
    change: dict[str, Any],
    path: str,
) -> None:
    response = client.post(LIST, {**_body(make_user_type(), make_template()), **change})

    assert response.status_code == 400
    assert [error["path"] for error in response.json()["errors"]] == [path]


def test_a_grant_needs_both_ids(client: APIClient) -> None:
    response = client.post(LIST, {})

    assert {error["path"] for error in response.json()["errors"]} == {"/user_type_id", "/workflow_template_id"}


def test_grants_are_listed_by_name_and_narrowed_by_either_id(
    client: APIClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    loan, tax = make_template(name="loan"), make_template(name="tax")
    nurse, customer = make_user_type(loan, name="nurse"), make_user_type(tax, loan, name="customer")

    assert _connections(client) == [("customer", "loan"), ("customer", "tax"), ("nurse", "loan")]
    assert _connections(client, f"{LIST}?user_type_id={nurse.pk}") == [("nurse", "loan")]
    assert _connections(client, f"{LIST}?workflow_template_id={loan.pk}") == [("customer", "loan"), ("nurse", "loan")]
    assert _connections(client, _query(customer, tax)) == [("customer", "tax")]
    assert _connections(client, _query(nurse, tax)) == []
    assert _connections(client, f"{LIST}?skip=1&limit=1") == [("customer", "tax")]


@pytest.mark.parametrize("query", ["user_type_id=customer", "workflow_template_id=1", "user_type=customer", "limit=x"])
def test_a_bad_narrowing_of_grants_is_refused(client: APIClient, query: str) -> None:
    assert client.get(f"{LIST}?{query}").status_code == 400


def test_a_grant_is_taken_away_by_its_id(
    client: APIClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    made = grant(user_type_id=make_user_type().pk, workflow_template_id=make_template().pk)

    assert client.delete(f"{LIST}/{made.pk}").status_code == 204
    assert client.delete(f"{LIST}/{made.pk}").status_code == 404
    assert client.get(f"{LIST}/{made.pk}").status_code == 404


def test_a_grant_is_taken_away_by_what_it_connects(
    client: APIClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    loan, tax = make_template(name="loan"), make_template(name="tax")
    kind, other = make_user_type(loan, tax, name="customer"), make_user_type(loan, name="nurse")

    assert client.delete(_query(kind, loan)).status_code == 204
    assert client.delete(_query(kind, loan)).status_code == 404
    assert client.delete(_query(other, tax)).status_code == 404
    assert _connections(client) == [("customer", "tax"), ("nurse", "loan")]


@pytest.mark.parametrize("forgotten", ["user_type_id", "workflow_template_id"])
def test_taking_a_grant_away_needs_both_ids_so_that_nobody_takes_away_all(
    client: APIClient, make_template: MakeTemplate, make_user_type: MakeUserType, forgotten: str
) -> None:
    template = make_template()
    given = {name: value for name, value in _body(make_user_type(template), template).items() if name != forgotten}

    answers = [
        client.delete(f"{LIST}?" + "&".join(f"{name}={value}" for name, value in given.items())),
        client.delete(f"{LIST}?{forgotten}=&" + "&".join(f"{name}={value}" for name, value in given.items())),
        client.delete(LIST),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert UserTypeWorkflowTemplate.objects.count() == 1


def test_taking_a_grant_away_refuses_parameters_it_does_not_know(
    client: APIClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    template = make_template()
    kind = make_user_type(template)

    assert client.delete(f"{_query(kind, template)}&dry_run=true").status_code == 400
    assert UserTypeWorkflowTemplate.objects.count() == 1


def test_a_stranger_learns_and_changes_nothing_of_grants(
    stranger: APIClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    template = make_template()
    made = grant(user_type_id=make_user_type().pk, workflow_template_id=template.pk)

    answers = [
        stranger.get(LIST),
        stranger.post(LIST, _body(make_user_type(), template)),
        stranger.get(f"{LIST}/{made.pk}"),
        stranger.delete(f"{LIST}/{made.pk}"),
        stranger.delete(_query(made.user_type, template)),
    ]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "missing_scope")}
    assert UserTypeWorkflowTemplate.objects.get() == made
