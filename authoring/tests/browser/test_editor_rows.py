"""Rows of the editor in somebody's hands: moved, brought back, copied, and followed by what refers to them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from authoring.tests.browser.editing import Editor
from conftest import step
from registry.models import WorkflowTemplate

REASON = {
    "title": "Reason",
    "oneOf": [{"const": "pain", "title": "Pain"}, {"const": "other", "title": "Other"}],
}
PROPERTIES = {
    "reason": REASON,
    "level": {"type": "integer", "title": "Level"},
    "note": {"type": "string", "title": "Note"},
}
WHEN = {"field": "reason", "op": "==", "value": "pain"}
RULES = [{"check": {"field": "level", "op": "<=", "value": 10}, "message": "At most ten.", "field": "level"}]
STEPS = [
    step("why", fields=["reason"]),
    step("pain", fields=["level"], when=WHEN, rules=RULES),
    step("rest", fields=["note"]),
]

EditorOf = Callable[..., Editor]


@pytest.fixture
def editor_of(author_page: Page, make_template: Callable[..., WorkflowTemplate]) -> EditorOf:
    """Return a builder of editors, each of a template that is published."""

    def open_editor(tab: str = "about", **parts: Any) -> Editor:
        given = {"properties": PROPERTIES, "steps": STEPS, **parts}
        return Editor(author_page, make_template(**given), tab=tab)

    return open_editor


def _drag(editor: Editor, row: Locator, *, above: Locator) -> None:
    """Drag a row by its handle to just above another, as a hand does, which waits while the page scrolls by itself."""
    mouse, handle = editor.page.mouse, row.locator(".handle").first
    target = editor.page.locator(f"#{above.get_attribute('id')}")
    handle.scroll_into_view_if_needed()
    start = handle.bounding_box()
    assert start is not None
    mouse.move(start["x"] + 5, start["y"] + 10)
    mouse.down()
    for _ in range(100):
        place = target.bounding_box()
        assert place is not None
        mouse.move(start["x"] + 6, max(place["y"] + 4, 12), steps=3)
        if target.evaluate("(row) => row.previousElementSibling?.matches('.sortable-ghost')"):
            break
        editor.page.wait_for_timeout(50)
    mouse.up()


def test_the_mouse_drags_a_field_and_a_step(editor_of: EditorOf) -> None:
    editor = editor_of("information")

    _drag(editor, editor.row("field", 2), above=editor.row("field", 0))
    expect(editor.announced()).to_have_text("“Note” is now number 1.")
    assert editor.labels("field") == ["Note", "Reason", "Level"]
    editor.open("Steps")
    _drag(editor, editor.row("step", 1), above=editor.row("step", 0))

    expect(editor.row("step", 0).locator(".number")).to_have_text("1")
    assert editor.labels("step") == ["Pain", "Why", "Rest"]
    draft = editor.saved()
    assert [one["id"] for one in draft["steps"]] == ["pain", "why", "rest"]
    assert editor.labels("field")[0] == "Note"


def test_a_long_drag_scrolls_the_page(editor_of: EditorOf) -> None:
    many = {f"f{number}": {"type": "string", "title": f"Field {number}"} for number in range(25)}
    editor = editor_of("information", properties=many, steps=[step(fields=list(many))])

    _drag(editor, editor.row("field", 24), above=editor.row("field", 0))

    assert editor.labels("field")[:2] == ["Field 24", "Field 0"]


def test_alt_and_an_arrow_move_a_row_which_keeps_the_focus(editor_of: EditorOf) -> None:
    editor = editor_of("information")
    label = editor.input(editor.row("field", 0), "label")
    label.focus()

    editor.page.keyboard.press("Alt+ArrowDown")

    expect(label).to_be_focused()
    expect(editor.announced()).to_have_text("“Reason” is now number 2 of 3.")
    assert editor.labels("field") == ["Level", "Reason", "Note"]
    editor.page.keyboard.press("Alt+ArrowDown")
    editor.page.keyboard.press("Alt+ArrowDown")
    expect(editor.announced()).to_have_text("This is the last one already.")


def test_what_was_removed_comes_back_whole(editor_of: EditorOf) -> None:
    editor = editor_of("information")
    before = editor.template.document()

    editor.act(editor.row("field", 0), "remove")
    expect(editor.page.get_by_text("“Reason” is removed.")).to_be_visible()
    editor.rest()
    assert editor.chips(editor.row("step", 0)) == []
    editor.page.get_by_role("button", name="Undo", exact=True).click()
    assert editor.chips(editor.row("step", 0)) == ["Reason"]
    editor.open("Steps")
    editor.act(editor.row("step", 1), "remove")
    editor.page.get_by_role("button", name="Undo", exact=True).click()
    editor.rest()
    comparison = editor.row("step", 1).locator(".comparison").first
    expect(comparison.get_by_label("Value")).to_have_value("pain")
    editor.input(editor.row("step", 1), "description").fill("How bad it is")

    draft = editor.saved()

    assert draft["steps"][1].pop("description") == "How bad it is"
    assert draft["state_schema"] == before["state_schema"]
    assert draft["steps"] == before["steps"]


def test_a_copy_of_a_step_has_all_of_it_and_can_be_changed_alone(editor_of: EditorOf) -> None:
    editor = editor_of("steps")

    editor.act(editor.row("step", 1), "duplicate")
    copy = editor.row("step", 2)
    expect(editor.input(copy, "name")).to_be_focused()
    editor.input(copy, "name").fill("Something else")
    copy.locator(".comparison").first.get_by_label("Value").select_option("other")
    copy.locator(".rule .comparison").get_by_label("Value").fill("5")
    draft = editor.saved()

    first, second = draft["steps"][1], draft["steps"][2]
    assert first == editor.template.document()["steps"][1]
    assert second == {
        "id": "something_else",
        "name": "Something else",
        "fields": ["level"],
        "when": {**WHEN, "value": "other"},
        "rules": [{**RULES[0], "check": {"field": "level", "op": "<=", "value": 5}}],
    }


def test_a_copy_of_a_field_has_a_name_of_its_own(editor_of: EditorOf) -> None:
    editor = editor_of("information")

    editor.act(editor.row("field", 0), "duplicate")
    editor.input(editor.row("field", 1), "label").fill("Second reason")
    properties = editor.saved()["state_schema"]["properties"]

    assert set(properties) == {"reason", "second_reason", "level", "note"}
    assert properties["second_reason"]["oneOf"] == REASON["oneOf"]


def test_a_row_is_inserted_before_another(editor_of: EditorOf) -> None:
    editor = editor_of("steps")

    editor.act(editor.row("step", 1), "insert")
    expect(editor.input(editor.row("step", 1), "name")).to_be_focused()
    editor.page.keyboard.type("Between")

    assert editor.labels("step") == ["Why", "Between", "Pain", "Rest"]
    expect(editor.row("step", 2).locator(".number")).to_have_text("3")


def test_choices_are_pasted_in_lines_and_added_with_enter(editor_of: EditorOf) -> None:
    editor = editor_of("information")
    reason = editor.row("field", 0)
    editor.add(reason, "choices")
    editor.page.evaluate("""() => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text", "Cough\\n\\n  Fever \\r\\nCold");
        const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
        document.activeElement.dispatchEvent(paste);
    }""")
    expect(editor.within(reason, "choices")).to_have_count(5)

    editor.page.keyboard.press("Enter")
    editor.page.keyboard.type("Accident")

    choices = editor.saved()["state_schema"]["properties"]["reason"]["oneOf"]
    assert choices[2:] == [{"const": name.lower(), "title": name} for name in ("Cough", "Fever", "Cold", "Accident")]


def test_enter_in_a_label_makes_the_next_field_and_elsewhere_nothing(editor_of: EditorOf) -> None:
    editor = editor_of("information")
    last = editor.row("field", 2)

    editor.input(last, "label").press("Enter")
    editor.page.keyboard.type("Next")
    assert editor.labels("field") == ["Reason", "Level", "Note", "Next"]
    last.locator("summary").first.click()
    editor.input(last, "unit").press("Enter")

    assert editor.labels("field") == ["Reason", "Level", "Note", "Next"]


def test_a_new_label_is_followed_while_it_is_typed_and_its_name_until_it_is_published(editor_of: EditorOf) -> None:
    editor = editor_of("information")
    editor.input(editor.row("field", 0), "label").press("End")
    editor.page.keyboard.type(" today")
    editor.act(editor.row("field", 2), "insert")
    editor.page.keyboard.type("First thing")
    editor.rest()
    editor.input(editor.row("field", 2), "label").fill("Second thing")
    editor.open("Steps")

    pain = editor.row("step", 1)
    assert editor.chips(editor.row("step", 0)) == ["Reason today"]
    expect(editor.row("step", 0).get_by_role("button", name="Take Reason today out")).to_be_visible()
    compared = editor.input(pain.locator(".comparison").first, "field")
    expect(compared.locator("option:checked")).to_have_text("Reason today")
    editor.saved()
    properties = editor.template.draft["state_schema"]["properties"]  # type: ignore[index]
    assert set(properties) == {"reason", "level", "second_thing", "note"}


def test_a_new_name_is_followed_by_steps_conditions_and_rules(editor_of: EditorOf) -> None:
    editor = editor_of("information")
    for number, name in enumerate(("cause", "strength")):
        row = editor.row("field", number)
        row.locator("summary").first.click()
        editor.input(row, "name").fill(name)

    steps = editor.saved()["steps"]

    assert steps[0]["fields"] == ["cause"]
    assert steps[1]["when"] == {**WHEN, "field": "cause"}
    assert steps[1]["rules"][0]["check"]["field"] == "strength"
    assert steps[1]["rules"][0]["field"] == "strength"


def test_a_renamed_choice_is_followed_by_conditions_and_a_moved_one_means_what_it_meant(editor_of: EditorOf) -> None:
    editor = editor_of("information")
    reason = editor.row("field", 0)
    editor.act(editor.within(reason, "choices").first, "down")
    editor.rest()
    editor.input(editor.within(reason, "choices").last, "value").fill("ache")
    editor.rest()

    draft = editor.saved()

    values = [choice["const"] for choice in draft["state_schema"]["properties"]["reason"]["oneOf"]]
    assert values == ["other", "ache"]
    assert draft["steps"][1]["when"] == {**WHEN, "value": "ache"}
