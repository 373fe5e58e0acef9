"""Bringing template documents in: each file is one transaction, all or nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from authoring.documents import Found
from engine.conditions import same
from engine.errors import DomainError
from registry.errors import InvalidDocument
from registry.models import WorkflowTemplate
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


def import_file(
    documents: Iterable[Found], *, existing: Existing, dry_run: bool, actor: str, at: datetime
) -> list[Imported]:
    """Take in the documents of one file, or none of them.

    :raises FileRefused: something is wrong with one of them; all mistakes of all documents are named
    """
    taken: list[Imported] = []
    mistakes: list[Mistake] = []
    with transaction.atomic():
        for found in documents:
            if (name := _name_of(found)) and any(name == before.name for before in taken):
                mistakes.append(Mistake(place=found.place, path="/name", message=f"{name!r} is in this file twice."))
                continue
            try:
                taken.append(_take(found.document, existing, actor=actor, at=at))
            except DomainError as error:
                mistakes += _mistakes(found, error)
        if mistakes:
            raise FileRefused(mistakes)
        if dry_run:
            transaction.set_rollback(True)
    return taken


def _take(document: Any, existing: Existing, *, actor: str, at: datetime) -> Imported:
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


def _name_of(found: Found) -> str:
    name = found.document.get("name") if isinstance(found.document, dict) else None
    return name if isinstance(name, str) else ""


def _mistakes(found: Found, error: DomainError) -> Iterator[Mistake]:
    place = " ".join(part for part in (found.place, _name_of(found)) if part)
    if not isinstance(error, InvalidDocument):
        yield Mistake(place=place, path="", message=error.message)
        return
    for finding in error.findings:
        if finding.is_error:
            yield Mistake(place=place, path=finding.path, message=finding.message)
