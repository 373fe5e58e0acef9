"""Documents that use reusable steps: filled in before they are judged and stored."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from conftest import NOW, document, reusable_step, step
from instances.models import Workflow
from registry import step_templates
from registry.models import StepTemplate, TemplateVersion, WorkflowTemplate
from registry.registry import WorkflowRegistry

type MakeStep = Callable[..., StepTemplate]
type MakeTemplate = Callable[..., WorkflowTemplate]

LIST = "/api/workflow-templates"
BY: dict[str, Any] = {"actor": "author", "at": NOW}
NUMBER: dict[str, Any] = {"type": "number"}


def using(*uses: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return document(properties={}, steps=[{"id": "home", "uses": "address@1"}, *uses], **parts)


def fields(template: WorkflowTemplate) -> list[list[str]]:
    return [made["fields"] for made in template.steps]


def test_what_is_stored_is_filled_in(make_step_template: MakeStep, client: APIClient) -> None:
    make_step_template()

    made = client.post(LIST, using({"id": "work", "uses": "address@1", "prefix": "work_"}))

    assert made.status_code == 201, made.content
    stored = WorkflowTemplate.objects.get()
    assert fields(stored) == [["street", "city"], ["work_street", "work_city"]]
    assert stored.state_schema["required"] == ["street", "city", "work_street", "work_city"]
    assert TemplateVersion.objects.get().content() == stored.content()
    assert made.json()["steps"] == stored.steps


def test_a_workflow_runs_through_what_was_filled_in(
    make_step_template: MakeStep, make_workflow: Callable[..., Workflow], client: APIClient
) -> None:
    make_step_template()
    template = WorkflowRegistry.create(using(), **BY)
    workflow = make_workflow(template=template)

    answer = client.post(f"/api/workflows/{workflow.pk}/submit", {"data": {"street": "Main 1", "city": "Lyon"}})

    assert (answer.json()["next"], answer.json()["workflow"]["status"]) == ("done", "completed")


def test_put_patch_and_publishing_a_draft_fill_in_too(
    make_step_template: MakeStep, make_template: MakeTemplate
) -> None:
    make_step_template()
    put, patched, published = (make_template() for _ in range(3))
    use = {"id": "home", "uses": "address@1"}

    put = WorkflowRegistry.replace(put.pk, using(name=put.name), **BY)
    patched = WorkflowRegistry.change(patched.pk, {"steps": [*patched.steps, use]}, **BY)
    WorkflowRegistry.save_draft(published.pk, using(name=published.name), **BY)
    published = WorkflowRegistry.publish_draft(published.pk, **BY)

    assert [fields(template) for template in (put, patched, published)] == [
        [["street", "city"]],
        [["email"], ["street", "city"]],
        [["street", "city"]],
    ]


def test_sending_back_what_was_answered_makes_no_version(make_step_template: MakeStep, client: APIClient) -> None:
    make_step_template()
    made = client.post(LIST, using()).json()

    again = client.put(f"{LIST}/{made['id']}", made)

    assert (again.status_code, again.json()["current_version"]) == (200, 1)


def test_sending_what_was_sent_makes_no_version(make_step_template: MakeStep) -> None:
    make_step_template()
    sent = using()

    again = WorkflowRegistry.replace(WorkflowRegistry.create(sent, **BY).pk, sent, **BY)

    assert again.current_version == 1


def test_a_copy_outlives_newer_versions_and_keeps_what_its_author_changed(make_step_template: MakeStep) -> None:
    made = make_step_template()
    template = WorkflowRegistry.create(using(), **BY)
    step_templates.change(made.pk, reusable_step(properties={"line": {"type": "string"}}), **BY)

    edited = WorkflowRegistry.change(template.pk, {"steps": [{**template.steps[0], "name": "Where?"}]}, **BY)

    assert (edited.steps[0]["name"], fields(edited)) == ("Where?", [["street", "city"]])


def test_what_cannot_be_filled_in_is_told_with_everything_else(make_step_template: MakeStep, client: APIClient) -> None:
    make_step_template()
    sent = using({"id": "x", "uses": "adress@1"}, {"id": "y", "uses": "address@5"}, colour="red")

    refused = client.post(LIST, sent)

    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_template")
    found = {(error["path"], error["message"], error.get("suggestion")) for error in refused.json()["errors"]}
    assert found == {
        ("/steps/1/uses", "There is no reusable step 'adress'. Did you mean 'address'?", "address@1"),
        ("/steps/2/uses", "'address' has no version 5; its latest is 1.", "address@1"),
        ("/colour", "There is no key 'colour' here.", None),
    }


def test_validation_tells_it_and_stores_nothing(make_step_template: MakeStep, client: APIClient) -> None:
    make_step_template()
    clash = using()
    clash["state_schema"]["properties"]["city"] = NUMBER

    found = client.post(f"{LIST}/validate", clash).json()["findings"]

    assert [(finding["rule"], finding["suggestion"]) for finding in found if finding["severity"] == "error"] == [
        ("name_clash", "address_")
    ]
    assert client.post(f"{LIST}/validate", using()).json() == {"valid": True, "findings": []}


@pytest.mark.parametrize("uses", [[], [step("home", fields=["a"], uses="address@1")]])
def test_a_document_with_nothing_to_fill_in_costs_no_query(
    db: None, uses: list[dict[str, Any]], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    source = document(properties={"a": NUMBER}, steps=[*uses, step("only", fields=["a"])])

    with django_assert_num_queries(0):
        WorkflowRegistry.validate(source)


def test_many_uses_are_read_in_one_query(
    make_step_template: MakeStep, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_step_template()
    more = [{"id": f"s{number}", "uses": "address@1", "prefix": f"p{number}_"} for number in range(50)]

    with django_assert_num_queries(1):
        assert WorkflowRegistry.validate(using(*more)) == ()
