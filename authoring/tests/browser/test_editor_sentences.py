"""What an author says in sentences: conditions, what is worked out, lists, look-ups, and what happens at the end."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from authoring.tests.browser.editing import Editor
from conftest import step
from registry.models import WorkflowTemplate

DATE = {"type": "string", "format": "date"}
PROPERTIES: dict[str, Any] = {
    "kind": {"title": "Kind", "oneOf": [{"const": "a", "title": "First"}, {"const": "b", "title": "Second"}]},
    "born": {"title": "Born", **DATE},
    "since": {"title": "Since", **DATE},
    "people": {"title": "People", "type": "array", "items": {"type": "string"}},
    "one": {"title": "One of them", "type": "string"},
    "found": {"title": "Found", "type": "string", "readOnly": True},
}
ASKED = ["kind", "born", "since", "people", "one"]
STEPS = [step("ask", fields=ASKED), step("more")]

EditorOf = Callable[..., Editor]


@pytest.fixture
def editor_of(author_page: Page, make_template: Callable[..., WorkflowTemplate]) -> EditorOf:
    """Return a builder of editors, each of a template that is published."""

    def open_editor(tab: str, **parts: Any) -> Editor:
        given = {"properties": PROPERTIES, "required": [], "steps": STEPS, **parts}
        return Editor(author_page, make_template(**given), tab=tab)

    return open_editor


def _key(editor: Editor, name: str) -> str:
    """Return the key by which the page knows a field of ours."""
    prefix = editor.row("field", list(PROPERTIES).index(name)).get_attribute("data-prefix")
    return str(prefix).removeprefix("field-")


def _offered(select: Locator) -> list[str]:
    return select.locator("option:not([hidden])").all_text_contents()


def test_comparisons_follow_the_kind_of_the_field(editor_of: EditorOf) -> None:
    editor = editor_of("steps")
    more = editor.row("step", 1)
    more.locator("summary", has_text="Only in some cases").click()
    more.get_by_label("When", exact=True).select_option("all")
    first = editor.within(more, "when-only-rows").first
    field, op = editor.input(first, "field"), editor.input(first, "op")

    field.select_option(_key(editor, "kind"))
    assert "is one of" in _offered(op)
    assert "is less than" not in _offered(op)
    op.select_option("in")
    first.get_by_label("First").check()
    first.get_by_label("Second").check()
    second = editor.add(more, "when-only-rows")
    editor.input(second, "field").select_option(_key(editor, "born"))
    assert "is before" in _offered(editor.input(second, "op"))
    editor.input(second, "op").select_option("<=")
    editor.input(second, "side").select_option("today")
    editor.input(second, "offset_unit").select_option("Y")
    editor.input(second, "offset_by").fill("18")
    editor.input(second, "offset_sign").select_option("-")
    group = editor.add(more, "when-only-groups")
    inner = editor.add(group, "rows")
    editor.input(inner, "field").select_option(_key(editor, "since"))
    editor.input(inner, "op").select_option(">")
    editor.input(inner, "side").select_option("answer")
    editor.input(inner, "ref").select_option(_key(editor, "born"))
    last = editor.add(group, "rows")
    editor.input(last, "field").select_option(_key(editor, "people"))
    editor.input(last, "op").select_option("answered")

    assert editor.saved()["steps"][1]["when"] == {
        "all": [
            {"field": "kind", "op": "in", "value": ["a", "b"]},
            {"field": "born", "op": "<=", "ref": "$today", "offset": "-P18Y"},
            {"any": [{"field": "since", "op": ">", "ref": "born"}, {"field": "people", "op": "answered"}]},
        ]
    }


def test_another_kind_of_field_changes_the_value_that_is_given(editor_of: EditorOf) -> None:
    when = {"field": "one", "op": "==", "value": "yes"}
    editor = editor_of("information", steps=[STEPS[0], step("more", when=when)])

    editor.input(editor.row("field", 4), "kind").select_option("boolean")
    editor.open("Steps")

    comparison = editor.row("step", 1).locator(".comparison").first
    value = comparison.get_by_label("Value")
    assert _offered(value) == ["Choose…", "yes", "no"]
    value.select_option("no")
    assert editor.saved()["steps"][1]["when"] == {**when, "value": False}


def test_a_choice_may_be_typed_before_the_server_knows_it(editor_of: EditorOf) -> None:
    editor = editor_of("steps", steps=[STEPS[0], step("more", when={"field": "one", "op": "==", "value": "x"})])
    held: list[Any] = []
    value = editor.row("step", 1).locator(".comparison").first.get_by_label("Value")
    editor.page.route("**/live/", lambda route: held.append(route) if not held else route.continue_())
    value.fill("o")
    while not held:
        editor.page.wait_for_timeout(50)
    value.press_sequentially("ther")

    held[0].continue_()
    editor.rest()

    expect(value).to_be_focused()
    expect(value).to_have_value("other")


def test_a_field_is_worked_out_in_a_sentence_and_a_list_has_columns(editor_of: EditorOf) -> None:
    editor = editor_of("information")
    page = editor.page
    page.get_by_role("button", name="Add information").click()
    age = editor.row("field", 6)
    editor.input(age, "label").fill("Age")
    editor.input(age, "kind").select_option("computed")
    editor.input(age, "formula").select_option("years_since")
    assert _offered(editor.input(age, "first")) == ["Choose…", "Born", "Since"]
    editor.input(age, "first").select_option(_key(editor, "born"))
    page.get_by_role("button", name="Add information").click()
    children = editor.row("field", 7)
    editor.input(children, "label").fill("Children")
    editor.input(children, "kind").select_option("things")
    name = editor.add(children, "columns")
    editor.input(name, "label").fill("First name")
    editor.input(name, "label").press("Enter")
    page.keyboard.type("Years")
    editor.input(editor.within(children, "columns").last, "kind").select_option("integer")

    editor.open("Steps")
    page.get_by_role("button", name="Choose information").first.click()
    expect(page.locator(".picker").get_by_label("Children")).to_be_visible()
    expect(page.locator(".picker").get_by_label("Age")).to_have_count(0)  # nobody is asked for it

    properties = editor.saved()["state_schema"]["properties"]

    assert properties["age"]["x-computed"] == {"years_since": "born"}
    columns = properties["children"]["items"]["properties"].values()
    in_order = sorted(columns, key=lambda column: column.get("x-order", 0))
    assert [(column["title"], column["type"]) for column in in_order] == [
        ("First name", "string"),
        ("Years", "integer"),
    ]


def test_an_answer_is_chosen_out_of_a_list_that_was_collected(editor_of: EditorOf) -> None:
    editor = editor_of("information")
    one = editor.row("field", 4)

    editor.input(one, "kind").select_option("chosen")
    editor.input(one, "from_list").select_option(_key(editor, "people"))

    assert editor.saved()["state_schema"]["properties"]["one"]["x-choices"] == {"ref": "people"}


def test_a_step_asks_another_system_and_is_tried_with_a_sample_answer(editor_of: EditorOf) -> None:
    editor = editor_of("steps")
    page = editor.page
    more = editor.row("step", 1)
    editor.input(more, "kind").select_option("action")
    more.get_by_role("button", name="Choose information").click()
    page.get_by_label("Search for information").fill("foun")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(more.get_by_role("button", name="Choose information")).to_be_focused()
    action = more.locator('[data-row="action"]').first
    editor.input(action, "type").select_option("api_call")
    editor.input(action, "url").fill("https://bank.example/people")
    header = editor.add(action, "headers")
    editor.input(header, "name").fill("X-Kind")
    editor.input(header, "value").fill("{{state.kind}}")
    filled = editor.add(action, "result")
    editor.input(filled, "field").select_option(_key(editor, "found"))
    editor.input(filled, "pointer").fill("/person/id")
    action.locator("summary", has_text="Try it with a sample answer").click()
    editor.input(action, "sample").fill('{"person": {"id": "P-7"}}')

    expect(action.locator("[data-sample]")).to_contain_text("Found: P-7")
    assert page.locator('#placeholders option[value="{{state.kind}}"]').count() == 1
    assert editor.saved()["steps"][1]["action"] == {
        "type": "api_call",
        "target": "https://bank.example/people",
        "config": {"headers": {"X-Kind": "{{state.kind}}"}},
        "result": {"found": "/person/id"},
    }


def test_the_end_starts_another_workflow_with_answers_of_this_one(
    editor_of: EditorOf, make_template: Callable[..., WorkflowTemplate]
) -> None:
    make_template(name="follow_up")
    editor = editor_of("finish")
    finish = editor.page.get_by_role("tabpanel", name="Finish")
    end = finish.locator('[data-row="action"]')
    editor.input(end, "type").select_option("workflow")
    editor.input(end, "template").fill("follow_up")
    carried = editor.add(end, "state")
    editor.input(carried, "ours").select_option(_key(editor, "born"))
    editor.input(carried, "theirs").fill("date_of_birth")
    editor.page.get_by_label("Show everything at the end").check()

    draft = editor.saved()

    assert (draft["end_action_type"], draft["end_action_target"]) == ("workflow", "follow_up")
    assert draft["end_action_config"]["state"] == {"date_of_birth": "born"}
    assert draft["confirmation"] == "required"
