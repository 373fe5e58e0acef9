"""Bringing templates and reusable steps in: each file is one transaction, all or nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from authoring.documents import Found
from engine.conditions import same
from engine.errors import DomainError
from registry import step_templates
from registry.errors import InvalidDocument
from registry.models import StepTemplate, WorkflowTemplate
from registry.publish_checks import OPERATOR
from registry.registry import WorkflowRegistry


class Existing(StrEnum):
    """What to do with a document whose name is taken."""

    REFUSE = "refuse"
    UPDATE = "update"
    KEEP = "keep"


class Change(StrEnum):
    """What became of a document."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One document that was taken in."""

    name: str
    change: Change
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One reason why a file was not taken in; `place` is the document in the file, `path` a JSON Pointer into it."""

    place: str
    path: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.path, self.message) if part)


class FileRefused(Exception):
    """Nothing of a file was taken in, for all these reasons."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(f"{len(self.mistakes)} mistakes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is brought in: by which key one is known, and how one is taken in."""

    key: str
    take: Callable[[Any, Existing, str, datetime], Imported]

    def name_of(self, found: Found) -> str:
        """Return by what a document is known, or nothing if it does not say."""
        name = found.document.get(self.key) if isinstance(found.document, dict) else None
        return name if isinstance(name, str) else ""


def import_file(
    documents: Iterable[Found], *, existing: Existing, dry_run: bool, actor: str, at: datetime, kind: Kind | None = None
) -> list[Imported]:
    """Take in the documents of one file, or none of them; they are templates unless a kind is named.

    :raises FileRefused: something is wrong with one of them; all mistakes of all documents are named
    """
    kind = kind or TEMPLATES
    taken: list[Imported] = []
    mistakes: list[Mistake] = []
    with transaction.atomic():
        for found in documents:
            if (name := kind.name_of(found)) and any(name == before.name for before in taken):
                words = f"{name!r} is in this file twice."
                mistakes.append(Mistake(place=found.place, path=f"/{kind.key}", message=words))
                continue
            try:
                taken.append(kind.take(found.document, existing, actor, at))
            except DomainError as error:
                mistakes += _mistakes(" ".join(part for part in (found.place, name) if part), error)
        if mistakes:
            raise FileRefused(mistakes)
        if dry_run:
            transaction.set_rollback(True)
    return taken


def _take_template(document: Any, existing: Existing, actor: str, at: datetime) -> Imported:
    name = document.get("name") if isinstance(document, dict) else None
    stored = WorkflowTemplate.objects.filter(name=name).first() if isinstance(name, str) else None
    if stored is None or existing is Existing.REFUSE:
        made = WorkflowRegistry.create(document, actor=actor, at=at, note="Imported", publisher=OPERATOR)
        return Imported(name=made.name, change=Change.CREATED, version=made.current_version)
    if existing is Existing.KEEP:
        return Imported(name=stored.name, change=Change.KEPT, version=stored.current_version)
    before = stored.document()
    updated = WorkflowRegistry.replace(stored.pk, document, actor=actor, at=at, note="Imported", publisher=OPERATOR)
    change = Change.UNCHANGED if same(updated.document(), before) else Change.UPDATED
    return Imported(name=updated.name, change=change, version=updated.current_version)


def _take_step_template(source: Any, existing: Existing, actor: str, at: datetime) -> Imported:
    slug = source.get("slug") if isinstance(source, dict) else None
    stored = StepTemplate.objects.filter(slug=slug).first() if isinstance(slug, str) else None
    if stored is None or existing is Existing.REFUSE:
        made = step_templates.create(source, actor=actor, at=at, note="Imported")
        return Imported(name=made.slug, change=Change.CREATED, version=made.current_version)
    if existing is Existing.KEEP:
        return Imported(name=stored.slug, change=Change.KEPT, version=stored.current_version)
    before = stored.source()
    updated = step_templates.replace(stored.pk, source, actor=actor, at=at, note="Imported")
    change = Change.UNCHANGED if same(updated.source(), before) else Change.UPDATED
    return Imported(name=updated.slug, change=change, version=updated.current_version)


TEMPLATES = Kind(key="name", take=_take_template)
STEP_TEMPLATES = Kind(key="slug", take=_take_step_template)


def _mistakes(place: str, error: DomainError) -> Iterator[Mistake]:
    if not isinstance(error, InvalidDocument):
        yield Mistake(place=place, path="", message=error.message)
        return
    for finding in error.findings:
        if finding.is_error:
            yield Mistake(place=place, path=finding.path, message=finding.message)
