"""The editor in every look: each tab, panel and state of it breaks no rule of accessibility and fits the window."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from authoring.tests.browser.editing import PATH, Editor
from browsing.browsers import Complaints, Look, assert_accessible, assert_fits
from browsing.fixtures import PageOf, every_look
from conftest import reusable_step, step
from registry import step_templates
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

WHEN = {
    "all": [{"field": "kind", "op": "in", "value": ["a"]}, {"any": [{"field": "born", "op": "<", "ref": "$today"}]}]
}
PEOPLE = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}}
REQUEST = {"method": "POST", "headers": {"Authorization": "Bearer {{secret:bank}}"}}
EVERYTHING: dict[str, Any] = {
    "properties": {
        "kind": {"title": "Kind", "oneOf": [{"const": "a", "title": "First"}, {"const": "b", "title": "Second"}]},
        "several": {"title": "Several", "type": "array", "items": {"enum": ["x", "y"]}},
        "born": {"title": "Date of birth", "type": "string", "format": "date", "x-messages": {"*": "Please a date."}},
        "age": {"title": "Age", "type": "integer", "readOnly": True, "x-computed": {"years_since": "born"}},
        "amount": {"title": "Amount", "type": "number", "minimum": 1, "x-unit": "EUR", "x-depends-on": ["kind"]},
        "people": {"title": "People", "type": "array", "items": PEOPLE},
        "hard": {"title": "Only for developers", "allOf": [{"type": "string"}]},
        "found": {"title": "Found out", "type": "string", "readOnly": True},
    },
    "required": ["kind", "born"],
    "steps": [
        step("start", fields=["kind", "several"], description="Tell what this is about."),
        step(
            "you",
            fields=["born", "amount", "people", "hard"],
            when=WHEN,
            rules=[{"check": {"field": "amount", "op": ">", "value": 5}, "message": "Too little.", "field": "amount"}],
        ),
        step(
            "look_up",
            fields=["found"],
            action={"type": "api_call", "target": "https://bank.example/", **REQUEST, "result": {"found": "/id"}},
        ),
        step("stop", when={"field": "age", "op": "<", "value": 18}, end={"outcome": "too_young", "message": "Sorry."}),
    ],
    "end_action_type": "api_call",
    "end_action_target": "https://bank.example/loans",
    "end_action_config": REQUEST,
    "prerequisites": ["another"],
}


def _good(page: Page) -> None:
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")  # the buttons stick to the window's lower edge
    assert_accessible(page)
    assert_fits(page)


@pytest.fixture
def everything(transactional_db: None) -> WorkflowTemplate:
    """Return a draft that has a row of every kind."""
    document = {"name": "everything", **EVERYTHING}
    document["state_schema"] = {
        "type": "object",
        "properties": document.pop("properties"),
        "required": document.pop("required"),
    }
    long = reusable_step(name="Where somebody lives, and where the invoice of the visit is to go instead")
    step_templates.create(long, actor="user:nora", at=timezone.now())
    return WorkflowRegistry.begin(document, actor="user:nora", at=timezone.now())


@every_look
def test_every_tab_and_panel_of_the_editor(
    page_of: PageOf, author: User, everything: WorkflowTemplate, look: Look
) -> None:
    page = page_of(author, look=look)
    editor = Editor(page, everything)
    _good(page)

    for tab in ("Information", "Steps", "Finish", "Versions", "Advanced"):
        editor.open(tab)
        page.evaluate("document.querySelectorAll('#editor details').forEach((part) => { part.open = true; })")
        _good(page)
    for panel in ("Try it", "Diagram"):
        editor.open(panel)
        _good(page)


@every_look
def test_what_opens_and_what_goes_wrong_in_the_editor(
    page_of: PageOf, author: User, make_template: Callable[..., WorkflowTemplate], look: Look
) -> None:
    page = page_of(author, look=look)
    editor = Editor(page, make_template(name="intake"), tab="steps")
    page.get_by_role("button", name="Choose information").first.click()
    editor.row("step", 0).locator("summary", has_text="Only in some cases").click()
    editor.row("step", 0).get_by_label("When", exact=True).select_option("all")
    page.get_by_role("button", name="Collapse all").click()
    page.get_by_role("button", name="Open all").click()
    _good(page)

    editor.open("Information")
    editor.act(editor.row("field", 0), "remove")
    page.get_by_role("button", name="Publish…").click()
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_visible()
    _good(page)

    page.get_by_role("button", name="Add information").click()
    editor.row("field", 0).locator("summary").first.click()
    editor.input(editor.row("field", 0), "max_length").fill("many")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Please correct what is marked")).to_be_visible()
    editor.rest()
    _good(page)


@every_look
def test_the_pages_around_the_editor(
    page_of: PageOf,
    operator: User,
    make_template: Callable[..., WorkflowTemplate],
    complaints: Complaints,
    look: Look,
) -> None:
    complaints.expected.append("409")
    by: dict[str, Any] = {"actor": "user:nora", "at": timezone.now()}
    template = make_template(name="intake")
    page = page_of(operator, look=look)
    page.goto(f"{PATH}/add/")
    _good(page)
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    _good(page)

    editor = Editor(page, template)
    WorkflowRegistry.save_draft(template.pk, {**template.document(), "guidelines": "Be kind. " * 30}, **by)
    page.get_by_label("Category").fill("health")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", name="Two of you worked on this draft")).to_be_visible()
    _good(page)
    page.get_by_role("button", name="Keep mine").click()
    editor.rest()

    WorkflowRegistry.replace(template.pk, {**template.document(), "guidelines": "Be calm. " * 30}, **by)
    editor = Editor(page, template)
    page.get_by_role("button", name="Publish…").click()
    page.get_by_role("button", name="Publish this").click()
    expect(page.get_by_role("heading", name="Something was published since you began")).to_be_visible()
    _good(page)
    page.get_by_role("link", name="Back to the draft").click()
    editor.rest()

    page.get_by_role("button", name="Throw the draft away").click()
    expect(page.get_by_role("heading", name="Throw the draft away?")).to_be_visible()
    _good(page)
