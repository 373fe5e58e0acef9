"""Import in the admin: everything is shown before anything is stored, and only what was shown is."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from authoring.tests.importing import BAD, LIST, URL, publisher, show, store, upload
from conftest import NOW, document
from events.models import Event
from registry.models import TemplateVersion, WorkflowTemplate
from registry.registry import WorkflowRegistry

type Builder[T] = Callable[..., T]

pytestmark = pytest.mark.django_db


def test_a_new_template_is_shown_and_nothing_is_stored(client: object) -> None:
    page = show(publisher(), ("a.json", document(name="intake")))

    assert "A new template." in page
    assert not WorkflowTemplate.objects.exists()
    assert not Event.objects.exists()


def test_it_is_published_when_that_was_chosen() -> None:
    browser = publisher()

    answer = store(browser, show(browser, ("a.json", document(name="intake"))), c0_0="publish")

    assert answer.redirect_chain == [(LIST, 302)]
    assert "“intake” published as version 1" in answer.content.decode()
    version = TemplateVersion.objects.get()
    assert (version.note, version.published_by[:5]) == ("Imported", "user:")
    entry = LogEntry.objects.get()
    assert entry.is_addition()
    assert entry.get_change_message() == "Imported from a.json: published as version 1."


def test_it_is_kept_as_a_draft_when_that_was_chosen() -> None:
    browser = publisher()

    store(browser, show(browser, ("bad.json", BAD)), c0_0="draft")

    template = WorkflowTemplate.objects.get()
    assert (template.current_version, template.draft) == (0, BAD)
    assert LogEntry.objects.get().get_change_message() == "Imported from bad.json: kept as a draft."


def test_what_is_wrong_is_told_with_its_place_and_cannot_be_published() -> None:
    page = show(publisher(), ("bad.json", BAD))

    assert "It cannot be published before what is wrong is put right." in page
    assert "Must be put right · Step 1 “The loan”, what it asks for" in page
    assert "emial" in page
    assert 'value="publish"' not in page
    assert 'value="draft" checked' in page


def test_what_changes_is_told_in_words(make_template: Builder[WorkflowTemplate]) -> None:
    make_template(name="intake", description="Before")

    page = show(publisher(), ("a.json", document(name="intake", description="After")))

    assert "It changes the template, of which version 1 is published." in page
    assert "Compared with what is published:" in page
    assert "Description “Before” becomes “After”" in page


def test_long_texts_that_differ_are_shown_side_by_side(make_template: Builder[WorkflowTemplate]) -> None:
    make_template(name="intake", guidelines="Be calm. " * 40)

    page = show(publisher(), ("a.json", document(name="intake", guidelines="Be kind. " * 40)))

    assert "Guidelines changed" in page
    assert "Show both" in page
    assert "Be calm. Be calm." in page
    assert "Be kind. Be kind." in page


def test_what_says_the_same_is_left_out(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template()

    page = show(publisher(), ("a.json", template.document()))

    assert "It says the same as what is published." in page
    assert 'value="publish"' not in page
    assert 'value="leave" checked' in page


def test_a_draft_that_would_be_lost_is_named_with_the_differences(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template(name="intake")
    begun = {**template.document(), "description": "Begun"}
    WorkflowRegistry.save_draft(template.pk, begun, actor="user:ada", at=NOW)
    browser = publisher()

    page = show(browser, ("a.json", document(name="intake", description="Handed in")))

    assert "It takes the place of the draft of ada, which is lost." in page
    assert "Description “Begun” becomes “Handed in”" in page
    store(browser, page, c0_0="draft")
    template.refresh_from_db()
    assert template.draft == document(name="intake", description="Handed in")
    assert template.current_version == 1
    assert LogEntry.objects.get().is_change()


def test_publishing_leaves_the_draft_alone(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template(name="intake")
    WorkflowRegistry.save_draft(template.pk, {"name": "intake"}, actor="user:ada", at=NOW)
    browser = publisher()

    store(browser, show(browser, ("a.json", document(name="intake", guidelines="Be kind"))), c0_0="publish")

    template.refresh_from_db()
    assert (template.current_version, template.guidelines, template.draft) == (2, "Be kind", {"name": "intake"})


def test_a_template_that_was_only_a_draft_is_published_as_version_1() -> None:
    WorkflowRegistry.begin({"name": "intake"}, actor="user:ada", at=NOW)
    browser = publisher()

    page = show(browser, ("a.json", document(name="intake")))
    store(browser, page, c0_0="publish")

    assert "A new template." in page
    assert WorkflowTemplate.objects.get().current_version == 1


def test_what_somebody_else_changed_in_between_is_shown_again(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template(name="intake")
    browser = publisher()
    page = show(browser, ("a.json", document(name="intake", guidelines="Mine")))
    WorkflowRegistry.change(template.pk, {"guidelines": "Theirs"}, actor="user:bob", at=NOW)

    answer = store(browser, page, c0_0="publish")

    again = answer.content.decode()
    assert answer.status_code == 409
    assert "“intake” was changed by somebody in the meantime. Look at it again: nothing was stored." in again
    assert "“Theirs” becomes “Mine”" in again
    template.refresh_from_db()
    assert template.guidelines == "Theirs"
    store(browser, again, c0_0="publish")
    template.refresh_from_db()
    assert (template.current_version, template.guidelines) == (3, "Mine")


@pytest.mark.parametrize("choice", ["publish", "draft"])
def test_what_somebody_else_stored_first_is_shown_again(make_template: Builder[WorkflowTemplate], choice: str) -> None:
    browser = publisher()
    page = show(browser, ("a.json", document(name="intake", guidelines="Mine")))
    make_template(name="intake", guidelines="Theirs")

    assert store(browser, page, c0_0=choice).status_code == 409
    assert WorkflowTemplate.objects.get().guidelines == "Theirs"


def test_a_draft_saved_in_between_is_not_overwritten(make_template: Builder[WorkflowTemplate]) -> None:
    template = make_template(name="intake")
    browser = publisher()
    page = show(browser, ("a.json", document(name="intake", guidelines="Mine")))
    WorkflowRegistry.save_draft(template.pk, {"name": "intake"}, actor="user:bob", at=NOW)

    assert store(browser, page, c0_0="draft").status_code == 409
    template.refresh_from_db()
    assert template.draft == {"name": "intake"}


def test_one_file_is_stored_whole_or_not_at_all_and_others_all_the_same(
    make_template: Builder[WorkflowTemplate],
) -> None:
    template = make_template(name="changed meanwhile")
    browser = publisher()
    together = [document(name="beside it"), document(name="changed meanwhile", guidelines="Mine")]
    page = show(browser, ("together.jsonl", together), ("alone.json", document(name="alone")))
    WorkflowRegistry.change(template.pk, {"guidelines": "Theirs"}, actor="user:bob", at=NOW)

    answer = store(browser, page, c0_0="publish", c0_1="publish", c1_0="publish")

    assert answer.status_code == 409
    again = answer.content.decode()
    assert "“alone” published as version 1" in again
    assert "together.jsonl" in again
    assert "alone.json" not in again
    assert set(WorkflowTemplate.objects.values_list("name", flat=True)) == {"alone", "changed meanwhile"}


def test_documents_of_one_file_may_refer_to_each_other() -> None:
    first = document(name="first")
    second = document(name="second", end_action_type="workflow", end_action_target="first")

    page = show(publisher(), ("a.jsonl", [second, first]))

    assert "There is no template" not in page


def test_a_circle_within_what_is_chosen_is_refused_with_its_reason() -> None:
    browser = publisher()
    first = document(name="first", prerequisites=["second"])
    second = document(name="second", prerequisites=["first"])

    page = show(browser, ("a.jsonl", [first, second]))

    assert "These need each other in a circle" in page


def test_a_name_that_is_in_one_file_twice_is_refused_the_second_time() -> None:
    browser = publisher()

    page = show(browser, ("a.jsonl", [document(name="intake"), document(name="intake")]))
    answer = store(browser, page, c0_0="publish", c0_1="draft")

    assert "“intake” is in this file twice." in page
    assert answer.status_code == 409
    assert not WorkflowTemplate.objects.exists()


def test_what_is_left_out_is_not_stored() -> None:
    browser = publisher()

    page = show(browser, ("a.jsonl", [document(name="one"), document(name="two")]))
    store(browser, page, c0_0="leave", c0_1="publish")

    assert [template.name for template in WorkflowTemplate.objects.all()] == ["two"]


def test_of_very_many_the_first_are_named_when_it_is_done() -> None:
    browser = publisher()
    page = show(browser, ("a.jsonl", [document(name=f"number {number}") for number in range(22)]))

    answer = store(browser, page, **{f"c0_{number}": "draft" for number in range(22)})

    assert "“number 19” kept as a draft; and 2 more." in answer.content.decode()
    assert WorkflowTemplate.objects.count() == 22


@pytest.mark.parametrize("choice", ["leave", "", "everything", "\x85"])
def test_what_is_not_chosen_is_not_stored(choice: str) -> None:
    browser = publisher()

    answer = store(browser, show(browser, ("a.json", document())), c0_0=choice)

    assert "Nothing was chosen, so nothing was stored." in answer.content.decode()
    assert not WorkflowTemplate.objects.exists()


@pytest.mark.parametrize(
    "thing", [None, 1, "text", [], {}, {"name": 7}, {"name": "a" * 300}, {"name": "x", "is_active": 3}]
)
def test_what_is_no_template_can_only_be_left_out(thing: Any) -> None:
    page = show(publisher(), ("a.json", json.dumps([thing, thing])))

    assert 'type="radio"' not in page


def test_pasted_text_is_taken_too() -> None:
    browser = publisher()

    page = show(browser, text=json.dumps(document(name="pasted")))
    store(browser, page, c0_0="publish")

    assert "Pasted text" in page
    assert WorkflowTemplate.objects.get().name == "pasted"


def test_hostile_files_are_told_beside_good_ones() -> None:
    bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n"

    page = show(
        publisher(),
        ("bomb.yaml", bomb),
        ("nul.json", '{"name": "\\u0000"}'),
        ("binary.json", b"\x89PNG\x00\xff"),
        ("<script>.exe", "{}"),
        ("good.json", document(name="<script>alert(1)</script>")),
    )

    assert "aliases are not supported" in page
    assert "NUL" in page
    assert "not UTF-8" in page
    assert "Its name must end in one of" in page
    assert "<script>alert" not in page
    assert "A new template." in page


def test_nothing_handed_in_is_asked_for_again() -> None:
    answer = publisher().post(URL, {"text": " \n"})

    assert answer.status_code == 400
    assert "Choose a file, or paste a text." in answer.content.decode()


def test_too_much_at_once_is_refused_with_the_way_out() -> None:
    answer = publisher().post(URL, {"uploads": [upload("a.json", "{}") for _ in range(21)]})

    assert answer.status_code == 400
    assert "Choose at most 20 files at once." in answer.content.decode()


@pytest.mark.parametrize("signed", ["", "made up", "a:b:c"])
def test_a_form_that_is_not_ours_is_refused(signed: str) -> None:
    answer = publisher().post(URL, {"signed": signed, "choice-0-0": "publish"})

    assert answer.status_code == 400
    assert "This form is not the one that was shown." in answer.content.decode()
