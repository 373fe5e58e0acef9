"""The content of an earlier version becomes the draft again; nothing is published by it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from conftest import NOW, document
from registry.errors import DraftRevisionConflict, TemplateNotFound, VersionNotFound
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

type MakeTemplate = Callable[..., WorkflowTemplate]

LATER = NOW + timedelta(hours=1)


def _restore(template: WorkflowTemplate, number: int, **more: Any) -> WorkflowTemplate:
    return WorkflowRegistry.restore_as_draft(template.pk, number, actor="user:ada", at=LATER, **more)


def _changed(template: WorkflowTemplate, **changes: Any) -> WorkflowTemplate:
    return WorkflowRegistry.change(template.pk, changes, actor="editor", at=NOW)


def test_a_version_becomes_the_draft_with_the_settings_of_today(make_template: MakeTemplate) -> None:
    template = make_template(guidelines="first", category="old")
    published = _changed(template, guidelines="second", category="new", name="renamed")

    _restore(template, 1)

    stored = WorkflowTemplate.objects.get()
    assert stored.draft == {**published.document(), "guidelines": "first"}
    assert (stored.draft_base_version, stored.draft_author, stored.draft_saved_at) == (2, "user:ada", LATER)
    assert (stored.current_version, stored.document()) == (2, published.document())
    assert WorkflowRegistry.publish_draft(template.pk, actor="user:ada", at=LATER).current_version == 3


def test_it_takes_the_place_of_a_draft_that_was_begun_on_an_older_version(make_template: MakeTemplate) -> None:
    template = make_template(guidelines="first")
    WorkflowRegistry.save_draft(template.pk, {"name": "begun"}, actor="user:bob", at=NOW)
    _changed(template, guidelines="second")

    _restore(template, 1, expected_revision=1)

    stored = WorkflowTemplate.objects.get()
    assert stored.draft is not None
    assert (stored.draft["guidelines"], stored.draft_base_version, stored.draft_revision) == ("first", 2, 2)


def test_a_draft_that_somebody_else_saved_in_between_is_kept(make_template: MakeTemplate) -> None:
    template = make_template()
    WorkflowRegistry.save_draft(template.pk, {"name": "begun"}, actor="user:bob", at=NOW)

    with pytest.raises(DraftRevisionConflict):
        _restore(template, 1, expected_revision=0)

    assert WorkflowTemplate.objects.get().draft == {"name": "begun"}


def test_only_what_was_published_can_be_restored(make_template: MakeTemplate) -> None:
    begun = WorkflowRegistry.begin(document(), actor="user:ada", at=NOW)

    with pytest.raises(VersionNotFound):
        _restore(begun, 1)
    with pytest.raises(VersionNotFound):
        _restore(make_template(), 2)
    with pytest.raises(TemplateNotFound):
        WorkflowRegistry.restore_as_draft(uuid4(), 1, actor="user:ada", at=NOW)
