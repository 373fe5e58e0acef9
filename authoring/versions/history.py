"""The history of a template in words: its draft, and each of its versions with what it changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from engine.difference import Difference
from engine.differences import differences
from registry.documents import ANSWER_KEYS, NO_CONTENT, complete
from registry.models import TemplateVersion, WorkflowTemplate

PAGE_SIZE = 20
MOST_SHOWN = 8
"""So many differences are seen at once; the others unfold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Differences, the first of which are seen at once."""

    differences: Sequence[Difference]

    @property
    def shown(self) -> Sequence[Difference]:
        """Those that are seen at once."""
        return self.differences[:MOST_SHOWN]

    @property
    def more(self) -> Sequence[Difference]:
        """Those that unfold."""
        return self.differences[MOST_SHOWN:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One version, with what it changed; the first one changed nothing."""

    version: TemplateVersion
    is_published: bool
    before: int | None
    told: Told | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One page of the history of a template; the draft stands above the first one."""

    template: WorkflowTemplate
    has_draft: bool
    draft: Told | None
    """What the draft changes in what is published, if both are there."""
    is_outdated: bool
    """Whether something was published since the draft was begun."""
    entries: Sequence[Entry]
    page: Page[TemplateVersion]
    may_change: bool


def versions_context(template: WorkflowTemplate, page: Any = 1, *, may_change: bool = False) -> dict[str, History]:
    """Return what `authoring/_versions.html` shows: one page of the history of a template, as `history`.

    `page` may be anything that a query has; `may_change` is whether this person is offered to restore a version.
    """
    versions = template.versions.order_by("-number")
    shown = Paginator(versions, PAGE_SIZE).get_page(page)
    history = History(
        template=template,
        has_draft=template.draft is not None,
        draft=draft_changes(template),
        is_outdated=template.draft is not None and template.draft_base_version != template.current_version,
        entries=_entries(template, list(shown)),
        page=shown,
        may_change=may_change,
    )
    return {"history": history}


def draft_changes(template: WorkflowTemplate) -> Told | None:
    """Return what a draft changes in what is published, or None if one of them is not there."""
    if template.draft is None or not template.is_published:
        return None
    return changes(template.document(), draft_document(template))


def draft_document(template: WorkflowTemplate) -> dict[str, Any]:
    """Return the draft with what goes without saying, so that only what differs in meaning is told."""
    given = {key: part for key, part in (template.draft or {}).items() if key not in ANSWER_KEYS}
    return {**NO_CONTENT, **complete(given)}


def version_document(template: WorkflowTemplate, version: TemplateVersion) -> dict[str, Any]:
    """Return what a version says, with the settings of today: those have no history."""
    return {**template.document(), **version.content()}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Told:
    """Return what differs between two documents."""
    return Told(differences=differences(before, after))


def _entries(template: WorkflowTemplate, versions: Sequence[TemplateVersion]) -> list[Entry]:
    """Return versions, the latest first, each with what it changed in the one before it."""
    if not versions:
        return []
    earlier = template.versions.filter(number__lt=versions[-1].number).order_by("-number").first()
    return [
        Entry(
            version=version,
            is_published=version.number == template.current_version,
            before=before.number if before else None,
            told=changes(before.content(), version.content()) if before else None,
        )
        for version, before in zip(versions, [*versions[1:], earlier], strict=True)
    ]
