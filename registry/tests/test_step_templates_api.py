"""Reusable steps over HTTP: create, show, replace, change, delete, versions, and who uses them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from conftest import NOW, document, reusable_step
from registry import step_templates
from registry.models import StepTemplate, WorkflowTemplate
from registry.registry import WorkflowRegistry

type MakeStep = Callable[..., StepTemplate]

LIST = "/api/step-templates"
READ_ONLY = {
    "id": "00000000-0000-4000-8000-000000000000",
    "current_version": 99,
    "created_at": "1999-01-01T00:00:00Z",
    "updated_at": None,
    "findings": [{"rule": "x"}],
}


def path(made: StepTemplate, *more: object) -> str:
    return "/".join(map(str, (LIST, made.pk, *more)))


def use_it(**parts: Any) -> WorkflowTemplate:
    steps = [{"id": "home", "uses": "address@1"}]
    return WorkflowRegistry.create(document(properties={}, steps=steps, **parts), actor="author", at=NOW)


def test_one_is_stored_published_as_version_1_and_usable_at_once(client: APIClient) -> None:
    sent = reusable_step(description="Where somebody lives", category="people")

    response = client.post(LIST, sent)

    made = response.json()
    assert response.status_code == 201
    assert made.items() >= {**sent, "current_version": 1, "findings": []}.items()
    assert client.get(f"{LIST}/{made['id']}").json() == {k: v for k, v in made.items() if k != "findings"}
    use_it()


def test_it_is_answered_what_is_worth_knowing(client: APIClient) -> None:
    odd = reusable_step(properties={"street": {"type": "string", "x-asq": ["Where?"]}})

    (finding,) = client.post(LIST, odd).json()["findings"]

    assert (finding["severity"], finding["path"]) == ("warning", "/state_schema/properties/street/x-asq")


def test_everything_wrong_is_told_at_once(client: APIClient) -> None:
    response = client.post(LIST, {"slug": "No slug", "step": {"fields": ["a"]}, "colour": "red"})

    assert (response.status_code, response.json()["code"]) == (400, "invalid_step_template")
    assert {error["path"] for error in response.json()["errors"]} >= {
        "/slug",
        "/colour",
        "/name",
        "/state_schema",
        "/step/name",
    }


@pytest.mark.parametrize("body", [[], "text", 5])
@pytest.mark.parametrize("method", ["post", "put", "patch"])
def test_a_body_is_an_object(client: APIClient, make_step_template: MakeStep, method: str, body: Any) -> None:
    address = LIST if method == "post" else path(make_step_template())

    assert getattr(client, method)(address, body).status_code == 400


def test_what_was_answered_can_be_sent_back(client: APIClient, make_step_template: MakeStep) -> None:
    made = make_step_template()
    shown = client.get(path(made)).json()

    back = client.put(path(made), {**shown, **READ_ONLY})

    assert (back.status_code, back.json()["current_version"], back.json()["id"]) == (200, 1, str(made.pk))


def test_a_change_of_content_is_the_next_version_with_its_author(
    client: APIClient, make_step_template: MakeStep
) -> None:
    made = make_step_template()

    changed = client.patch(path(made), {"step": {"name": "Home", "fields": ["street", "city"]}})

    assert changed.json()["current_version"] == 2
    versions = client.get(path(made, "versions")).json()
    assert [version["number"] for version in versions["results"]] == [2, 1]
    assert versions["results"][0]["published_by"].startswith("key:")
    assert client.get(path(made, "versions", 2)).json()["step"]["name"] == "Home"
    assert client.get(path(made, "versions", 1)).json()["step"]["name"] == "Address"
    assert client.get(path(made, "versions", 3)).status_code == 404


def test_a_taken_slug_is_refused(client: APIClient, make_step_template: MakeStep) -> None:
    make_step_template()

    refused = client.post(LIST, reusable_step())

    assert (refused.status_code, refused.json()["code"], refused.json()["slug"]) == (400, "already_exists", "address")


def test_the_list_is_narrowed_and_cut(client: APIClient, make_step_template: MakeStep) -> None:
    make_step_template(category="people")
    make_step_template(slug="consent", name="Consent", description="May we?", category="law")

    def slugs(query: str) -> list[str]:
        return [made["slug"] for made in client.get(f"{LIST}?{query}").json()["results"]]

    assert slugs("") == ["address", "consent"]
    assert slugs("category=people") == ["address"]
    assert slugs("name=Consent") == ["consent"]
    assert [slugs(f"search={text}") for text in ("POSTAL", "may", "addr", "zzz")] == [
        ["address"],
        ["consent"],
        ["address"],
        [],
    ]
    assert slugs("skip=1&limit=1") == ["consent"]
    assert client.get(f"{LIST}?categry=people").status_code == 400
    assert client.get(f"{LIST}?search=").status_code == 400


def test_who_uses_it_is_listed_with_who_is_behind(client: APIClient, make_step_template: MakeStep) -> None:
    made = make_step_template()
    template = use_it(name="loan")
    step_templates.change(made.pk, {"step": {**reusable_step()["step"], "name": "Home"}}, actor="a", at=NOW)

    listed = client.get(path(made, "used-by")).json()

    assert listed["results"] == [
        {
            "template_id": str(template.pk),
            "template": "loan",
            "step_id": "home",
            "step": "Address",
            "version": 1,
            "is_draft": False,
            "is_outdated": True,
        }
    ]
    assert client.get(f"{path(made, 'used-by')}?skip=1").json()["results"] == []
    assert client.get(f"{path(made, 'used-by')}?colour=red").status_code == 400


def test_one_that_is_used_is_not_deleted(client: APIClient, make_step_template: MakeStep) -> None:
    made = make_step_template()
    template = use_it(name="loan")

    refused = client.delete(path(made))

    assert (refused.status_code, refused.json()["code"]) == (409, "step_template_in_use")
    assert refused.json()["used_by"] == ["loan"]
    WorkflowRegistry.delete(template.pk)
    assert client.delete(path(made)).status_code == 204
    assert client.get(path(made)).status_code == 404


def test_a_stranger_finds_none(stranger: APIClient, make_step_template: MakeStep) -> None:
    made = make_step_template()

    assert stranger.get(LIST).json()["results"] == []
    assert stranger.get(path(made)).status_code == 404
    assert stranger.get(path(made, "versions")).status_code == 404
    assert stranger.post(LIST, reusable_step(slug="mine")).status_code == 403
    assert stranger.get(path(made, "used-by")).status_code == 403


def test_what_is_not_there_is_404(client: APIClient) -> None:
    assert client.get(f"{LIST}/{uuid4()}").status_code == 404
    assert client.delete(f"{LIST}/{uuid4()}").status_code == 404
