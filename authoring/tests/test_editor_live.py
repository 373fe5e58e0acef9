"""What the editor answers while somebody types: mistakes, checks, panels, and the draft saved by itself."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from authoring.tests.editor_pages import Editor, address, author, draft_of, kept, on_record, text_of
from authoring.tests.page_forms import form_on, identities_on, post
from conftest import NOW, document, step
from registry.models import StepTemplate, WorkflowTemplate
from registry.registry import WorkflowRegistry

pytestmark = pytest.mark.django_db

PURPOSE = {"type": "string", "title": "Purpose", "oneOf": [{"const": "a", "title": "A car"}, {"const": "b"}]}
CALL = {"type": "api_call", "target": "https://bank.example/rates", "result": {"rate": "/rate"}, "idempotent": True}

type MakeTemplate = Callable[..., WorkflowTemplate]
type MakeStep = Callable[..., StepTemplate]


def loan(**parts: Any) -> dict[str, Any]:
    return document(
        properties={"purpose": PURPOSE, "rate": {"type": "number", "title": "Rate", "readOnly": True}},
        required=["purpose"],
        steps=[
            step("what", fields=["purpose"]),
            step("rate", fields=["rate"], action=CALL, when={"field": "purpose", "op": "==", "value": "a"}),
        ],
        **parts,
    )


@pytest.fixture
def template(make_template: MakeTemplate) -> WorkflowTemplate:
    return make_template(**loan())


def asked(editor: Editor, **more: str) -> Any:
    answer = editor.ask(**more)
    assert answer.status_code == 200
    return answer.json()


def test_nothing_is_wrong_with_what_is_published(template: WorkflowTemplate) -> None:
    answer = asked(Editor(author(), template))

    assert answer["errors"] == []
    assert set(answer["counts"].values()) == {0}
    assert "Nothing is wrong." in answer["checks"]
    assert answer["name"] == template.name
    assert not {"trial", "diagram", "json", "saved", "conflict"} & answer.keys()


def test_the_script_learns_of_fields_and_steps(template: WorkflowTemplate) -> None:
    found = asked(Editor(author(), template).type("field-f1-label", "What for"))["facts"]

    assert found["fields"] == [
        {"key": "f1", "name": "purpose", "kind": "choice", "choices": [["a", "A car"], ["b", "b"]]},
        {"key": "f2", "name": "rate", "kind": "number", "choices": []},
    ]
    assert found["steps"] == [
        {"key": "s1", "id": "what", "uses": "", "latest": 0},
        {"key": "s2", "id": "rate", "uses": "", "latest": 0},
    ]


def test_every_mistake_is_told_with_its_input_and_counted_on_its_tab(template: WorkflowTemplate) -> None:
    editor = Editor(author(), template)
    editor.type("field-f1-label", "").add("field", "n1", label="", kind="text")
    editor.type("step-s1-name", "").type("document-only-expires_by", "soon")

    answer = asked(editor)

    ids = {mistake["id"] for mistake in answer["errors"]}
    assert {"id_field-n1-label", "id_step-s1-name", "id_document-only-expires_by"} <= ids
    counts = answer["counts"]
    assert all(counts[tab] for tab in ("information", "steps", "finish"))
    assert counts["checks"] == sum(count for tab, count in counts.items() if tab != "checks")
    assert answer["checks"].count("To correct:") == len(answer["errors"])


BROKEN: list[dict[str, Any]] = [
    {"steps": []},
    {"steps": [step("what", fields=["purpose", "gone"])]},
    {"steps": [{"id": "what", "name": "What", "uses": "nothing@1"}]},
    {"steps": [step("what", when={"field": "rate", "op": "==", "value": 1}), *loan()["steps"]]},
    {"steps": [*loan()["steps"], step("end", end={"outcome": ""})]},
    {"steps": [*loan()["steps"], step("end", end={"outcome": "x", "end_action_type": "api_call"})]},
    {"steps": [*loan()["steps"], step("rules", rules=[{"check": {"field": "gone", "op": "empty"}, "message": "x"}])]},
    {"steps": [*loan()["steps"], step("ask", action={"type": "api_call", "target": "nowhere"})]},
    {"end_action_type": "api_call", "end_action_target": "nowhere"},
    {"end_action_type": "tool_call", "end_action_target": "no such tool"},
    {"end_action_type": "workflow", "end_action_target": "no such template"},
    {
        "end_action_type": "api_call",
        "end_action_target": "https://x.example",
        "end_action_config": {"headers": {"a": "{{secret:gone}}"}},
    },
    {"prerequisites": ["no such template"]},
    {"expires_after": "P0D", "time_zone": "No/Where"},
    {"category": "x" * 101, "name": ""},
    {
        "state_schema": {
            "type": "object",
            "properties": {"purpose": {**PURPOSE, "x-when": {"field": "x", "op": "empty"}}},
        }
    },
    {"state_schema": {"type": "object", "properties": {"purpose": {**PURPOSE, "x-computed": {"count": "gone"}}}}},
    {"state_schema": {"type": "object", "properties": {"purpose": {"type": "string", "pattern": "("}}}},
    {"state_schema": {"type": "object", "properties": {"purpose": {**PURPOSE, "x-messages": {"gone": "x"}}}}},
    {"state_schema": {"type": "object", "properties": {"purpose": {"$ref": "https://x.example"}}}},
    {"state_schema": {"type": "object", "required": ["gone"], "properties": {"purpose": PURPOSE}}},
]


@pytest.mark.parametrize("parts", BROKEN, ids=lambda parts: " ".join(parts)[:30])
def test_every_finding_leads_to_something_on_the_page(template: WorkflowTemplate, parts: dict[str, Any]) -> None:
    WorkflowTemplate.objects.filter(pk=template.pk).update(draft={**template.document(), **parts})
    editor = Editor(author(), template)
    known = identities_on(editor.page)

    answer = asked(editor)

    targets = re.findall(r'data-jump="([^"]*)"', answer["checks"])
    assert targets
    for several in targets:
        assert any(one in known for one in several.split()), several
    assert answer["checks"].strip() in editor.page.decode() or "csrf" in answer["checks"]


def test_findings_say_labels_and_no_names_or_pointers(template: WorkflowTemplate) -> None:
    draft = {
        **template.document(),
        "steps": [step("early", when={"field": "purpose", "op": "answered"}), *template.steps],
    }
    WorkflowTemplate.objects.filter(pk=template.pk).update(draft=draft)

    checks = asked(Editor(author(), template))["checks"]

    assert "“Purpose”" in checks
    assert "'purpose'" not in checks.replace("&#x27;", "'")
    assert "/steps/" not in checks


def test_an_author_without_any_step_is_told_to_add_one_and_where(template: WorkflowTemplate) -> None:
    WorkflowTemplate.objects.filter(pk=template.pk).update(draft={**template.document(), "steps": []})

    answer = asked(Editor(author(), template))

    assert "Add a step: there is none yet." in answer["checks"]
    assert 'data-jump="id_step-add' in answer["checks"]
    assert answer["counts"]["steps"] == 1


# ---- Panels ----


def test_what_is_typed_is_tried_without_being_saved(template: WorkflowTemplate) -> None:
    editor, before = Editor(author(), template), kept(template)
    editor.type("field-f1-label", "What is it for?")

    shown = asked(editor, panel="try")["trial"]
    assert "What is it for?" in shown

    acts = re.search(r'name="trial-acts" value="([^"]*)"', shown)
    assert acts is not None
    editor.inputs |= {"trial-acts": [acts[1]], "try-purpose": [""]}
    assert "Nothing was answered yet." in asked(editor, panel="try", **{"trial-button": "next"})["trial"]
    assert kept(template) == before


def carried(shown: str) -> dict[str, list[str]]:
    """Return what the panel carries along."""
    found = re.findall(r'name="(trial-(?:acts|names))" value="([^"]*)"', shown)
    return {name: [html.unescape(value)] for name, value in found}


def tried(editor: Editor, **answers: str) -> str:
    """Answer what the trial asks, and return what it shows then."""
    editor.inputs |= carried(asked(editor, panel="try")["trial"])
    shown: str = asked(editor, panel="try", **{"trial-button": "next"}, **answers)["trial"]
    editor.inputs |= carried(shown)
    return shown


def test_what_was_answered_stays_answered_where_its_field_is_called_otherwise(db: None) -> None:
    draft = document(properties={"name": {"type": "string", "title": "Name"}, "pet": {"type": "string"}})
    steps = [step("you", fields=["name"]), step("more", fields=["pet"])]
    editor = Editor(
        author(), WorkflowRegistry.begin({**draft, "name": "new", "steps": steps}, actor="user:ada", at=NOW)
    )
    assert "Ada" in tried(editor, **{"try-name": "Ada"})

    shown = asked(editor.type("field-f1-label", "Your full name"), panel="try")["trial"]

    assert "does not fit" not in shown
    assert "Ada" in shown
    assert "full_name" in carried(shown)["trial-acts"][0]


def test_what_was_tried_outlives_a_problem_of_the_draft(template: WorkflowTemplate) -> None:
    editor = Editor(author(), template)
    tried(editor, **{"try-purpose": "a"})
    before, fields = editor.inputs["trial-acts"], editor.inputs["step-s1-fields"]
    assert '{"purpose":"a"}' in before[0]

    problem = asked(editor.type("step-s1-fields", "?gone"), panel="try")["trial"]

    assert "Fix the problem" in problem
    del editor.inputs["trial-acts"]  # the panel takes the place of the one before
    editor.inputs |= carried(problem)
    again = asked(editor.type("step-s1-fields", *fields), panel="try")["trial"]
    assert carried(again)["trial-acts"] == before


def test_a_draft_with_errors_is_not_tried(template: WorkflowTemplate) -> None:
    editor = Editor(author(), template).type("step-s1-fields", "?gone")

    assert "Fix the problem" in asked(editor, panel="try")["trial"]


def test_what_is_typed_is_drawn(template: WorkflowTemplate) -> None:
    drawn = asked(Editor(author(), template).type("step-s1-name", "Another name"), panel="diagram")["diagram"]

    assert "<svg" in drawn
    assert "Another name" in drawn


def test_the_document_is_shown_to_who_looks_at_it(template: WorkflowTemplate) -> None:
    shown = asked(Editor(author(), template).type("step-s1-name", "Another name"), wants_json="on")["json"]

    assert '"name": "Another name"' in shown


def test_reusable_steps_that_are_not_filled_in_yet_are_tried_and_drawn_filled_in(
    template: WorkflowTemplate, make_step_template: MakeStep
) -> None:
    make_step_template()
    draft = {**template.document(), "steps": [{"id": "home", "uses": "address@1"}, *template.steps]}
    WorkflowTemplate.objects.filter(pk=template.pk).update(draft=draft)
    editor = Editor(author(), template)

    assert "Street" in asked(editor, panel="try")["trial"]
    assert "Address" in asked(editor, panel="diagram")["diagram"]
    for page in ("try", "diagram"):
        shown = text_of(editor.browser.get(address(page, template)))
        assert {"try": "Street", "diagram": "Address"}[page] in shown
    assert asked(editor)["errors"] == []
    before = kept(template)
    assert editor.press("save").status_code == 302
    assert kept(template) == before


@pytest.mark.parametrize(
    ("sample", "says"),
    [
        ('{"rate": 2.5}', {"label": "Rate", "value": "2.5", "wrong": ""}),
        ('{"rate": "high"}', {"label": "Rate", "value": "high", "wrong": "Rate must be a number."}),
        ("{}", {"label": "Rate", "value": "", "wrong": "Nothing stands there in the sample."}),
    ],
)
def test_a_sample_answer_shows_what_it_would_fill_in(
    template: WorkflowTemplate, sample: str, says: dict[str, str]
) -> None:
    editor = Editor(author(), template).type("step-s2-action-only-sample", sample)

    found = asked(editor)["samples"]["step-s2-action-only"]

    assert found["filled"] == [says]
    assert found["problem"] == ""


@pytest.mark.parametrize("sample", ["{", "nonsense", '{"a": 1, "a": 1}', "[" * 50_000])
def test_a_sample_that_cannot_be_read_says_so(template: WorkflowTemplate, sample: str) -> None:
    editor = Editor(author(), template).type("step-s2-action-only-sample", sample)

    found = asked(editor)["samples"]["step-s2-action-only"]

    assert found["problem"].startswith("This is no answer that can be read:")


def test_a_sample_is_not_kept(template: WorkflowTemplate) -> None:
    before = kept(template)

    Editor(author(), template).type("step-s2-action-only-sample", "{}").press("save")

    assert kept(template) == before


# ---- Saved by itself ----


def test_the_draft_is_saved_by_itself_and_the_page_learns_its_revision(template: WorkflowTemplate) -> None:
    editor = Editor(author(), template)

    answer = asked(editor.type("document-only-guidelines", "One"), autosave="on")
    assert answer["saved"]["revision"] == 1
    assert answer["saved"]["draft"] is True
    assert answer["saved"]["words"].startswith("Draft saved ")
    assert draft_of(template)["guidelines"] == "One"

    editor.type("expected_revision", "1").type("document-only-guidelines", "Two")
    assert asked(editor, autosave="on")["saved"]["revision"] == 2
    assert on_record() == ["Worked on the draft (saved by itself)."]


def test_another_person_who_works_on_it_is_on_record_too(template: WorkflowTemplate) -> None:
    for text in ("One", "Two"):
        asked(Editor(author(), template).type("document-only-guidelines", text), autosave="on")

    assert on_record() == ["Worked on the draft (saved by itself)."] * 2


def test_nothing_is_saved_by_itself_that_is_there_already(template: WorkflowTemplate) -> None:
    before = kept(template)

    answer = asked(Editor(author(), template), autosave="on")

    assert answer["saved"] == {"revision": 0, "words": "", "draft": False}
    assert kept(template) == before


def test_nothing_is_saved_by_itself_over_what_somebody_else_wrote(template: WorkflowTemplate) -> None:
    editor = Editor(author(), template).type("document-only-guidelines", "Mine")
    Editor(author(), template).type("document-only-guidelines", "Theirs").press("save")
    before = kept(template)

    answer = asked(editor, autosave="on")

    who = before["draft_author"].removeprefix("user:")
    assert answer["conflict"] == f"{who} saved this draft meanwhile. Save to see the difference and choose."
    assert "saved" not in answer
    assert kept(template) == before


def test_what_has_mistakes_is_saved_without_them(template: WorkflowTemplate) -> None:
    editor = Editor(author(), template).type("document-only-guidelines", "Kept").type("step-s1-name", "")

    answer = asked(editor, autosave="on")

    assert [mistake["id"] for mistake in answer["errors"]] == ["id_step-s1-name"]
    assert (draft_of(template)["guidelines"], draft_of(template)["steps"]) == ("Kept", template.steps)


def test_a_name_that_is_taken_is_told_beside_its_input_and_not_saved(make_template: MakeTemplate) -> None:
    make_template(name="taken")
    template = WorkflowRegistry.begin({**loan(), "name": "begun"}, actor="user:ada", at=NOW)
    before = kept(template)

    answer = asked(Editor(author(), template).type("document-only-name", "taken"), autosave="on")

    assert [mistake["id"] for mistake in answer["errors"]] == ["id_document-only-name"]
    assert "saved" not in answer
    assert kept(template) == before


# ---- Reusable steps ----


def test_a_reusable_step_is_put_in_with_names_of_its_own(
    template: WorkflowTemplate, make_step_template: MakeStep
) -> None:
    make_step_template()
    editor, before = Editor(author(), template), kept(template)
    editor.add("field", "n1", label="City", kind="text", name="city")

    answer = post(editor.browser, address("insert", template), {**editor.inputs, "slug": "address"})

    assert answer.status_code == 200
    rows = form_on(b'<form id="editor">' + (answer.json()["fields"] + answer.json()["steps"]).encode() + b"</form>")
    editor.inputs = {
        **editor.inputs,
        **rows.inputs,
        "field-keys": [*editor.inputs["field-keys"], *rows.inputs["field-keys"]],
        "step-keys": [*editor.inputs["step-keys"], *rows.inputs["step-keys"]],
    }
    assert kept(template) == before
    assert editor.press("save").status_code == 302
    draft = draft_of(template)
    assert draft["steps"][-1]["fields"] == ["address_street", "address_city"]
    assert draft["steps"][-1]["uses"] == "address@1"
    assert {"city", "address_city", "address_street"} <= set(draft["state_schema"]["properties"])


@pytest.mark.parametrize("slug", ["gone", "", "\0", "x" * 1000])
def test_a_reusable_step_that_there_is_not_is_told(template: WorkflowTemplate, slug: str) -> None:
    editor = Editor(author(), template)

    answer = post(editor.browser, address("insert", template), {**editor.inputs, "slug": slug})

    assert answer.status_code == 400
    assert answer.json()["broken"]
