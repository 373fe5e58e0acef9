"""Two thousand workflows opened in the editor and saved, over HTTP: what was not edited is as it was."""

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from authoring.editor.showing import published_names
from authoring.sheet.whole import Sheet, sheet_of
from authoring.tests.generated import broken_of, document_of
from authoring.tests.generated_fields import Json
from authoring.tests.page_forms import form_on, post
from authoring.tests.sheet import test_edits_of_fields, test_edits_of_steps
from authoring.tests.sheet.edits import Edited
from authoring.tests.sheet.pages import Form, form_of, saved, text_of
from conftest import NOW
from engine.conditions import same
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry
from rest.tests.staff import browser

pytestmark = pytest.mark.django_db

EDITS = [*test_edits_of_fields.EDITS, *test_edits_of_steps.EDITS]
SEEDS, BROKEN, EACH = range(2000), range(200), 50


@pytest.fixture
def author() -> Client:
    return browser("registry.view_workflowtemplate", "registry.change_workflowtemplate")


@pytest.fixture
def templates() -> tuple[WorkflowTemplate, WorkflowTemplate]:
    """Return one that was never published, and one whose published fields keep their names."""
    begun = WorkflowRegistry.begin({"name": "begun"}, actor="user:ada", at=NOW)
    known = WorkflowRegistry.begin({"name": "published"}, actor="user:ada", at=NOW)
    return begun, known


def drafted(template: WorkflowTemplate, document: Json, *, is_published: bool) -> WorkflowTemplate:
    """Let a document be the draft of a template; if it is published, clients know every second field by its name."""
    schema = document.get("state_schema")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    known = list(properties)[::2] if isinstance(properties, dict) and is_published else []
    WorkflowTemplate.objects.filter(pk=template.pk).update(
        draft=document,
        draft_base_version=int(is_published),
        current_version=int(is_published),
        state_schema={"type": "object", "properties": {name: {} for name in known}},
    )
    return WorkflowTemplate.objects.get(pk=template.pk)


def address_of(template: WorkflowTemplate) -> str:
    return reverse("admin:registry_workflowtemplate_change", args=[template.pk])


def opened(author: Client, template: WorkflowTemplate) -> Form:
    answer = author.get(address_of(template))
    assert answer.status_code == 200
    return form_on(answer.content)


def save(author: Client, template: WorkflowTemplate, form: Form) -> WorkflowTemplate:
    answer = post(author, address_of(template), {**form.inputs, "action": "save"})
    assert answer.status_code == 302, answer.content.decode().partition('id="form-errors"')[2][:300]
    return WorkflowTemplate.objects.get(pk=template.pk)


def kept(template: WorkflowTemplate) -> dict[str, Any]:
    return dict(WorkflowTemplate.objects.filter(pk=template.pk).values().get())


def is_kept(document: Json, draft: Any) -> bool:
    """Tell whether a draft says the same to the engine, and letter by letter, but for the order of keys."""
    return same(document, draft) and text_of(document) == text_of(draft)


def edited(document: Json, sheet: Sheet, seed: int) -> Edited:
    """Return the sheet with one thing edited, and the document that it must lead to; the number draws which thing."""
    random = Random(seed)  # noqa: S311  the same each time
    for make in random.sample(EDITS, len(EDITS)):
        found = [one for one in make(sheet, document) if not is_kept(document, one[1]) and not saved(one[0]).mistakes]
        if found:
            return random.choice(found)
    raise AssertionError(f"there is nothing to edit in document {seed}")


def typed(form: Form, before: Form, after: Form) -> Mapping[str, list[str]]:
    """Return what the form posts once a page of one sheet was edited to be that of another."""
    names = before.inputs.keys() | after.inputs.keys()
    changed = {name for name in names if before.getlist(name) != after.getlist(name)}
    return {**form.inputs, **{name: after.getlist(name) for name in changed}}


def in_batches(seeds: range) -> list[range]:
    return [seeds[first : first + EACH] for first in range(0, len(seeds), EACH)]


@pytest.mark.parametrize("seeds", in_batches(SEEDS), ids=lambda seeds: f"from {seeds[0]}")
def test_a_workflow_saved_untouched_is_the_same_and_one_edited_differs_only_there(
    author: Client, templates: tuple[WorkflowTemplate, WorkflowTemplate], seeds: range
) -> None:
    for seed in seeds:
        template = drafted(templates[seed % 2], document_of(seed), is_published=bool(seed % 2))
        before, document = kept(template), dict(template.draft or {})
        assert same(document_of(seed), document), f"the database keeps document {seed} differently"

        form = opened(author, template)
        save(author, template, form)

        assert kept(template) == before, f"document {seed} was changed by saving it untouched"

        sheet = sheet_of(document, published=published_names(template))
        after, expected = edited(document, sheet, seed)
        found = save(author, template, Form(typed(form, form_of(sheet), form_of(after))))

        assert is_kept(expected, found.draft), f"document {seed} differs in more than what was edited"
    assert LogEntry.objects.filter(change_message="Saved the draft.").count() == len(seeds)


@pytest.mark.parametrize("seeds", in_batches(BROKEN), ids=lambda seeds: f"from {seeds[0]}")
def test_a_draft_in_which_anything_may_be_wrong_is_opened_and_saved_untouched(
    author: Client, templates: tuple[WorkflowTemplate, WorkflowTemplate], seeds: range
) -> None:
    for seed in seeds:
        document = broken_of(seed)
        template = drafted(templates[seed % 2], document, is_published=bool(seed % 2))
        before = kept(template)

        answer = post(author, address_of(template), {**opened(author, template).inputs, "action": "save"})

        assert answer.status_code in (200, 302), seed
        assert kept(template) == before, f"draft {seed} was changed by saving it untouched"
    assert not LogEntry.objects.filter(change_message="Saved the draft.").exists()
