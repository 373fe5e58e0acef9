"""What an import would do, found out by doing it and taking it back: nothing is stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction

from authoring.editor.findings import in_labels
from authoring.people import person
from authoring.places import place_in_words
from authoring.transfer.documents import Found
from authoring.transfer.importing import Change, Choice, TwiceInFile, name_of, stored_as, take
from engine.difference import Difference
from engine.differences import differences
from engine.errors import DomainError
from engine.findings import Finding, Severity
from engine.wording import as_mapping
from registry.documents import complete, settings_of
from registry.errors import InvalidDocument
from registry.models import WorkflowTemplate
from registry.publish_checks import Publisher
from registry.registry import WorkflowRegistry


class Fate(StrEnum):
    """What would become of a document that is published."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What somebody may do with templates."""

    may_publish: bool
    may_add: bool
    """Begin a template as a draft."""
    may_change: bool
    """Save the draft of a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One finding in words: how grave it is, where, and what."""

    severity: Severity
    place: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One difference in words; `is_abridged` if they leave out the texts that differ, which are too long for them."""

    words: str
    before: str | None
    after: str | None
    is_abridged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would become of one document."""

    found: Found
    name: str
    fate: Fate
    outlook: str
    """The same in words."""
    findings: tuple[Told, ...]
    differences: tuple[Differing, ...]
    """How it differs from what is published."""
    draft_outlook: str
    """What keeping it as a draft would do."""
    draft_differences: tuple[Differing, ...]
    """How it differs from the draft that would be replaced."""
    choices: tuple[Choice, ...]
    """What may become of it."""
    suggested: Choice
    seen: str


def preview(
    documents: Sequence[Found], *, allowed: Allowed, publisher: Publisher, actor: str, at: datetime
) -> list[Preview]:
    """Return what would become of each document of a file, in its order; each is tried as if those before were in."""
    previews: list[Preview] = []
    names = {name_of(found) for found in documents}
    stored = {template.name: template for template in WorkflowTemplate.objects.filter(name__in=names)}
    with transaction.atomic():
        tried = [
            _tried(found, documents[:number], stored.get(name_of(found)), publisher=publisher, actor=actor, at=at)
            for number, found in enumerate(documents)
        ]
        for found, outcome in zip(documents, tried, strict=True):
            findings = _findings(found.document, outcome, publisher)
            previews.append(_preview(found, outcome, findings, allowed=allowed, stored=stored.get(name_of(found))))
        transaction.set_rollback(True)
    return previews


type _Outcome = Change | DomainError


def _tried(
    found: Found,
    before: Iterable[Found],
    stored: WorkflowTemplate | None,
    *,
    publisher: Publisher,
    actor: str,
    at: datetime,
) -> _Outcome:
    name = name_of(found)
    try:
        if name and any(name == name_of(other) for other in before):
            raise TwiceInFile(name)
        return take(found.document, stored, publisher=publisher, actor=actor, at=at).change
    except DomainError as refusal:
        return refusal


def _preview(
    found: Found, outcome: _Outcome, findings: Sequence[Finding], *, allowed: Allowed, stored: WorkflowTemplate | None
) -> Preview:
    fate = _fate(outcome, stored)
    choices = tuple(_choices(found, outcome, fate, allowed=allowed, is_new=stored is None))
    document = found.document
    return Preview(
        found=found,
        name=name_of(found),
        fate=fate,
        outlook=_outlook(fate, outcome, stored),
        findings=tuple(
            Told(
                severity=finding.severity,
                place=place_in_words(finding.path, document),
                message=in_labels(finding.message, as_mapping(document)),
            )
            for finding in findings
        ),
        differences=_differences(stored.document() if stored and stored.is_published else None, document),
        draft_outlook=_draft_outlook(stored) if Choice.DRAFT in choices else "",
        draft_differences=_differences(stored.draft if stored else None, document),
        choices=choices,
        suggested=Choice.DRAFT if Choice.DRAFT in choices and fate is not Fate.UNCHANGED else Choice.LEAVE,
        seen=stored_as(stored),
    )


def _fate(outcome: _Outcome, stored: WorkflowTemplate | None) -> Fate:
    if isinstance(outcome, DomainError):
        return Fate.REFUSED
    if outcome is Change.UNCHANGED:
        return Fate.UNCHANGED
    return Fate.CHANGED if stored is not None and stored.is_published else Fate.NEW


def _outlook(fate: Fate, outcome: _Outcome, stored: WorkflowTemplate | None) -> str:
    match fate:
        case Fate.REFUSED if isinstance(outcome, InvalidDocument):
            return "It cannot be published before what is wrong is put right."
        case Fate.REFUSED if isinstance(outcome, DomainError):
            return f"It cannot be taken in: {outcome.message}"
        case Fate.NEW:
            return "A new template."
        case Fate.CHANGED:
            return f"It changes the template, of which version {stored.current_version if stored else 0} is published."
        case _:
            return "It says the same as what is published."


def _draft_outlook(stored: WorkflowTemplate | None) -> str:
    if stored is None or stored.draft is None:
        return "Nothing that is published changes."
    author = f" of {person(stored.draft_author)}" if stored.draft_author else ""
    return f"It takes the place of the draft{author}, which is lost."


def _choices(found: Found, outcome: _Outcome, fate: Fate, *, allowed: Allowed, is_new: bool) -> Iterable[Choice]:
    if allowed.may_publish and fate in (Fate.NEW, Fate.CHANGED):
        yield Choice.PUBLISH
    may_keep = allowed.may_add if is_new else allowed.may_change
    if may_keep and not isinstance(outcome, TwiceInFile) and _can_be_kept(found.document):
        yield Choice.DRAFT
    yield Choice.LEAVE


def _can_be_kept(document: Any) -> bool:
    """Tell whether a document is such that a template can be known by it."""
    if not isinstance(document, Mapping):
        return False
    try:
        settings_of(document)
    except DomainError:
        return False
    return True


def _findings(document: Any, outcome: _Outcome, publisher: Publisher) -> Sequence[Finding]:
    """Return what was found in a document, the gravest first; nothing, if it was not looked at."""
    if isinstance(outcome, InvalidDocument):
        found = outcome.findings
    else:
        found = () if isinstance(outcome, DomainError) else WorkflowRegistry.validate(document, publisher=publisher)
    return sorted(found, key=lambda finding: list(Severity).index(finding.severity))


def _differences(before: Mapping[str, Any] | None, after: Any) -> tuple[Differing, ...]:
    if before is None or not isinstance(after, Mapping):
        return ()
    return tuple(map(_differing, differences(complete(before), complete(after))))


def _differing(difference: Difference) -> Differing:
    texts = [text for text in (difference.before, difference.after) if text is not None]
    return Differing(
        words=difference.words,
        before=difference.before,
        after=difference.after,
        is_abridged=any(text not in difference.words for text in texts),
    )
