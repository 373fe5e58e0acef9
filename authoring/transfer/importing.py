"""Bringing template documents in: each file is one transaction, all or nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from django.db import transaction

from authoring.transfer.documents import Found
from engine.conditions import same
from engine.errors import Conflict, DomainError, Invalid
from registry.errors import InvalidDocument
from registry.models import WorkflowTemplate
from registry.publish_checks import OPERATOR, Publisher
from registry.registry import WorkflowRegistry

NOTE = "Imported"


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
    DRAFTED = "kept as a draft"


class Choice(StrEnum):
    """What somebody who saw what would happen wants to become of a document."""

    PUBLISH = "publish"
    DRAFT = "draft"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One document that was taken in."""

    template: WorkflowTemplate
    change: Change
    is_new: bool

    @property
    def name(self) -> str:
        """The name of its template."""
        return self.template.name

    @property
    def version(self) -> int:
        """The version that is published now; 0 if there is none."""
        return self.template.current_version


class Taken(Protocol):
    """What is told of whatever was taken in."""

    @property
    def name(self) -> str:
        """By what it is known."""

    @property
    def change(self) -> Change:
        """What became of it."""

    @property
    def version(self) -> int:
        """The version that is published now; 0 if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One document, what is to become of it, and what was stored when that was decided (see :func:`stored_as`)."""

    found: Found
    choice: Choice
    seen: str


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


class TwiceInFile(Invalid):
    """A file holds two documents of one name."""

    code = "twice_in_file"

    def __init__(self, name: str) -> None:
        super().__init__(f"“{name}” is in this file twice.")


class StoredChanged(Conflict):
    """What is stored is no longer what somebody decided upon."""

    code = "stored_changed"


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
            if (name := name_of(found)) and any(name == before.name for before in taken):
                mistakes.append(Mistake(place=found.place, path="/name", message=f"{name!r} is in this file twice."))
                continue
            try:
                taken.append(_take_or_keep(found.document, existing, actor=actor, at=at))
            except DomainError as error:
                mistakes += mistakes_of(found, error, name=name_of(found))
        if mistakes:
            raise FileRefused(mistakes)
        if dry_run:
            transaction.set_rollback(True)
    return taken


def stored_as(template: WorkflowTemplate | None) -> str:
    """Return what tells two states of what is stored under a name apart; empty if there is nothing."""
    if template is None:
        return ""
    changed = template.updated_at.isoformat()
    return f"{template.pk} {template.current_version} {template.draft_revision} {changed}"


@transaction.atomic
def import_chosen(chosen: Sequence[Chosen], *, publisher: Publisher, actor: str, at: datetime) -> list[Imported]:
    """Take in the documents of one file as somebody chose who saw what is stored, or none of them.

    :raises StoredChanged: what is stored is no longer what was seen
    :raises FileRefused: something is wrong with one of them; all mistakes of all documents are named
    """
    wanted = [entry for entry in chosen if entry.choice is not Choice.LEAVE]
    # Locked in one order: two who import the same templates must not wait for each other.
    named = WorkflowTemplate.objects.filter(name__in=[name_of(entry.found) for entry in wanted]).order_by("pk")
    stored = {template.name: template for template in named.select_for_update(no_key=True)}
    for entry in wanted:
        if entry.seen != stored_as(stored.get(name_of(entry.found))):
            raise StoredChanged(f"“{name_of(entry.found)}” was changed by somebody in the meantime.")
    taken: list[Imported] = []
    mistakes: list[Mistake] = []
    for entry in wanted:
        name, document = name_of(entry.found), entry.found.document
        try:
            if any(name == before.name for before in taken):
                raise TwiceInFile(name)
            if entry.choice is Choice.DRAFT:
                taken.append(_keep(document, stored.get(name), actor=actor, at=at))
            else:
                taken.append(take(document, stored.get(name), actor=actor, at=at, publisher=publisher))
        except DomainError as error:
            mistakes += mistakes_of(entry.found, error, name=name_of(entry.found))
    if mistakes:
        raise FileRefused(mistakes)
    return taken


def take(document: Any, stored: WorkflowTemplate | None, *, publisher: Publisher, actor: str, at: datetime) -> Imported:
    """Publish a document: as a new template, or as the next version of the stored one.

    :raises DomainError: it cannot be
    """
    if stored is None:
        made = WorkflowRegistry.create(document, actor=actor, at=at, note=NOTE, publisher=publisher)
        return Imported(template=made, change=Change.CREATED, is_new=True)
    before = stored.document() if stored.is_published else None
    updated = WorkflowRegistry.replace(stored.pk, document, actor=actor, at=at, note=NOTE, publisher=publisher)
    is_same = before is not None and same(updated.document(), before)
    return Imported(template=updated, change=Change.UNCHANGED if is_same else Change.UPDATED, is_new=False)


def name_of(found: Found) -> str:
    """Return the name of a document, or nothing if it has none."""
    name = found.document.get("name") if isinstance(found.document, dict) else None
    return name if isinstance(name, str) else ""


def mistakes_of(found: Found, error: DomainError, *, name: str) -> Iterator[Mistake]:
    """Return why one document of a file was not taken in."""
    place = " ".join(part for part in (found.place, name) if part)
    if not isinstance(error, InvalidDocument):
        yield Mistake(place=place, path="", message=error.message)
        return
    for finding in error.findings:
        if finding.is_error:
            yield Mistake(place=place, path=finding.path, message=finding.message)


def _take_or_keep(document: Any, existing: Existing, *, actor: str, at: datetime) -> Imported:
    name = document.get("name") if isinstance(document, dict) else None
    stored = WorkflowTemplate.objects.filter(name=name).first() if isinstance(name, str) else None
    if stored is not None and existing is Existing.KEEP:
        return Imported(template=stored, change=Change.KEPT, is_new=False)
    before = None if existing is Existing.REFUSE else stored
    return take(document, before, actor=actor, at=at, publisher=OPERATOR)


def _keep(document: Mapping[str, Any], stored: WorkflowTemplate | None, *, actor: str, at: datetime) -> Imported:
    if stored is None:
        made = WorkflowRegistry.begin(document, actor=actor, at=at)
    else:
        revision = stored.draft_revision
        made = WorkflowRegistry.save_draft(stored.pk, document, actor=actor, at=at, expected_revision=revision)
    return Imported(template=made, change=Change.DRAFTED, is_new=stored is None)
