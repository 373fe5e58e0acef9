"""Publishing from the editor: with a note, never with errors, and never silently over what somebody else published."""

from collections.abc import Callable

import pytest

from authoring.tests.editor_pages import Editor, address, draft_of, kept, on_record, publisher, text_of
from authoring.tests.page_forms import form_on, identities_on, post
from conftest import NOW, document
from registry.models import TemplateVersion, WorkflowTemplate
from registry.registry import WorkflowRegistry

pytestmark = pytest.mark.django_db

type MakeTemplate = Callable[..., WorkflowTemplate]


@pytest.fixture
def template(make_template: MakeTemplate) -> WorkflowTemplate:
    return make_template(guidelines="Be brief.")


def republished(template: WorkflowTemplate, guidelines: str) -> None:
    WorkflowRegistry.change(template.pk, {"guidelines": guidelines}, actor="user:bob", at=NOW)


def test_what_is_written_is_published_with_its_note_and_on_record(template: WorkflowTemplate) -> None:
    editor = Editor(publisher(), template).type("document-only-guidelines", "Be kind.")

    answer = editor.press("publish", note="  Kinder.\0 ")

    assert answer.status_code == 302
    template.refresh_from_db()
    assert (template.guidelines, template.current_version, template.draft) == ("Be kind.", 2, None)
    assert TemplateVersion.objects.get(number=2).note == "Kinder."
    assert on_record() == ["Published version 2. Kinder."]
    assert "Version 2 is published. New conversations use it." in text_of(
        editor.browser.get(address("change", template))
    )


def test_the_tab_that_was_open_is_open_again(template: WorkflowTemplate) -> None:
    editor = Editor(publisher(), template).type("document-only-guidelines", "Be kind.").type("tab", "finish")

    assert editor.press("publish")["Location"].endswith("?tab=finish")
    assert editor.press("publish")["Location"].endswith("?tab=finish")  # once more: there is nothing to publish


def test_it_is_said_that_this_can_be_published_only_if_that_changes_anything(template: WorkflowTemplate) -> None:
    editor = Editor(publisher(), template)

    assert "You can publish this." not in text_of(editor.browser.get(address("change", template)))
    assert "You can publish this." not in editor.ask().json()["checks"]
    editor.type("document-only-guidelines", "Be kind.")
    assert "You can publish this." in editor.ask().json()["checks"]


def test_a_note_that_is_too_long_is_cut(template: WorkflowTemplate) -> None:
    Editor(publisher(), template).type("document-only-guidelines", "Be kind.").press("publish", note="n" * 600)

    assert TemplateVersion.objects.get(number=2).note == "n" * 500


def test_a_draft_that_was_saved_before_is_published(template: WorkflowTemplate) -> None:
    person = publisher()
    Editor(person, template).type("document-only-guidelines", "Be kind.").press("save")

    Editor(person, template).press("publish")

    template.refresh_from_db()
    assert (template.guidelines, template.current_version, template.draft) == ("Be kind.", 2, None)


def test_a_template_that_was_never_published_is(db: None) -> None:
    template = WorkflowRegistry.begin({**document(), "name": "intake"}, actor="user:ada", at=NOW)

    Editor(publisher(), template).press("publish")

    template.refresh_from_db()
    assert (template.current_version, template.draft) == (1, None)
    assert on_record() == ["Published version 1."]


def test_what_is_published_already_is_not_published_again(template: WorkflowTemplate) -> None:
    before, person = kept(template), publisher()

    answer = Editor(person, template).press("publish")

    assert answer.status_code == 302
    assert "Nothing was changed since it was published." in text_of(person.get(address("change", template)))
    assert kept(template) == before
    assert on_record() == []


def test_errors_keep_it_from_being_published_and_nothing_is_stored(template: WorkflowTemplate) -> None:
    editor, before = Editor(publisher(), template), kept(template)
    editor.type("step-s1-fields", "?gone").type("document-only-guidelines", "Typed")

    answer = editor.press("publish")

    assert answer.status_code == 200
    assert "This cannot be published yet. What must be corrected is listed under “Checks”." in text_of(answer)
    assert "Must be corrected before it is published:" in text_of(answer)
    assert form_on(answer.content).inputs["document-only-guidelines"] == ["Typed"]
    assert kept(template) == before
    assert TemplateVersion.objects.count() == 1
    assert on_record() == []


def test_mistakes_keep_it_from_being_published(template: WorkflowTemplate) -> None:
    editor, before = Editor(publisher(), template), kept(template)

    answer = editor.type("step-s1-name", "").press("publish")

    assert identities_on(answer.content)["id_step-s1-name"]["aria-invalid"] == "true"
    assert kept(template) == before


def test_a_name_that_is_taken_is_told_beside_its_input(make_template: MakeTemplate, template: WorkflowTemplate) -> None:
    make_template(name="taken")
    editor, before = Editor(publisher(), template), kept(template)

    answer = editor.type("document-only-name", "taken").press("publish")

    assert answer.status_code == 200
    assert identities_on(answer.content)["id_document-only-name"]["aria-invalid"] == "true"
    assert kept(template) == before


def test_a_name_that_others_refer_to_stays(make_template: MakeTemplate, template: WorkflowTemplate) -> None:
    make_template(name="other", prerequisites=[template.name])
    editor, before = Editor(publisher(), template), kept(template)

    answer = editor.type("document-only-name", "renamed").press("publish")

    assert "refer to" in text_of(answer)
    assert form_on(answer.content).inputs["document-only-name"] == ["renamed"]
    assert kept(template) == before


@pytest.mark.parametrize("is_saved_before", [True, False])
def test_what_was_published_meanwhile_is_shown_before_it_is_published_over(
    template: WorkflowTemplate, is_saved_before: bool
) -> None:
    person = publisher()
    editor = Editor(person, template).type("document-only-category", "Mine")
    if is_saved_before:
        editor.press("save")
        editor.read(person.get(address("change", template)))
    republished(template, "Be formal.")
    before = kept(template)

    answer = editor.press("publish", note="My note")

    assert answer.status_code == 409
    page = text_of(answer)
    assert "Your draft was begun on version 1, and version 2 is published now." in page
    assert "Be formal." in page
    assert kept(template) == before

    marked = answer.content.replace(b'<form method="post" class="submit-row">', b'<form id="answer">')
    assert (
        post(person, address("change", template), {**form_on(marked, "answer").inputs, "action": "publish"}).status_code
        == 302
    )
    template.refresh_from_db()
    assert (template.category, template.guidelines, template.current_version) == ("Mine", "Be brief.", 3)
    assert TemplateVersion.objects.get(number=3).note == "My note"
    assert draft_of(template) is None


def test_a_draft_that_somebody_else_saved_meanwhile_is_not_published_over(template: WorkflowTemplate) -> None:
    editor = Editor(publisher(), template).type("document-only-category", "Mine")
    Editor(publisher(), template).type("document-only-guidelines", "Theirs").press("save")
    before = kept(template)

    answer = editor.press("publish")

    assert answer.status_code == 409
    assert "Two of you worked on this draft" in text_of(answer)
    assert kept(template) == before
