"""Posts that no page of ours makes: each is answered in words, nothing is stored, and nothing breaks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from authoring.tests.editor_pages import Editor, address, kept, on_record, publisher
from authoring.tests.page_forms import post
from registry.models import WorkflowTemplate

pytestmark = pytest.mark.django_db

ACTIONS = ("save", "publish", "apply", "discard", "overwrite")
DEEP = "[" * 100_000

type MakeTemplate = Callable[..., WorkflowTemplate]
type Inputs = dict[str, list[str]]


@pytest.fixture
def editor(make_template: MakeTemplate) -> Editor:
    template = make_template(expires_after="P7D", prerequisites=["kyc"])
    return Editor(publisher(), template)


def without(inputs: Inputs, *names: str) -> Inputs:
    return {name: texts for name, texts in inputs.items() if name not in names}


HOSTILE: dict[str, Callable[[Inputs], Inputs]] = {
    "nothing at all": lambda inputs: {},
    "no document": lambda inputs: without(inputs, "document-keys"),
    "two documents": lambda inputs: {**inputs, "document-keys": ["only", "other"]},
    "no keys": lambda inputs: without(inputs, "field-keys", "step-keys"),
    "doubled keys": lambda inputs: {**inputs, "field-keys": ["f1", "f1"]},
    "keys that are none": lambda inputs: {**inputs, "field-keys": ["f1", "../..", ""]},
    "keys of nothing": lambda inputs: {**inputs, "step-keys": ["s1", "s2", "n9"], "field-keys": ["f1", "n8"]},
    "a base that is no JSON": lambda inputs: {**inputs, "field-f1-base": ["{nonsense"]},
    "a base of another kind": lambda inputs: {**inputs, "field-f1-base": ["[1, 2]"], "step-s1-base": ['"text"']},
    "a base without end": lambda inputs: {**inputs, "step-s1-base": [DEEP]},
    "a base of the document that is a list": lambda inputs: {**inputs, "document-only-base": ["[]"]},
    "bases that are swapped": lambda inputs: {
        **inputs,
        "field-f1-base": inputs["step-s1-base"],
        "step-s1-base": inputs["document-only-base"],
        "document-only-base": inputs["field-f1-base"],
    },
    "a base with NUL": lambda inputs: {**inputs, "field-f1-base": ['{"title": "\\u0000"}']},
    "a base with half a character": lambda inputs: {**inputs, "field-f1-base": ['{"title": "\\ud800"}']},
    "a base with a huge number": lambda inputs: {**inputs, "field-f1-base": ['{"minimum": 1e999}']},
    "NUL in a text": lambda inputs: {**inputs, "field-f1-label": ["a\0b"], "document-only-description": ["\0"]},
    "a kind that there is not": lambda inputs: {**inputs, "field-f1-kind": ["nonsense"], "step-s1-kind": ["nonsense"]},
    "a locked kind": lambda inputs: {**inputs, "field-f1-kind": ["locked"], "step-s1-kind": ["locked"]},
    "an operator that there is not": lambda inputs: {
        **inputs,
        "step-s1-when-only-mode": ["all"],
        "step-s1-when-only-rows-keys": ["n1"],
        "step-s1-when-only-rows-n1-field": ["f1"],
        "step-s1-when-only-rows-n1-op": ["nonsense"],
    },
    "a mode that there is not": lambda inputs: {**inputs, "step-s1-when-only-mode": ["nonsense"]},
    "fields that there are not": lambda inputs: {**inputs, "step-s1-fields": ["f9", "?", "", '?"', "??"]},
    "a name that was carried and is none": lambda inputs: {**inputs, "field-f1-was": ['"{}']},
    "an action that there is not": lambda inputs: {**inputs, "document-only-end_action-only-type": ["nonsense"]},
    "units that there are not": lambda inputs: {**inputs, "document-only-expires_unit": ["nonsense"]},
    "a unit that is kept of nothing": lambda inputs: {
        **inputs,
        "document-only-expires_by": ["1"],
        "document-only-expires_unit": ["kept"],
    },
    "a huge number": lambda inputs: {**inputs, "field-f1-min_length": ["9" * 5000], "field-f1-max_length": ["1e400"]},
    "digits of another script": lambda inputs: {
        **inputs,
        "field-f1-min_length": ["\u0663"],
        "expected_revision": ["\u0660"],
    },
    "a revision that is none": lambda inputs: {**inputs, "expected_revision": ["nonsense"]},
    "a revision below nought": lambda inputs: {**inputs, "expected_revision": ["-1"]},
    "a huge revision": lambda inputs: {**inputs, "expected_revision": ["9" * 30]},
    "a revision in another writing": lambda inputs: {**inputs, "expected_revision": ["\u00b2"]},
    "no revision": lambda inputs: without(inputs, "expected_revision"),
    "a version that is none": lambda inputs: {**inputs, "base_version": [""]},
    "a version to come": lambda inputs: {**inputs, "base_version": ["999999999"]},
    "JSON without end": lambda inputs: {**inputs, "json": [DEEP]},
    "JSON that is a list": lambda inputs: {**inputs, "json": ["[]"]},
    "JSON with NUL": lambda inputs: {**inputs, "json": ['{"name": "\\u0000"}']},
    "JSON in which everything is wrong": lambda inputs: {
        **inputs,
        "json": ['{"name": 1, "state_schema": {"properties": {"a": 1}, "required": 5}, "steps": [1, {"fields": 3}]}'],
    },
    "a note with NUL": lambda inputs: {**inputs, "note": ["a\0b"], "document-only-guidelines": ["Changed"]},
    "a sample without end": lambda inputs: {**inputs, "document-only-end_action-only-sample": [DEEP]},
    "a trial that is none": lambda inputs: {**inputs, "trial-acts": ["nonsense"], "trial-button": ["next"]},
}


@pytest.fixture(params=HOSTILE, ids=str)
def hostile(request: pytest.FixtureRequest, editor: Editor) -> Any:
    return HOSTILE[request.param](editor.inputs)


def test_nothing_that_is_posted_breaks_the_editor(editor: Editor, hostile: Inputs) -> None:
    for action in ACTIONS:
        answer = post(editor.browser, address("change", editor.template), {**hostile, "action": action})

        assert answer.status_code in (200, 302, 400, 409), action
        assert editor.browser.get(address("change", editor.template)).status_code == 200, action


def test_nothing_that_is_posted_breaks_what_stands_beside_it(editor: Editor, hostile: Inputs) -> None:
    for panel in ("checks", "try", "diagram"):
        posted = {**hostile, "panel": panel, "autosave": "on", "wants_json": "on"}

        answer = post(editor.browser, address("live", editor.template), posted)

        assert answer.status_code in (200, 400), panel
        assert ("broken" in answer.json()) == (answer.status_code == 400), panel
    assert editor.browser.get(address("change", editor.template)).status_code == 200


def test_nothing_that_is_posted_breaks_putting_in_a_step(editor: Editor, hostile: Inputs) -> None:
    answer = post(editor.browser, address("insert", editor.template), {**hostile, "slug": "address"})

    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["no document", "doubled keys", "a base that is no JSON", "a revision that is none"])
def test_what_is_not_whole_is_told_and_not_stored(editor: Editor, name: str) -> None:
    before = kept(editor.template)
    posted = HOSTILE[name]({**editor.inputs, "document-only-description": ["Changed"]})

    answer = post(editor.browser, address("change", editor.template), {**posted, "action": "save"})

    assert answer.status_code == 302
    assert "This form is not whole. Load the page again." in editor.browser.get(answer["Location"]).content.decode()
    assert kept(editor.template) == before
    assert on_record() == []


@pytest.mark.parametrize("text", ["[]", "1", '"text"', "null", "{", ""])
def test_what_is_no_document_takes_the_place_of_no_draft(editor: Editor, text: str) -> None:
    before = kept(editor.template)

    editor.type("json", text).press("overwrite")

    assert kept(editor.template) == before


def test_thousands_of_rows_are_refused_in_words(editor: Editor) -> None:
    editor.inputs["field-keys"] = [f"n{number}" for number in range(6000)]

    answer = editor.ask()

    assert answer.status_code == 400
    assert answer.json() == {"broken": "There are more than 5000 rows on this page."}


def test_as_many_rows_as_there_may_be_are_answered(editor: Editor) -> None:
    editor.inputs["field-keys"] = [f"n{number}" for number in range(2000)]

    assert editor.ask().status_code == 200


@pytest.mark.parametrize("page", ["change", "live", "insert"])
def test_a_huge_body_is_refused(editor: Editor, page: str) -> None:
    answer = editor.browser.post(
        address(page, editor.template),
        b"json=" + b"a" * (9 * 1024 * 1024),
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code in (400, 413)


@pytest.mark.parametrize("page", ["change", "live", "insert"])
def test_more_inputs_than_any_page_has_are_refused(editor: Editor, page: str) -> None:
    answer = editor.browser.post(
        address(page, editor.template), b"a=1&" * 60_000, content_type="application/x-www-form-urlencoded"
    )

    assert answer.status_code == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x", ""])
def test_a_body_of_another_kind_is_no_form(editor: Editor, kind: str) -> None:
    person: Client = editor.browser

    assert person.post(address("live", editor.template), b"{}", content_type=kind).status_code == 400
    assert person.post(address("change", editor.template), b"{}", content_type=kind).status_code in (302, 400)
