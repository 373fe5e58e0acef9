"""Saving and publishing what somebody wrote in the editor, through the registry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from engine.conditions import same
from registry.documents import working_document
from registry.errors import DraftRevisionConflict
from registry.models import WorkflowTemplate
from registry.publish_checks import Publisher
from registry.registry import WorkflowRegistry
from rest.callers import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document as somebody wrote it, and which state of the template they had before them."""

    document: Mapping[str, Any]
    expected_revision: int
    begun_on: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A template after its draft was saved."""

    template: WorkflowTemplate
    is_changed: bool
    is_first: bool = False
    """Whether somebody else, or nobody, had saved it before."""


def save(template: WorkflowTemplate, draft: Draft, *, caller: Caller, at: datetime) -> Saved:
    """Keep a draft, unless it says what is there already: then nothing is written.

    :raises DraftRevisionConflict: somebody else saved the draft in between
    :raises registry.errors.InvalidDocument: it was never published, and has no name that a template can have
    :raises registry.errors.NameTaken: it was never published, and another template has its name
    """
    if same(working_document(template), dict(draft.document)):
        return Saved(template=template, is_changed=False)
    if template.draft_revision != draft.expected_revision:
        raise DraftRevisionConflict(expected=draft.expected_revision, actual=template.draft_revision)
    actor = caller.actor
    is_first = template.draft is None or template.draft_author != actor
    saved = WorkflowRegistry.save_draft(
        template.pk,
        draft.document,
        actor=actor,
        at=at,
        expected_revision=draft.expected_revision,
        begun_on=draft.begun_on,
    )
    return Saved(template=saved, is_changed=True, is_first=is_first)


@transaction.atomic
def publish(
    template: WorkflowTemplate, draft: Draft, *, caller: Caller, at: datetime, note: str, overwrite: bool
) -> WorkflowTemplate:
    """Save a draft and make it the current version; if it cannot be published, it is not saved either.

    :raises engine.errors.DomainError: as :func:`save` and :meth:`WorkflowRegistry.publish_draft` do
    """
    saved = save(template, draft, caller=caller, at=at)
    if saved.template.draft is None:
        return saved.template  # it is published already
    return WorkflowRegistry.publish_draft(
        saved.template.pk, actor=caller.actor, at=at, note=note, overwrite=overwrite, publisher=Publisher.of(caller)
    )
