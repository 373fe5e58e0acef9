"""The versions of a template, in every look."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import expect

from browsing.browsers import Look, assert_accessible, assert_fits
from browsing.fixtures import PageOf, every_look
from conftest import document, step
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

DAYS = {"type": "integer", "title": "Number of days", "maximum": 90}
DEVICE = {"title": "Device", "oneOf": [{"const": "phone", "title": "Phone"}, {"const": "tablet", "title": "Tablet"}]}


@pytest.fixture
def template(transactional_db: None, make_template: Callable[..., WorkflowTemplate]) -> WorkflowTemplate:
    """Return a template with two versions and a draft."""
    at = timezone.now()
    made = make_template(name="Lending devices", properties={"days": DAYS, "device": DEVICE})
    shorter = document(
        name="Lending devices",
        properties={"days": {**DAYS, "maximum": 60}, "until": {"type": "string", "format": "date"}, "device": DEVICE},
        steps=[step("only", name="What and how long", fields=["device", "days"]), step("back", fields=["until"])],
    )
    WorkflowRegistry.replace(made.pk, shorter, actor="user:nora", at=at, note="Shorter, and with a day to return it.")
    draft = {**shorter, "guidelines": "Be kind. " * 30, "steps": [*reversed(shorter["steps"])]}
    return WorkflowRegistry.save_draft(made.pk, draft, actor="user:nora", at=at)


@every_look
def test_an_author_restores_a_version_by_way_of_the_history(
    page_of: PageOf, author: User, template: WorkflowTemplate, look: Look
) -> None:
    page = page_of(author, look=look)

    page.goto(f"/admin/registry/workflowtemplate/{template.pk}/versions/")
    expect(page.get_by_text("Field “Number of days”: at most 90 becomes 60")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("link", name="Restore version 1 as draft").click()

    expect(page.get_by_role("heading", name="There is a draft already")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Replace the draft").click()

    expect(page.get_by_text("The draft says what version 1 said.")).to_be_visible()
    restored = WorkflowTemplate.objects.get().draft
    assert restored is not None
    assert restored["state_schema"]["properties"]["days"]["maximum"] == 90


@every_look
def test_an_author_compares_two_versions(page_of: PageOf, author: User, template: WorkflowTemplate, look: Look) -> None:
    page = page_of(author, look=look)

    page.goto(f"/admin/registry/workflowtemplate/{template.pk}/compare/")
    page.get_by_label("Left").select_option("1")
    page.get_by_role("button", name="Compare").click()

    expect(page.get_by_role("heading", name="What changes from version 1 to the draft")).to_be_visible()
    expect(page.get_by_text("at most 60", exact=True)).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
