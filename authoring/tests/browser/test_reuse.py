"""Reusable steps at a browser: looking at one, taking a newer version, making one."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import expect

from browsing.browsers import Look, assert_accessible, assert_fits
from browsing.fixtures import PageOf, every_look
from conftest import document, reusable_step
from registry import step_templates
from registry.models import StepTemplate, WorkflowTemplate
from registry.registry import WorkflowRegistry


@pytest.fixture
def behind(transactional_db: None) -> WorkflowTemplate:
    """A template of which a step is a version behind."""
    by: dict[str, Any] = {"actor": "user:nora", "at": timezone.now()}
    made = step_templates.create(reusable_step(description="Where somebody lives"), **by)
    steps = [{"id": "home", "uses": "address@1", "description": "Mine"}]
    template = WorkflowRegistry.create(document(name="intake", properties={}, steps=steps), **by)
    rules = [{"check": {"field": "city", "op": "!=", "ref": "street"}, "message": "These are the same."}]
    step_templates.change(made.pk, {"step": {**reusable_step()["step"], "name": "Where?", "rules": rules}}, **by)
    return template


@every_look
def test_an_author_finds_who_is_behind_and_takes_the_newer_version(
    page_of: PageOf, author: User, behind: WorkflowTemplate, look: Look
) -> None:
    page = page_of(author, look=look)
    page.goto("/admin/registry/steptemplate/")
    page.get_by_role("link", name="Postal address").click()
    expect(page.get_by_role("heading", name="What it asks for")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)

    page.get_by_role("link", name="Show what would change").click()
    expect(page.get_by_text("is now called “Where?”")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Take it into the draft").click()

    expect(page.get_by_text("Publish it when you are ready.")).to_be_visible()
    behind.refresh_from_db()
    assert behind.draft is not None
    assert behind.draft["steps"][0]["uses"] == "address@2"


@every_look
def test_an_author_makes_a_step_reusable_by_keyboard(
    page_of: PageOf, author: User, behind: WorkflowTemplate, look: Look
) -> None:
    page = page_of(author, look=look)
    page.goto(f"/admin/registry/workflowtemplate/{behind.pk}/reusable/?step=home")
    assert_accessible(page)
    assert_fits(page)

    page.get_by_role("textbox", name="Short name").fill("address")
    page.keyboard.press("Enter")
    expect(page.get_by_text("There is a reusable step 'address' already.")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("textbox", name="Short name").fill("home")
    page.keyboard.press("Enter")

    expect(page.get_by_text("can be used in other templates now")).to_be_visible()
    assert StepTemplate.objects.filter(slug="home").exists()
