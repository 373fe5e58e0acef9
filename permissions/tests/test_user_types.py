"""User types over HTTP."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from instances.models import Workflow
from permissions.models import ApiKey, UserType, UserTypeWorkflowTemplate
from permissions.services import issue_api_key
from registry.models import WorkflowTemplate

type MakeTemplate = Callable[..., WorkflowTemplate]
type MakeUserType = Callable[..., UserType]

LIST = "/api/user-types"


def _path(kind: UserType) -> str:
    return f"{LIST}/{kind.pk}"


def _names(client: APIClient, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200, response.content
    return [found["name"] for found in response.json()["results"]]


def _paths_complained_of(response: Any) -> set[str]:
    assert response.status_code == 400, response.content
    return {error["path"] for error in response.json()["errors"]}


def test_a_user_type_is_stored_and_shown(client: APIClient) -> None:
    response = client.post(LIST, {"name": "patient", "description": "Somebody who is treated"})

    assert response.status_code == 201
    made = response.json()
    assert (made["name"], made["description"]) == ("patient", "Somebody who is treated")
    assert set(made) == {"id", "name", "description", "created_at"}
    assert client.get(f"{LIST}/{made['id']}").json() == made
    assert client.get(f"{LIST}/{made['id']}/").json() == made


def test_a_description_may_be_left_out(client: APIClient) -> None:
    assert client.post(LIST, {"name": "patient"}).json()["description"] == ""


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "/name"),
        ({"name": ""}, "/name"),
        ({"name": "   "}, "/name"),
        ({"name": None}, "/name"),
        ({"name": "x" * 256}, "/name"),
        ({"name": ["patient"]}, "/name"),
        ({"name": "patient", "description": None}, "/description"),
        ({"name": "patient", "descripton": "typo"}, "/descripton"),
        ([], ""),
    ],
)
def test_a_malformed_user_type_is_refused_with_the_path_of_the_mistake(client: APIClient, body: Any, path: str) -> None:
    assert _paths_complained_of(client.post(LIST, body)) == {path}
    assert not UserType.objects.exists()


def test_all_mistakes_are_named_at_once(client: APIClient) -> None:
    assert _paths_complained_of(client.post(LIST, {"name": "", "description": []})) == {"/name", "/description"}


def test_a_name_is_taken_once(client: APIClient, make_user_type: MakeUserType) -> None:
    make_user_type(name="patient")
    other = make_user_type(name="employee")

    answers = [
        client.post(LIST, {"name": "patient"}),
        client.put(_path(other), {"name": "patient"}),
        client.patch(_path(other), {"name": "patient"}),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, "already_exists")] * 3
    assert sorted(UserType.objects.values_list("name", flat=True)) == ["employee", "patient"]


def test_put_replaces_a_user_type_and_patch_changes_what_it_names(client: APIClient) -> None:
    kind = UserType.objects.create(name="patient", description="Somebody who is treated")

    patched = client.patch(_path(kind), {"name": "client"})
    assert (patched.json()["name"], patched.json()["description"]) == ("client", "Somebody who is treated")

    put = client.put(_path(kind), {"name": "guest"})
    assert (put.json()["name"], put.json()["description"]) == ("guest", "")
    assert _paths_complained_of(client.put(_path(kind), {"description": "no name"})) == {"/name"}


def test_what_was_read_can_be_sent_back_and_changes_nothing(client: APIClient, make_user_type: MakeUserType) -> None:
    kind = make_user_type()
    read = client.get(_path(kind)).json()

    for answer in (client.put(_path(kind), read), client.patch(_path(kind), read)):
        assert (answer.status_code, answer.json()) == (200, read)


def test_the_id_of_a_user_type_cannot_be_chosen_or_changed(client: APIClient, make_user_type: MakeUserType) -> None:
    kind, wish = make_user_type(), str(uuid4())

    assert client.post(LIST, {"name": "patient", "id": wish}).json()["id"] != wish
    assert client.patch(_path(kind), {"id": wish}).json()["id"] == str(kind.pk)


def test_deleting_a_user_type_takes_its_grants_along_and_leaves_its_keys_with_nothing(
    client: APIClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    kind = make_user_type(make_template())
    key = issue_api_key("limited", user_types=[kind.name])

    assert client.delete(_path(kind)).status_code == 204

    assert not UserType.objects.exists()
    assert not UserTypeWorkflowTemplate.objects.exists()
    assert WorkflowTemplate.objects.count() == 1
    assert ApiKey.objects.get(name="limited").as_caller().user_type_ids == frozenset()
    assert _names(APIClient(HTTP_AUTHORIZATION=f"Bearer {key}"), "/api/workflow-templates") == []


def test_a_user_type_with_workflows_stays(client: APIClient, make_workflow: Callable[..., Workflow]) -> None:
    workflow = make_workflow()

    response = client.delete(_path(workflow.user_type))

    assert (response.status_code, response.json()["code"]) == (409, "user_type_in_use")
    assert UserTypeWorkflowTemplate.objects.count() == 1


def test_the_list_is_sorted_and_narrowed_by_name(client: APIClient, make_user_type: MakeUserType) -> None:
    for name in ("patient", "employee", "patients"):
        make_user_type(name=name)

    assert _names(client, LIST) == ["employee", "patient", "patients"]
    assert _names(client, f"{LIST}?name=patient") == ["patient"]
    assert _names(client, f"{LIST}?name=nobody") == []
    assert _paths_complained_of(client.get(f"{LIST}?nmae=patient")) == {"/nmae"}


def test_the_templates_of_a_user_type_are_those_it_was_granted(
    client: APIClient, make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    loan, _, tax = make_template(name="loan"), make_template(name="not granted"), make_template(name="tax")
    kind, path = make_user_type(loan, tax), "workflow-templates"
    make_user_type(loan)

    assert _names(client, f"{_path(kind)}/{path}") == ["loan", "tax"]
    assert _names(client, f"{_path(make_user_type())}/{path}") == []
    assert client.get(f"{LIST}/{uuid4()}/{path}").status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("category=money", ["loan", "old loan"]),
        ("is_active=true", ["loan", "trip"]),
        ("is_active=false", ["old loan"]),
        ("name=trip", ["trip"]),
        ("search=LOAN", ["loan", "old loan"]),
        ("search=loan&is_active=true&category=money", ["loan"]),
        ("skip=1&limit=1", ["old loan"]),
    ],
)
def test_the_templates_of_a_user_type_can_be_narrowed(
    client: APIClient, make_template: MakeTemplate, make_user_type: MakeUserType, query: str, expected: list[str]
) -> None:
    make_template(name="a loan that is not granted", category="money")
    kind = make_user_type(
        make_template(name="loan", category="money"),
        make_template(name="old loan", category="money", is_active=False),
        make_template(name="trip", category="leisure"),
    )

    assert _names(client, f"{_path(kind)}/workflow-templates?{query}") == expected


@pytest.mark.parametrize("query", ["is_active=maybe", "colour=red", "limit=0", "skip=-1"])
def test_a_bad_narrowing_of_the_templates_of_a_user_type_is_refused(
    client: APIClient, make_user_type: MakeUserType, query: str
) -> None:
    assert client.get(f"{_path(make_user_type())}/workflow-templates?{query}").status_code == 400


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_an_unknown_user_type_is_not_found(client: APIClient, db: None, method: str) -> None:
    assert getattr(client, method)(f"{LIST}/{uuid4()}", {"name": "patient"}).status_code == 404
    assert getattr(client, method)(f"{LIST}/not-an-id", {"name": "patient"}).status_code == 404


def test_a_stranger_learns_and_changes_nothing_of_user_types(stranger: APIClient, make_user_type: MakeUserType) -> None:
    kind = make_user_type()

    answers = [
        stranger.get(LIST),
        stranger.post(LIST, {"name": "mine"}),
        stranger.get(_path(kind)),
        stranger.put(_path(kind), {"name": "mine"}),
        stranger.patch(_path(kind), {"name": "mine"}),
        stranger.delete(_path(kind)),
    ]
    templates = stranger.get(f"{_path(kind)}/workflow-templates")

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "missing_scope")}
    assert (templates.status_code, templates.json()["code"]) == (404, "not_found")
    assert UserType.objects.get(pk=kind.pk).name == kind.name
