"""Beside the rows: trying the draft out, the diagram, reusable steps; and the editor with nothing but keys."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from authoring.tests.browser.editing import Editor
from conftest import reusable_step, step
from registry import step_templates
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

PROPERTIES = {
    "level": {"type": "integer", "title": "Level", "maximum": 10},
    "note": {"type": "string", "title": "Note"},
    "mood": {"type": "string", "title": "Mood"},
}
STEPS = [
    step("how", fields=["level"]),
    step("why", fields=["note"], required=False),
    step("last", fields=["mood"]),
]


@pytest.fixture
def template(make_template: Callable[..., WorkflowTemplate]) -> WorkflowTemplate:
    """Return a template that is published."""
    return make_template(name="intake", properties=PROPERTIES, required=["level", "mood"], steps=STEPS)


def test_an_author_tries_the_draft_and_changes_it_meanwhile(author_page: Page, template: WorkflowTemplate) -> None:
    editor = Editor(author_page, template, tab="information")
    editor.open("Try it")
    trial = author_page.get_by_role("tabpanel", name="Try it")

    trial.get_by_label("Level").fill("12")
    trial.get_by_label("Level").press("Enter")
    expect(trial.get_by_text("Level must be at most 10.")).to_be_visible()
    row = editor.row("field", 0)
    row.locator("summary").first.click()
    editor.input(row, "maximum").fill("20")
    trial.get_by_role("button", name="Skip").click()  # the answer counts now, so the next step is asked
    trial.get_by_label("Mood").fill("go")
    editor.input(row, "label").fill("How strong")
    editor.rest()
    trial.get_by_label("Mood").press("End")
    author_page.keyboard.type("od")
    editor.rest()
    expect(trial.get_by_label("Mood")).to_have_value("good")
    trial.get_by_role("button", name="Back").click()
    editor.rest()  # until it is answered, another press is none
    trial.get_by_role("button", name="Change How strong").click()
    trial.get_by_label("How strong").fill("3")
    trial.get_by_role("button", name="Next").click()

    expect(trial.get_by_role("term").filter(has_text="How strong")).to_be_visible()
    expect(trial.locator("dd").filter(has_text="3")).to_be_visible()


def test_a_box_that_was_unticked_stays_so_while_the_draft_is_changed(
    author_page: Page, make_template: Callable[..., WorkflowTemplate]
) -> None:
    pets = {"type": "array", "items": {"type": "string"}, "title": "Pets"}
    steps = [step("pets", fields=["pets"]), step("last", fields=["mood"])]
    template = make_template(name="pets", properties={"pets": pets, "mood": PROPERTIES["mood"]}, steps=steps)
    editor = Editor(author_page, template, tab="information")
    editor.open("Try it")
    trial = author_page.get_by_role("tabpanel", name="Try it")
    trial.get_by_label("None (Pets)").check()
    trial.get_by_role("button", name="Next").click()
    trial.get_by_role("button", name="Change Pets").click()
    expect(trial.get_by_label("None (Pets)")).to_be_checked()

    trial.get_by_label("None (Pets)").uncheck()
    editor.input(editor.row("field", 0), "label").fill("Something else")
    editor.rest()

    expect(trial.get_by_role("checkbox", name="None")).not_to_be_checked()


def test_the_tab_that_was_open_is_open_after_coming_back(author_page: Page, template: WorkflowTemplate) -> None:
    editor = Editor(author_page, template)
    editor.open("Finish")

    author_page.goto("/admin/")
    author_page.go_back()

    editor.rest()
    expect(author_page.get_by_role("tab", name="Finish")).to_have_attribute("aria-selected", "true")


def test_a_button_of_the_trial_that_is_pressed_twice_counts_once(author_page: Page, template: WorkflowTemplate) -> None:
    editor = Editor(author_page, template)
    editor.open("Try it")
    trial = author_page.get_by_role("tabpanel", name="Try it")
    trial.get_by_label("Level").fill("5")
    editor.rest()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    author_page.route("**/live/", hold)
    trial.get_by_role("button", name="Next").dblclick()
    expect(author_page.locator("#trial")).to_have_attribute("aria-busy", "true")
    held[0].continue_()
    editor.rest()

    assert len(held) == 1
    expect(author_page.locator("#trial")).not_to_have_attribute("aria-busy", "true")
    expect(trial.get_by_label("Note")).to_be_visible()  # the second step, which may be skipped, and not the third


def test_a_step_of_the_diagram_leads_to_its_row(author_page: Page, template: WorkflowTemplate) -> None:
    editor = Editor(author_page, template)
    editor.open("Diagram")

    author_page.get_by_role("link", name="2. Why").press("Enter")

    expect(author_page.get_by_role("tab", name="Steps")).to_have_attribute("aria-selected", "true")
    expect(editor.input(editor.row("step", 1), "name")).to_be_focused()


def test_a_reusable_step_is_inserted_with_two_clicks_and_its_newer_version_is_taken(
    author_page: Page, template: WorkflowTemplate
) -> None:
    at = timezone.now()
    made = step_templates.create(reusable_step(), actor="user:nora", at=at)
    editor, page = Editor(author_page, template), author_page

    editor.open("Steps")
    page.get_by_role("button", name="Insert it").click()
    inserted = editor.row("step", 3)
    expect(inserted.get_by_text("Reusable: address, version 1")).to_be_visible()
    assert editor.chips(inserted) == ["Street", "City"]
    draft = editor.saved()
    assert draft["steps"][3]["uses"] == "address@1"

    step_templates.change(made.pk, {"step": {**reusable_step()["step"], "name": "Where?"}}, actor="user:nora", at=at)
    editor = Editor(page, template, tab="steps")
    page.get_by_role("link", name="Version 2 is there…").click()
    page.get_by_role("button", name="Take it into the draft").click()
    editor.rest()
    editor.open("Steps")
    expect(editor.row("step", 3).get_by_text("Reusable: address, version 2")).to_be_visible()


def test_the_editor_is_used_with_nothing_but_keys(author_page: Page, template: WorkflowTemplate) -> None:
    editor, page, keys = Editor(author_page, template), author_page, author_page.keyboard
    page.get_by_role("tab", name="About").focus()

    keys.press("ArrowRight")
    keys.press("ArrowRight")
    expect(page.get_by_role("tab", name="Steps")).to_be_focused()
    expect(editor.row("step", 0)).to_be_visible()
    pick = editor.row("step", 0).get_by_role("button", name="Choose information")
    pick.focus()
    keys.press("Enter")
    keys.type("moo")
    keys.press("Enter")
    keys.press("Escape")

    expect(pick).to_be_focused()
    assert editor.chips(editor.row("step", 0)) == ["Level", "Mood"]
    move = editor.row("step", 0).get_by_role("button", name="Move Mood forward")
    move.press("Enter")
    expect(move).to_be_focused()
    assert editor.chips(editor.row("step", 0)) == ["Mood", "Level"]
    assert editor.saved()["steps"][0]["fields"] == ["mood", "level"]


def test_a_new_template_says_what_to_do_first(author_page: Page) -> None:
    template = WorkflowRegistry.begin({"name": "new"}, actor="user:nora", at=timezone.now())
    editor = Editor(author_page, template, tab="information")

    expect(author_page.get_by_text("Nothing is asked yet.")).to_be_visible()
    author_page.get_by_role("button", name="Add information").click()
    expect(author_page.get_by_text("Nothing is asked yet.")).to_be_hidden()
    editor.open("Steps")
    expect(author_page.get_by_text("There is no step yet.")).to_be_visible()
