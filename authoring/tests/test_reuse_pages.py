"""The pages of a template about reusable steps: taking a newer version, and making a step reusable."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from conftest import NOW, document, reusable_step, step
from registry import step_templates
from registry.models import StepTemplate, WorkflowTemplate
from registry.registry import WorkflowRegistry
from rest.tests.staff import browser as staff
from rest.tests.staff import violations

type MakeStep = Callable[..., StepTemplate]
type MakeTemplate = Callable[..., WorkflowTemplate]

VIEW, CHANGE, ADD_STEP = (
    "registry.view_workflowtemplate",
    "registry.change_workflowtemplate",
    "registry.add_steptemplate",
)
BY: dict[str, Any] = {"actor": "user:ada", "at": NOW}


def path(template: WorkflowTemplate, page: str, step_id: str = "home") -> str:
    return f"/admin/registry/workflowtemplate/{template.pk}/{page}/?step={step_id}"


@pytest.fixture
def behind(make_step_template: MakeStep) -> WorkflowTemplate:
    """A template whose author gave the step another description, and whose step is a version behind."""
    made = make_step_template()
    template = WorkflowRegistry.create(document(properties={}, steps=[{"id": "home", "uses": "address@1"}]), **BY)
    template = WorkflowRegistry.change(template.pk, {"steps": [{**template.steps[0], "description": "Mine"}]}, **BY)
    step_templates.change(made.pk, {"step": {**reusable_step()["step"], "name": "Where?"}}, **BY)
    return template


def test_it_is_shown_what_would_change_and_what_stays(behind: WorkflowTemplate) -> None:
    answer = staff(VIEW, CHANGE).get(path(behind, "newer"))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "made from version 1 of the reusable step address. There is version 2 now." in text
    assert "Step “Address” is now called “Where?”" in text
    assert "<li>The part" not in text
    assert "<li>What the step says</li>" in text
    assert "Take it into the draft" in text
    assert violations(text) == []
    assert WorkflowTemplate.objects.get().draft is None


def test_what_was_shown_is_taken_into_the_draft_and_on_record(behind: WorkflowTemplate) -> None:
    answer = staff(VIEW, CHANGE).post(path(behind, "newer"), {"revision": 0}, follow=True)

    behind.refresh_from_db()
    assert answer.status_code == 200
    assert "Took version 2 of the reusable step address into the draft." in answer.content.decode()
    assert behind.draft is not None
    (taken,) = behind.draft["steps"]
    assert (taken["name"], taken["description"], taken["uses"]) == ("Where?", "Mine", "address@2")
    assert behind.draft_author.startswith("user:person")
    assert LogEntry.objects.get().object_id == str(behind.pk)


def test_a_step_that_is_up_to_date_says_so_and_stays(behind: WorkflowTemplate) -> None:
    browser = staff(VIEW, CHANGE)
    browser.post(path(behind, "newer"), {"revision": 0})

    assert "is up to date" in browser.get(path(behind, "newer")).content.decode()
    assert "is up to date" in browser.post(path(behind, "newer"), {"revision": 1}).content.decode()
    assert WorkflowTemplate.objects.get().draft_revision == 1


def test_a_draft_that_somebody_saved_meanwhile_is_shown_again(behind: WorkflowTemplate) -> None:
    WorkflowRegistry.save_draft(behind.pk, behind.document(), **BY)

    answer = staff(VIEW, CHANGE).post(path(behind, "newer"), {"revision": 0})

    assert "Somebody saved the draft since you looked." in answer.content.decode()
    assert 'name="revision" value="1"' in answer.content.decode()


@pytest.mark.parametrize("given", [{}, {"revision": "x"}, {"revision": -1}])
def test_a_form_without_a_state_to_start_from_changes_nothing(behind: WorkflowTemplate, given: dict[str, Any]) -> None:
    answer = staff(VIEW, CHANGE).post(path(behind, "newer"), given)

    assert "Look at the changes below, and then take them." in answer.content.decode()
    assert WorkflowTemplate.objects.get().draft is None


def test_what_cannot_be_taken_is_told(behind: WorkflowTemplate) -> None:
    schema = behind.state_schema
    clash = {**schema, "properties": {**schema["properties"], "country": {"type": "number"}}}
    WorkflowRegistry.change(behind.pk, {"state_schema": clash}, **BY)
    text = {"type": "string", "minLength": 1}
    fields = {"street": text, "city": text, "country": text}
    step_templates.replace(StepTemplate.objects.get().pk, reusable_step(properties=fields), **BY)
    browser = staff(VIEW, CHANGE)

    for answer in (browser.get(path(behind, "newer")), browser.post(path(behind, "newer"), {"revision": 0})):
        assert "which this template has already as something else" in answer.content.decode()
        assert "Take it into the draft" not in answer.content.decode()


def test_a_step_that_was_made_from_nothing_has_no_newer_version(make_template: MakeTemplate) -> None:
    template, browser = make_template(), staff(VIEW, CHANGE)

    for step_id in ("only", "gone", ""):
        assert browser.get(path(template, "newer", step_id)).status_code == 404
        assert browser.post(path(template, "newer", step_id), {"revision": 0}).status_code == 404


@pytest.mark.parametrize("page", ["newer", "reusable"])
def test_a_template_that_is_not_there_and_another_method_are_refused(behind: WorkflowTemplate, page: str) -> None:
    browser = staff(VIEW, CHANGE, ADD_STEP)

    assert browser.get(f"/admin/registry/workflowtemplate/{uuid4()}/{page}/?step=home").status_code == 404
    assert browser.put(path(behind, page)).status_code == 405


def test_who_may_not_change_templates_sees_what_would_change_and_takes_nothing(behind: WorkflowTemplate) -> None:
    browser = staff(VIEW)

    assert "you need the right to change templates" in browser.get(path(behind, "newer")).content.decode()
    assert browser.post(path(behind, "newer"), {"revision": 0}).status_code == 403
    assert staff(CHANGE).get(path(behind, "newer")).status_code == 403
    assert Client().get(path(behind, "newer")).headers["Location"].startswith("/admin/login/")


def test_taking_it_needs_the_csrf_token(behind: WorkflowTemplate) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = staff(VIEW, CHANGE).cookies

    assert browser.post(path(behind, "newer"), {"revision": 0}).status_code == 403


def test_a_step_is_made_reusable_and_on_record(make_template: MakeTemplate) -> None:
    template = make_template(steps=[step("only", name="Your E-mail!", fields=["email"], description="To write to")])
    browser = staff(VIEW, ADD_STEP, "registry.view_steptemplate")

    asked = browser.get(path(template, "reusable", "only")).content.decode()
    answer = browser.post(
        path(template, "reusable", "only"), {"name": "E-mail", "slug": "email", "description": "x"}, follow=True
    )

    assert 'value="your-e-mail"' in asked
    assert violations(asked) == []
    made = StepTemplate.objects.get()
    assert (made.slug, made.name, made.description, made.current_version) == ("email", "E-mail", "x", 1)
    assert answer.redirect_chain == [(f"/admin/registry/steptemplate/{made.pk}/change/", 302)]
    assert "E-mail can be used in other templates now." in answer.content.decode()
    assert LogEntry.objects.get().object_id == str(made.pk)


def test_it_is_told_that_a_condition_stays_behind(make_template: MakeTemplate) -> None:
    fields = {"a": {"type": "string"}, "b": {"type": "string"}}
    when = {"field": "a", "op": "answered"}
    template = make_template(properties=fields, steps=[step("a", fields=["a"]), step("b", fields=["b"], when=when)])
    browser = staff(VIEW, ADD_STEP, "registry.view_steptemplate")

    answer = browser.post(path(template, "reusable", "b"), {"name": "B", "slug": "b"}, follow=True)

    assert "Its condition stays with this template" in answer.content.decode()


def test_a_taken_short_name_is_told_beside_it_and_can_be_made_the_next_version(make_template: MakeTemplate) -> None:
    template = make_template()
    given = {"name": "E-mail", "slug": "email"}
    staff(VIEW, ADD_STEP).post(path(template, "reusable", "only"), given)
    changed = WorkflowRegistry.change(template.pk, {"steps": [{**template.steps[0], "description": "New."}]}, **BY)
    browser = staff(VIEW, ADD_STEP, "registry.change_steptemplate", "registry.view_steptemplate")

    refused = browser.post(path(changed, "reusable", "only"), given)
    forbidden = staff(VIEW, ADD_STEP).post(path(changed, "reusable", "only"), {**given, "is_next": "on"})
    taken = browser.post(path(changed, "reusable", "only"), {**given, "is_next": "on"})

    assert "There is a reusable step &#x27;email&#x27; already." in refused.content.decode()
    assert (forbidden.status_code, taken.status_code) == (403, 302)
    assert StepTemplate.objects.get().current_version == 2


def test_what_keeps_a_step_from_being_reusable_is_told_and_what_was_typed_stays(make_template: MakeTemplate) -> None:
    fields = {"a": {"type": "string"}, "b": {"type": "string", "x-depends-on": ["a"]}}
    template = make_template(properties=fields, steps=[step("a", fields=["a"]), step("b", fields=["b"])])
    browser = staff(VIEW, ADD_STEP)

    outside = browser.post(path(template, "reusable", "b"), {"name": "My B", "slug": "b"})
    slug = browser.post(path(template, "reusable", "a"), {"name": "A", "slug": "No slug"})
    empty = browser.post(path(template, "reusable", "a"), {})

    assert "The step is not reusable yet" in empty.content.decode()
    assert "This looks at &#x27;a&#x27;, which is no field of this step." in outside.content.decode()
    assert 'value="My B"' in outside.content.decode()
    assert "This is the short name that templates use" in slug.content.decode()
    assert not StepTemplate.objects.exists()


@pytest.mark.parametrize("step_id", ["", "gone"])
def test_a_step_that_is_not_there_is_not_made_reusable(make_template: MakeTemplate, step_id: str) -> None:
    template, browser = make_template(), staff(VIEW, ADD_STEP)

    assert browser.get(path(template, "reusable", step_id)).status_code == 404
    assert browser.post(path(template, "reusable", step_id), {"name": "A", "slug": "a"}).status_code == 404


def test_who_may_not_write_reusable_steps_makes_none(make_template: MakeTemplate) -> None:
    template = make_template()

    assert staff(VIEW, CHANGE).get(path(template, "reusable", "only")).status_code == 403
    assert staff(ADD_STEP).get(path(template, "reusable", "only")).status_code == 403
    assert Client().post(path(template, "reusable", "only")).headers["Location"].startswith("/admin/login/")
