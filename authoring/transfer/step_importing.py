"""Bringing reusable steps in, in the manners of `importing`: each file is one transaction, all or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from authoring.transfer.documents import Found
from authoring.transfer.importing import NOTE, Change, Existing, FileRefused, Mistake, mistakes_of
from engine.conditions import same
from engine.errors import DomainError
from registry import step_templates
from registry.models import StepTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedStep:
    """One reusable step that was taken in; `name` is the short one by which templates use it."""

    name: str
    change: Change
    version: int


def import_step_file(
    documents: Iterable[Found], *, existing: Existing, dry_run: bool, actor: str, at: datetime
) -> list[ImportedStep]:
    """Take in the reusable steps of one file, or none of them.

    :raises FileRefused: something is wrong with one of them; all mistakes of all of them are named
    """
    taken: list[ImportedStep] = []
    mistakes: list[Mistake] = []
    with transaction.atomic():
        for found in documents:
            if (slug := _slug_of(found.document)) and any(slug == before.name for before in taken):
                mistakes.append(Mistake(place=found.place, path="/slug", message=f"{slug!r} is in this file twice."))
                continue
            try:
                taken.append(_take(found.document, existing, actor=actor, at=at))
            except DomainError as error:
                mistakes += mistakes_of(found, error, name=slug)
        if mistakes:
            raise FileRefused(mistakes)
        if dry_run:
            transaction.set_rollback(True)
    return taken


def _take(source: Any, existing: Existing, *, actor: str, at: datetime) -> ImportedStep:
    stored = StepTemplate.objects.filter(slug=_slug_of(source)).first()
    if stored is None or existing is Existing.REFUSE:
        return _imported(step_templates.create(source, actor=actor, at=at, note=NOTE), Change.CREATED)
    if existing is Existing.KEEP:
        return _imported(stored, Change.KEPT)
    before = stored.source()
    updated = step_templates.replace(stored.pk, source, actor=actor, at=at, note=NOTE)
    return _imported(updated, Change.UNCHANGED if same(updated.source(), before) else Change.UPDATED)


def _imported(made: StepTemplate, change: Change) -> ImportedStep:
    return ImportedStep(name=made.slug, change=change, version=made.current_version)


def _slug_of(source: Any) -> str:
    slug = source.get("slug") if isinstance(source, dict) else None
    return slug if isinstance(slug, str) else ""
