"""Saving in the editor: only what changed, beside its mistakes, and never over what somebody else wrote."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from authoring.tests.editor_pages import Editor, address, author, draft_of, kept, on_record, publisher, text_of
from authoring.tests.page_forms import form_on, identities_on
from conftest import NOW, document, step
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

pytestmark = pytest.mark.django_db

AGE = {"type": "integer", "title": "Age", "minimum": 18}
RULE = {"check": {"field": "age", "op": ">", "value": 1}, "message": "More."}

type MakeTemplate = Callable[..., WorkflowTemplate]


def intake() -> dict[str, Any]:
    return document(
        properties={"age": AGE, "name": {"type": "string", "title": "Name"}},
        steps=[step("you", fields=["age", "name"], rules=[RULE])],
    )


@pytest.fixture
def template(make_template: MakeTemplate) -> WorkflowTemplate:
    return make_template(**intake())


def begun(name: str = "intake") -> WorkflowTemplate:
    return WorkflowRegistry.begin({**intake(), "name": name}, actor="user:ada", at=NOW)


def test_what_was_changed_is_a_draft_and_on_record(template: WorkflowTemplate) -> None:
    answer = Editor(author(), template).type("document-only-description", "What for").press("save")

    assert answer.status_code == 302
    template.refresh_from_db()
    assert template.draft == {**template.document(), "description": "What for"}
    assert template.description == ""
    assert template.draft_author.startswith("user:person")
    assert (template.draft_revision, template.draft_base_version) == (1, 1)
    assert on_record() == ["Saved the draft."]


def test_the_tab_that_was_open_is_open_again(template: WorkflowTemplate) -> None:
    answer = Editor(author(), template).type("tab", "finish").press("save")

    assert answer["Location"].endswith("?tab=finish")


def test_the_tab_that_was_open_is_open_again_whatever_was_chosen_after_a_conflict(template: WorkflowTemplate) -> None:
    _, second = both(template)
    asked = second.type("tab", "steps").press("save")

    assert f'{address("change", template)}?tab=steps"' in asked.content.decode()
    second.read(answered(second, asked.content, "go_on"))
    assert second.inputs["tab"] == ["steps"]
    assert answered(second, asked.content, "overwrite")["Location"].endswith("?tab=steps")


def test_the_tab_that_was_open_is_open_again_once_the_draft_is_thrown_away(template: WorkflowTemplate) -> None:
    first, _ = both(template)
    first.read(first.browser.get(address("change", template)))
    asked = first.type("tab", "versions").press("discard")

    assert f'{address("change", template)}?tab=versions"' in asked.content.decode()
    posted = {**conflict_inputs(asked.content), "action": "discard"}
    assert first.browser.post(address("change", template), posted)["Location"].endswith("?tab=versions")


def test_saving_what_is_there_already_writes_nothing(template: WorkflowTemplate) -> None:
    before, person = kept(template), author()

    answer = person.post(address("change", template), Editor(person, template).inputs, follow=True)

    assert "Nothing was changed." in text_of(answer)
    assert kept(template) == before
    assert on_record() == []


def mistaken(template: WorkflowTemplate) -> Editor:
    """Return the editor with something wrong in every part of the page."""
    editor = Editor(author(), template)
    editor.type("field-f1-minimum", "many").type("field-f2-min_length", "9").type("field-f2-max_length", "3")
    editor.type("step-s1-name", "  ").type("step-s1-rules-r1-message", "")
    editor.add("step", "n1", name="New", kind="end", outcome="")
    editor.add("step-n1-end_action", "only", type="api_call", url="")
    editor.add("field", "n2", label="", kind="text")
    editor.add("field", "n3", label="Colour", kind="choice")
    editor.type("document-only-expires_by", "soon").type("document-only-time_zone", "Nowhere/Here")
    return editor.type("document-only-description", "Typed, and not to be lost")


def test_mistakes_are_marked_beside_their_inputs_and_nothing_typed_is_lost(template: WorkflowTemplate) -> None:
    editor, before = mistaken(template), kept(template)
    typed = dict(editor.inputs)

    answer = editor.press("save")

    assert answer.status_code == 200
    assert "Please correct what is marked:" in text_of(answer)
    assert kept(template) == before
    again = form_on(answer.content).inputs
    assert {name: texts for name, texts in typed.items() if name not in ("json", "csrfmiddlewaretoken")}.items() <= {
        **{name: [""] for name in typed},
        **again,
    }.items()


def test_every_mistake_marks_an_input_that_is_on_the_page(template: WorkflowTemplate) -> None:
    editor = mistaken(template)
    told = editor.ask().json()["errors"]

    page = editor.press("save").content

    known = identities_on(page)
    assert len(told) >= 8
    for mistake in told:
        identity = mistake["id"]
        assert identity in known, mistake
        assert known[identity].get("aria-invalid") == "true" or f"{identity}_error" in known, mistake
        assert "hidden" not in known.get(f"{identity}_error", {}), mistake
        assert f'id="{identity}_error">{mistake["message"]}'.encode() in page.replace(b"&#x27;", b"'"), mistake


def test_one_mistake_is_one_thing(template: WorkflowTemplate) -> None:
    answer = Editor(author(), template).type("field-f1-minimum", "many").press("save")

    assert "Please correct what is marked: 1 thing." in text_of(answer)


# ---- Two people ----


def both(template: WorkflowTemplate) -> tuple[Editor, Editor]:
    """Return the editors of two people, of whom the first has saved since the second opened the page."""
    first, second = Editor(author(), template), Editor(author(), template)
    first.type("document-only-description", "Theirs").press("save")
    return first, second.type("document-only-guidelines", "Mine")


def test_the_second_to_save_is_told_and_shown_the_difference(template: WorkflowTemplate) -> None:
    _, second = both(template)
    before = kept(template)

    answer = second.press("save")

    assert answer.status_code == 409
    page = text_of(answer)
    assert "Two of you worked on this draft" in page
    assert f"{before['draft_author'].removeprefix('user:')} saved the draft" in page
    assert re.search("Description removed .*Theirs", page)
    assert re.search("Guidelines added .*Mine", page)
    assert kept(template) == before
    assert on_record() == ["Saved the draft."]


def answered(editor: Editor, page: bytes, action: str) -> Any:
    """Press a button of the page that tells of a conflict."""
    inputs = conflict_inputs(page)
    return editor.browser.post(address("change", editor.template), {**inputs, "action": action})


def conflict_inputs(page: bytes) -> dict[str, list[str]]:
    marked = page.replace(b'<form method="post" class="submit-row">', b'<form id="answer" method="post">')
    return form_on(marked, "answer").inputs


def test_the_second_may_put_theirs_in_the_place_of_what_was_shown(template: WorkflowTemplate) -> None:
    _, second = both(template)
    page = second.press("save").content

    answer = answered(second, page, "overwrite")

    assert answer.status_code == 302
    assert draft_of(template)["guidelines"] == "Mine"
    assert draft_of(template)["description"] == ""
    assert on_record() == ["Saved the draft.", "Saved the draft."]


def test_the_second_may_go_on_editing_theirs(template: WorkflowTemplate) -> None:
    _, second = both(template)
    page = second.press("save").content
    before = kept(template)

    answer = answered(second, page, "go_on")
    second.read(answer)

    assert "This is what you wrote, and it is not saved yet." in text_of(answer)
    assert second.inputs["document-only-guidelines"] == ["Mine"]
    assert kept(template) == before
    assert second.press("save").status_code == 302
    assert draft_of(template)["guidelines"] == "Mine"


def test_a_third_save_in_between_is_a_conflict_again(template: WorkflowTemplate) -> None:
    first, second = both(template)
    page = second.press("save").content
    first.read(first.browser.get(address("change", template)))
    first.type("document-only-category", "Later still").press("save")
    before = kept(template)

    answer = answered(second, page, "overwrite")

    assert answer.status_code == 409
    assert re.search("Category removed .*Later still", text_of(answer))
    assert kept(template) == before
    assert answered(second, answer.content, "overwrite").status_code == 302
    assert draft_of(template)["guidelines"] == "Mine"


def test_who_wrote_the_same_is_in_nobodys_way(template: WorkflowTemplate) -> None:
    first, second = Editor(author(), template), Editor(author(), template)
    first.type("document-only-description", "The same").press("save")
    before = kept(template)

    assert second.type("document-only-description", "The same").press("save").status_code == 302
    assert kept(template) == before


# ---- Thrown away ----


def test_a_draft_is_thrown_away_once_it_was_seen_what_is_lost(template: WorkflowTemplate) -> None:
    first, _ = both(template)
    person: Client = first.browser
    first.read(person.get(address("change", template)))

    asked = first.press("discard")
    assert asked.status_code == 200
    assert "These changes of the draft would be lost:" in text_of(asked)
    assert "Description added" in text_of(asked)
    assert draft_of(template) is not None

    answer = person.post(address("change", template), {**conflict_inputs(asked.content), "action": "discard"})
    assert answer.status_code == 302
    assert draft_of(template) is None
    assert on_record()[-1] == "Threw the draft away."


def test_what_was_saved_since_it_was_seen_is_shown_before_it_is_thrown_away(template: WorkflowTemplate) -> None:
    first, _ = both(template)
    first.read(first.browser.get(address("change", template)))
    asked = first.press("discard")
    Editor(author(), template).type("document-only-category", "Just saved").press("save")

    answer = first.browser.post(address("change", template), {**conflict_inputs(asked.content), "action": "discard"})

    assert answer.status_code == 200
    assert "Category added" in text_of(answer)
    assert draft_of(template)["category"] == "Just saved"


def test_a_draft_that_is_gone_is_not_thrown_away_twice(template: WorkflowTemplate) -> None:
    before = kept(template)

    answer = author().post(address("change", template), {"action": "discard", "sure": "yes"}, follow=True)

    assert "There is no draft to throw away." in text_of(answer)
    assert kept(template) == before


def test_a_template_that_is_nothing_but_its_draft_keeps_it(db: None) -> None:
    template = begun()

    answer = author().post(
        address("change", template), {"action": "discard", "sure": "yes", "expected_revision": "1"}, follow=True
    )

    assert "is nothing but this draft. Delete the template instead." in text_of(answer)
    assert draft_of(template) is not None


# ---- The document of developers ----


def test_a_document_is_taken_over_into_the_rows_and_not_saved(template: WorkflowTemplate) -> None:
    editor, before = Editor(author(), template), kept(template)
    wanted = {**template.document(), "description": "Written as JSON", "steps": []}

    editor.read(editor.type("json", json.dumps(wanted)).press("apply"))

    assert "It is not saved yet." in editor.page.decode()
    assert editor.inputs["document-only-description"] == ["Written as JSON"]
    assert "step-keys" not in editor.inputs
    assert kept(template) == before
    editor.press("save")
    assert draft_of(template) == wanted


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", ""),
        ("{", ""),
        ("[]", "The document must be a JSON object."),
        ('"text"', "The document must be a JSON object."),
        ('{"a": 1, "a": 2}', ""),
        ("[" * 100_000, ""),
    ],
)
def test_a_document_that_cannot_be_read_says_why_and_stays_as_typed(
    template: WorkflowTemplate, text: str, says: str
) -> None:
    editor, before = Editor(author(), template), kept(template)

    editor.read(editor.type("field-f1-label", "Typed before").type("json", text).press("apply"))

    known = identities_on(editor.page)
    assert "hidden" not in known["json_error"]
    assert says in editor.page.decode()
    assert editor.inputs["json"] == [text]
    assert editor.inputs["json_changed"] == ["on"]
    assert editor.inputs["field-f1-label"] == ["Typed before"]
    assert kept(template) == before


@pytest.mark.parametrize("action", ["save", "publish"])
def test_rows_are_not_saved_while_the_document_is_changed_beside_them(template: WorkflowTemplate, action: str) -> None:
    editor, before = Editor(publisher(), template), kept(template)
    editor.type("json_changed", "on").type("field-f1-label", "Typed")

    answer = editor.press(action)

    assert "was changed and not applied. Apply it or undo it first." in text_of(answer)
    assert form_on(answer.content).inputs["field-f1-label"] == ["Typed"]
    assert kept(template) == before


# ---- Never published ----


def test_a_template_that_was_never_published_is_known_by_what_its_draft_says(db: None) -> None:
    template = begun()

    Editor(author(), template).type("document-only-name", "Patient intake").press("save")

    template.refresh_from_db()
    assert (template.name, template.draft["name"]) == ("Patient intake", "Patient intake")  # type: ignore[index]


@pytest.mark.parametrize("name", ["taken", "", "  ", "n" * 256])
def test_a_name_that_it_cannot_have_is_told_beside_its_input(make_template: MakeTemplate, name: str) -> None:
    make_template(name="taken")
    template = begun()
    before = kept(template)

    answer = Editor(author(), template).type("document-only-name", name).press("save")

    assert answer.status_code == 200
    known = identities_on(answer.content)
    assert known["id_document-only-name"]["aria-invalid"] == "true"
    assert "hidden" not in known["id_document-only-name_error"]
    assert form_on(answer.content).inputs["document-only-name"] == [name]
    assert kept(template) == before


def test_a_name_that_is_taken_meanwhile_is_told_when_theirs_is_overwritten(make_template: MakeTemplate) -> None:
    template = begun()
    first, second = both(template)
    second.type("document-only-name", "wanted")
    page = second.press("save").content
    make_template(name="wanted")

    answer = answered(second, page, "overwrite")

    assert answer.status_code == 200
    assert identities_on(answer.content)["id_document-only-name"]["aria-invalid"] == "true"
    assert form_on(answer.content).inputs["document-only-guidelines"] == ["Mine"]
    assert first.template == template
