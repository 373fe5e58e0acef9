"""Nothing typed is lost: mistakes, somebody else's draft, a server that is away, a session that is over, raw JSON."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.utils import timezone
from playwright.sync_api import Dialog, Page, expect
from pytest_django.live_server_helper import LiveServer

from authoring.tests.browser.editing import Editor
from browsing.browsers import Complaints
from browsing.fixtures import PageOf
from conftest import step
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

PROPERTIES = {"level": {"type": "integer", "title": "Level"}, "note": {"type": "string", "title": "Note"}}
STEPS = [step("first", fields=["level"]), step("second", fields=["note"])]


@pytest.fixture
def template(make_template: Callable[..., WorkflowTemplate]) -> WorkflowTemplate:
    """Return a template that is published."""
    return make_template(name="intake", properties=PROPERTIES, steps=STEPS)


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save draft").click()


def test_a_mistake_is_told_beside_its_input_and_has_the_focus_after_saving(
    author_page: Page, template: WorkflowTemplate
) -> None:
    editor, page = Editor(author_page, template, tab="information"), author_page
    row = editor.row("field", 0)
    row.locator("summary").first.click()
    editor.input(row, "maximum").fill("plenty")
    editor.input(row, "help").fill("From 1 to 10")
    expect(editor.input(row, "maximum")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("tab", name="Information 1 thing to correct")).to_be_visible()
    editor.open("About")

    _save(page)

    expect(page.get_by_text("Please correct what is marked: 1 thing.")).to_be_visible()
    expect(editor.input(row, "maximum")).to_be_focused()
    expect(editor.input(row, "maximum")).to_have_value("plenty")
    expect(editor.input(row, "help")).to_have_value("From 1 to 10")
    editor.input(row, "maximum").fill("10")
    editor.rest()
    expect(editor.input(row, "maximum")).not_to_have_attribute("aria-invalid", "true")
    assert editor.saved()["state_schema"]["properties"]["level"]["maximum"] == 10
    expect(page.get_by_role("tab", name="Information")).to_have_attribute("aria-selected", "true")


def test_a_finding_leads_to_its_input_wherever_it_hides(author_page: Page, template: WorkflowTemplate) -> None:
    when = {"field": "note", "op": "answered"}  # which is asked for later
    draft = {**template.document(), "steps": [{**STEPS[0], "when": when}, STEPS[1]]}
    WorkflowRegistry.save_draft(template.pk, draft, actor="user:nora", at=timezone.now())
    editor, page = Editor(author_page, template, tab="steps"), author_page
    page.get_by_role("button", name="Collapse all").click()
    editor.row("step", 0).locator("details").evaluate_all("parts => parts.forEach((part) => { part.open = false; })")
    editor.open("About")

    page.get_by_role("tabpanel", name="Checks").get_by_role("button").first.click()

    expect(page.get_by_role("tab", name="Steps")).to_have_attribute("aria-selected", "true")
    expect(editor.row("step", 0).get_by_label("When", exact=True)).to_be_focused()
    expect(editor.row("step", 0).get_by_role("button", name="Collapse")).to_have_attribute("aria-expanded", "true")


def test_a_draft_saves_itself_after_a_pause(author_page: Page, template: WorkflowTemplate) -> None:
    editor, page = Editor(author_page, template, tab="information"), author_page
    expect(page.get_by_text("Unpublished changes")).to_be_hidden()

    editor.input(editor.row("field", 0), "label").fill("How bad")

    expect(page.get_by_text("Unpublished changes")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Draft saved")).to_be_visible()
    template.refresh_from_db()
    assert template.draft["state_schema"]["properties"]["level"]["title"] == "How bad"  # type: ignore[index]


def test_leaving_asks_only_while_something_is_not_saved(author_page: Page, template: WorkflowTemplate) -> None:
    editor, page = Editor(author_page, template), author_page
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    editor.page.get_by_label("Category").fill("health")
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_text("Draft saved")).to_be_visible()
    assert asked == ["beforeunload"]

    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", name="Hello, Nora")).to_be_visible()
    assert asked == ["beforeunload"]


def _saved_by_another(template: WorkflowTemplate) -> None:
    draft = {**template.document(), "guidelines": "Theirs"}
    WorkflowRegistry.save_draft(template.pk, draft, actor="user:otto", at=timezone.now())


@pytest.mark.parametrize("choice", ["Keep mine: put it in the place of theirs", "Keep theirs: forget mine"])
def test_the_second_of_two_people_is_told_and_chooses(
    author_page: Page, template: WorkflowTemplate, complaints: Complaints, choice: str
) -> None:
    complaints.expected.append("409")
    editor, page = Editor(author_page, template), author_page
    _saved_by_another(template)
    page.get_by_label("Guidelines for the assistant").fill("Mine")
    expect(page.get_by_text("otto saved this draft meanwhile.")).to_be_visible()

    _save(page)
    expect(page.get_by_role("heading", name="Two of you worked on this draft")).to_be_visible()
    page.get_by_text(choice).click()
    editor.rest()

    kept = "Mine" if "mine: put" in choice else "Theirs"
    expect(page.get_by_label("Guidelines for the assistant")).to_have_value(kept)
    template.refresh_from_db()
    assert template.draft["guidelines"] == kept  # type: ignore[index]


def test_a_server_that_is_away_loses_nothing(
    author_page: Page, template: WorkflowTemplate, complaints: Complaints
) -> None:
    complaints.expected.append("ERR_FAILED")
    editor, page = Editor(author_page, template), author_page
    page.route("**/live/", lambda route: route.abort())
    page.get_by_label("Guidelines for the assistant").fill("Be kind.")
    expect(page.get_by_text("The server cannot be reached")).to_be_visible()

    _save(page)
    expect(page.get_by_label("Guidelines for the assistant")).to_have_value("Be kind.")
    page.unroute("**/live/")

    expect(page.get_by_text("Draft saved")).to_be_visible()
    editor.rest()
    template.refresh_from_db()
    assert template.draft["guidelines"] == "Be kind."  # type: ignore[index]


def test_who_is_logged_out_logs_in_elsewhere_and_goes_on(
    author_page: Page, template: WorkflowTemplate, complaints: Complaints, live_server: LiveServer
) -> None:
    complaints.expected.append("403")  # the token of the session before
    Editor(author_page, template)
    page, cookies = author_page, author_page.context.cookies()
    page.context.clear_cookies()
    page.get_by_label("Guidelines for the assistant").fill("Be kind.")
    expect(page.get_by_text("You are logged out.")).to_be_visible()
    _save(page)
    expect(page.get_by_label("Guidelines for the assistant")).to_have_value("Be kind.")

    sessions = [cookie for cookie in cookies if cookie["name"] == settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": one["name"], "value": one["value"], "url": live_server.url} for one in sessions])

    expect(page.get_by_text("Draft saved")).to_be_visible()
    template.refresh_from_db()
    assert template.draft["guidelines"] == "Be kind."  # type: ignore[index]


def test_what_is_typed_while_a_slow_answer_is_under_way_is_saved_too(
    author_page: Page, template: WorkflowTemplate
) -> None:
    editor, page = Editor(author_page, template), author_page
    held: list[Any] = []
    page.route("**/live/", lambda route: held.append(route) if not held else route.continue_())
    page.get_by_label("Guidelines for the assistant").fill("Be kind.")
    while not held:
        page.wait_for_timeout(50)
    page.get_by_label("Category").fill("health")
    held[0].continue_()

    expect(page.get_by_text("Draft saved")).to_be_visible()
    editor.rest()
    template.refresh_from_db()
    assert template.draft is not None
    assert (template.draft["guidelines"], template.draft["category"]) == ("Be kind.", "health")


def test_json_counts_once_it_is_applied(author_page: Page, template: WorkflowTemplate) -> None:
    editor, page = Editor(author_page, template), author_page
    page.get_by_label("Category").fill("health")
    editor.open("Advanced")
    json = page.get_by_label("Document (JSON)")
    assert '"category": "health"' in json.input_value()

    json.fill("{")
    expect(page.locator("#inputs")).to_have_attribute("inert", "")
    expect(page.get_by_text("until then nothing else can be changed")).to_be_visible()
    page.get_by_role("button", name="Apply this document").click()
    expect(page.locator("#json_error")).to_be_visible()
    expect(json).to_have_value("{")
    _save(page)
    expect(page.locator("#form-errors")).to_contain_text("was changed and not applied")
    expect(json).to_have_value("{")
    page.get_by_role("button", name="Undo", exact=True).click()
    editor.rest()
    expect(page.get_by_text("until then nothing else can be changed")).to_be_hidden()
    text = json.input_value()
    json.fill(text.replace('"health"', '"wealth"'))
    page.get_by_role("button", name="Apply this document").click()
    expect(page.get_by_text("It is not saved yet.")).to_be_visible()
    editor.rest()

    assert editor.saved()["category"] == "wealth"


def test_enter_in_the_note_publishes_and_escape_closes_it(page_of: PageOf, template: WorkflowTemplate) -> None:
    page = page_of(User.objects.create_superuser("otto"))
    Editor(page, template)
    page.get_by_label("Category").fill("health")
    page.get_by_role("button", name="Publish…").press("Enter")
    note = page.get_by_label("What changed, in a sentence")
    expect(note).to_be_focused()
    expect(note).to_have_css("cursor", "text")  # the admin paints inputs in this place as buttons
    note.press("Escape")
    expect(page.get_by_role("button", name="Publish…")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("A category")

    page.keyboard.press("Enter")

    expect(page.get_by_text("is published. New conversations use it.")).to_be_visible()


def test_a_viewer_sees_everything_and_changes_nothing(page_of: PageOf, template: WorkflowTemplate) -> None:
    viewer = User.objects.create_user("vera", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_workflowtemplate"))
    page = page_of(viewer)
    editor = Editor(page, template, tab="information")

    expect(page.get_by_text("You may look at this, and not change it")).to_be_visible()
    expect(editor.input(editor.row("field", 0), "label")).to_be_disabled()
    expect(page.get_by_role("button", name="Add information")).to_be_disabled()
    expect(page.get_by_role("button", name="Save draft")).to_have_count(0)
    expect(page.get_by_text("Nothing is wrong.")).to_be_visible()
    editor.open("Try it")
    expect(page.get_by_role("tabpanel", name="Try it").get_by_label("Level")).to_be_visible()


def test_who_may_not_publish_is_told_why(page_of: PageOf, template: WorkflowTemplate) -> None:
    user = User.objects.create_user("ann", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_workflowtemplate", "change_workflowtemplate"])
    )
    page = page_of(user)
    Editor(page, template)

    expect(page.get_by_text("Publishing needs a right that you do not have.")).to_be_visible()
    expect(page.get_by_role("button", name="Publish…")).to_have_count(0)
