"""Reusable steps in the registry: versions, who uses them, and what keeps them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from conftest import NOW, document, reusable_step, step
from engine.uses import Use
from registry import step_templates
from registry.errors import (
    InvalidStepTemplate,
    NameTaken,
    StepTemplateInUse,
    StepTemplateNotFound,
    VersionNotFound,
)
from registry.models import StepTemplate, StepTemplateVersion, VersionIsImmutable, WorkflowTemplate
from registry.registry import WorkflowRegistry

type MakeStep = Callable[..., StepTemplate]
type MakeTemplate = Callable[..., WorkflowTemplate]

TEXT: dict[str, Any] = {"type": "string"}
BY: dict[str, Any] = {"actor": "editor", "at": NOW}


def using(uses: str = "address@1", *, step_id: str = "home", **parts: Any) -> dict[str, Any]:
    return {"properties": {}, "steps": [{"id": step_id, "uses": uses, **parts}]}


def test_changed_content_becomes_the_next_version_and_the_earlier_one_stays(make_step_template: MakeStep) -> None:
    made = make_step_template()
    changed = reusable_step(properties={"line": TEXT})

    step_templates.replace(made.pk, changed, note="One line", **BY)

    first, second = made.versions.order_by("number")
    assert (second.number, second.published_by, second.note) == (2, "editor", "One line")
    assert set(first.content["state_schema"]["properties"]) == {"street", "city"}
    assert second.content == {"state_schema": changed["state_schema"], "step": changed["step"]}
    assert StepTemplate.objects.get().current_version == 2


def test_settings_make_no_version(make_step_template: MakeStep) -> None:
    made = make_step_template()

    step_templates.change(made.pk, {"name": "Home", "description": "x", "category": "people"}, **BY)

    stored = StepTemplate.objects.get()
    assert (stored.name, stored.description, stored.category, stored.current_version) == ("Home", "x", "people", 1)


def test_null_for_an_optional_key_means_its_default(make_step_template: MakeStep) -> None:
    made = make_step_template(description=None, category=None)

    assert (made.description, made.category) == ("", "")


def test_what_is_wrong_is_refused_with_everything_found(make_step_template: MakeStep) -> None:
    made = make_step_template()

    with pytest.raises(InvalidStepTemplate) as refused:
        step_templates.change(made.pk, {"slug": "No slug", "step": {"name": ""}}, **BY)

    assert {finding.path for finding in refused.value.findings} >= {"/slug", "/step/fields", "/step/name"}
    assert "this reusable step" in refused.value.message


def test_a_slug_is_taken_once(make_step_template: MakeStep) -> None:
    make_step_template()
    other = make_step_template(slug="home")

    with pytest.raises(NameTaken):
        make_step_template()
    with pytest.raises(NameTaken):
        step_templates.change(other.pk, {"slug": "address"}, **BY)

    assert {found.slug for found in StepTemplate.objects.all()} == {"address", "home"}


def test_a_version_never_changes(make_step_template: MakeStep) -> None:
    version = make_step_template().current()

    with pytest.raises(VersionIsImmutable):
        version.save()
    with pytest.raises(VersionIsImmutable):
        StepTemplateVersion.objects.update(note="x")


def test_what_is_not_there_is_said(make_step_template: MakeStep) -> None:
    with pytest.raises(StepTemplateNotFound):
        step_templates.delete(uuid4())
    with pytest.raises(VersionNotFound, match="has no version 7; its latest is 1"):
        step_templates.version_of(make_step_template(), 7)


def test_one_that_nobody_uses_is_deleted_with_its_versions(make_step_template: MakeStep) -> None:
    step_templates.delete(make_step_template().pk)

    assert not StepTemplateVersion.objects.exists()


def test_one_that_a_template_uses_stays_under_its_slug(
    make_step_template: MakeStep, make_template: MakeTemplate
) -> None:
    made = make_step_template()
    make_template(name="loan", **using())

    with pytest.raises(StepTemplateInUse, match="loan use 'address', so it stays") as refused:
        step_templates.delete(made.pk)
    with pytest.raises(StepTemplateInUse, match="by this slug"):
        step_templates.change(made.pk, {"slug": "home"}, **BY)

    assert refused.value.details == {"used_by": ["loan"]}
    assert step_templates.change(made.pk, {"name": "Home"}, **BY).slug == "address"


def test_one_that_a_draft_uses_stays_too(make_step_template: MakeStep, make_template: MakeTemplate) -> None:
    made, template = make_step_template(), make_template()
    WorkflowRegistry.save_draft(template.pk, {"steps": [{"uses": "address@1"}]}, **BY)

    with pytest.raises(StepTemplateInUse):
        step_templates.delete(made.pk)

    WorkflowRegistry.discard_draft(template.pk, **BY)
    step_templates.delete(made.pk)


def test_the_slug_of_one_that_nobody_uses_may_change(make_step_template: MakeStep) -> None:
    assert step_templates.change(make_step_template().pk, {"slug": "home"}, **BY).slug == "home"


def test_it_is_told_who_uses_which_version_in_what_is_published_and_in_drafts(
    make_step_template: MakeStep, make_template: MakeTemplate
) -> None:
    made = make_step_template()
    make_step_template(slug="my-address")
    loan = make_template(name="loan", **using())
    make_template(name="other", **using("my-address@1"))
    make_template(name="none")
    step_templates.change(made.pk, {"step": {**reusable_step()["step"], "name": "Home"}}, **BY)
    draft = {"steps": [step("work", name="Work", uses="address@2"), "odd", {"uses": "address@2"}]}
    WorkflowRegistry.save_draft(loan.pk, draft, **BY)

    found = [
        (used.template, used.step_id, used.step, used.number, used.is_draft)
        for used in step_templates.used_by("address")
    ]

    assert found == [
        ("loan", "home", "Address", 1, False),
        ("loan", "work", "Work", 2, True),
        ("loan", "3", "3", 2, True),
    ]


def test_only_templates_that_name_it_are_read(
    make_step_template: MakeStep, make_template: MakeTemplate, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_step_template()
    make_step_template(slug="ad_ress")
    make_template(name="loan", **using())

    assert [found.name for found in WorkflowTemplate.objects.naming_step("address")] == ["loan"]
    assert not WorkflowTemplate.objects.naming_step("ad_ress").exists()
    with django_assert_num_queries(1):
        list(step_templates.used_by("address"))


def test_the_latest_numbers_and_the_versions_that_steps_name_are_found_together(
    make_step_template: MakeStep, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = make_step_template()
    make_step_template(slug="home")
    step_templates.change(made.pk, {"step": {**reusable_step()["step"], "name": "Home"}}, **BY)
    wanted = [Use(slug="address", number=2), Use(slug="home", number=1), Use(slug="gone", number=1)]

    with django_assert_num_queries(1):
        found = step_templates.reusable_steps(wanted)

    assert set(found) == {"address@2", "home@1"}
    assert found["address@2"].content["step"]["name"] == "Home"
    assert step_templates.latest_numbers(["address", "gone"]) == {"address": 2}
    with django_assert_num_queries(0):
        assert step_templates.reusable_steps([]) == {}


def test_what_a_list_shows_is_read_along(
    make_step_template: MakeStep, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = make_step_template()
    make_step_template(slug="home")
    step_templates.change(made.pk, {"step": {**reusable_step()["step"], "name": "Home"}}, **BY)

    with django_assert_num_queries(2):
        sources = [found.source() for found in StepTemplate.objects.with_content()]

    assert [source["step"]["name"] for source in sources] == ["Home", "Address"]


def test_its_title_and_its_version_name_it(make_step_template: MakeStep) -> None:
    made = make_step_template()

    assert (str(made), str(made.current())) == ("Postal address", f"{made.pk} v1")


def test_the_builder_of_documents_is_not_needed_to_use_one(make_step_template: MakeStep) -> None:
    make_step_template()
    source = {**document(**using()), "state_schema": {"type": "object", "properties": {}}}

    assert WorkflowRegistry.validate(source) == ()
