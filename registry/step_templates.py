"""Reusable steps: publish, find out who uses them, delete. Each function that writes is one transaction."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from engine import reusable
from engine.conditions import same
from engine.filling import with_labels
from engine.findings import Finding, errors
from engine.plain_words import readable
from engine.reusable import CONTENT, ReusableStep
from engine.reuse import Expansion, expanded, to_fill_in
from engine.uses import Use, uses_in
from registry.errors import (
    InvalidStepTemplate,
    NameTaken,
    StepTemplateInUse,
    StepTemplateNotFound,
    VersionNotFound,
)
from registry.models import StepTemplate, StepTemplateQuerySet, StepTemplateVersion, WorkflowTemplate

# What an optional key means when it is left out, or null.
DEFAULTS: Mapping[str, Any] = {"description": "", "category": ""}

# Keys of our own answers: ignored where what was read may be sent back.
ANSWER_KEYS = frozenset({"id", "current_version", "created_at", "updated_at", "findings"})

MAX_SUGGESTED = 1000
"""Among so many names the nearest to a misspelt one is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedIn:
    """One step of a template that was made from a reusable one."""

    template_id: UUID
    template: str
    step_id: str
    step: str
    number: int
    is_draft: bool
    """Whether the step stands in the draft of the template, rather than in what is published."""


def complete(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reusable step in which every optional key is there."""
    return {**DEFAULTS, **{key: part for key, part in source.items() if not (part is None and key in DEFAULTS)}}


def validate(source: Any) -> tuple[Finding, ...]:
    """Return everything found in a reusable step; it may be published if none of it is an error."""
    return reusable.check(complete(source) if isinstance(source, Mapping) else source)


def discover(
    *,
    within: StepTemplateQuerySet | None = None,
    category: str | None = None,
    name: str | None = None,
    search: str | None = None,
) -> StepTemplateQuerySet:
    """Return the reusable steps that fit, by slug."""
    found = (StepTemplate.objects.all() if within is None else within).order_by("slug")
    if category is not None:
        found = found.filter(category=category)
    if name is not None:
        found = found.filter(name=name)
    return found.matching(search) if search else found


@transaction.atomic
def create(source: Any, *, actor: str, at: datetime, note: str = "") -> StepTemplate:
    """Store a new reusable step and publish it as version 1.

    :raises InvalidStepTemplate: it has errors
    :raises NameTaken: another one has its slug
    """
    return _publish(StepTemplate(created_at=at, current_version=0), _checked(source), actor=actor, at=at, note=note)


@transaction.atomic
def replace(step_template_id: UUID, source: Any, *, actor: str, at: datetime, note: str = "") -> StepTemplate:
    """Make a reusable step say this; changed content becomes the next version.

    :raises InvalidStepTemplate: it has errors
    :raises NameTaken: another one has its slug
    :raises StepTemplateInUse: its slug is another one, and templates know it by the one it has
    """
    return _publish(_locked(step_template_id), _checked(source), actor=actor, at=at, note=note)


@transaction.atomic
def change(
    step_template_id: UUID, changes: Mapping[str, Any], *, actor: str, at: datetime, note: str = ""
) -> StepTemplate:
    """Change some top-level keys of a reusable step; see :func:`replace`."""
    step_template = _locked(step_template_id)
    return _publish(step_template, _checked({**step_template.source(), **changes}), actor=actor, at=at, note=note)


@transaction.atomic
def delete(step_template_id: UUID) -> None:
    """Remove a reusable step that no template names.

    :raises StepTemplateInUse: published documents or drafts name it
    """
    step_template = _locked(step_template_id)
    _refuse_if_used(step_template, "so it stays. Take it out of them first.")
    step_template.delete()


def version_of(step_template: StepTemplate, number: int) -> StepTemplateVersion:
    """Return one version of a reusable step.

    :raises VersionNotFound: there is no such version
    """
    found = step_template.versions.filter(number=number).first()
    if found is None:
        latest = step_template.current_version
        raise VersionNotFound(f"{step_template.name!r} has no version {number}; its latest is {latest}.")
    return found


def used_by(slug: str) -> Iterator[UsedIn]:
    """Return the steps made from a reusable one, by template; the documents are read one after the other."""
    templates = WorkflowTemplate.objects.naming_step(slug).order_by("name")
    for template in templates.only("name", "steps", "draft", "current_version").iterator(chunk_size=100):
        for document, is_draft in (({"steps": template.steps}, False), (template.draft, True)):
            for index, step, used in uses_in(document):
                if used.slug == slug:
                    step_id = str(step.get("id") or index + 1)
                    yield UsedIn(
                        template_id=template.pk,
                        template=template.name,
                        step_id=step_id,
                        step=with_labels(str(step.get("name") or step_id), readable),
                        number=used.number,
                        is_draft=is_draft,
                    )


def latest_numbers(slugs: Iterable[str]) -> dict[str, int]:
    """Return the latest version of each of these reusable steps that exists."""
    return dict(StepTemplate.objects.filter(slug__in=set(slugs)).values_list("slug", "current_version"))


def reusable_steps(uses: Iterable[Use]) -> dict[str, ReusableStep]:
    """Return the versions that steps name, by how they name them, in one query."""
    wanted = frozenset(uses)
    found = [version.reusable() for version in StepTemplateVersion.objects.named(wanted)] if wanted else []
    names = set(map(str, wanted))
    return {step.uses: step for step in found if step.uses in names}


def expansion_of(document: Any) -> Expansion:
    """Return a document with the reusable steps filled in that it names; nothing is asked for if it names none."""
    wanted = to_fill_in(document)
    if not wanted:
        return Expansion(document=document)
    found = reusable_steps(wanted)
    latest = {} if len(found) == len(wanted) else _to_suggest({used.slug for used in wanted})
    return expanded(document, found, latest=latest)


def _to_suggest(slugs: Iterable[str]) -> dict[str, int]:
    some = StepTemplate.objects.order_by("slug").values_list("slug", "current_version")[:MAX_SUGGESTED]
    return {**dict(some), **latest_numbers(slugs)}


def _checked(source: Any) -> dict[str, Any]:
    findings = validate(source)
    if errors(findings):
        raise InvalidStepTemplate(findings)
    return complete(source)


def _locked(step_template_id: UUID) -> StepTemplate:
    found = StepTemplate.objects.select_for_update().filter(pk=step_template_id).first()
    if found is None:
        raise StepTemplateNotFound("There is no such reusable step.")
    return found


def _publish(
    step_template: StepTemplate, source: Mapping[str, Any], *, actor: str, at: datetime, note: str
) -> StepTemplate:
    """Store settings, and content as the next version if it changed."""
    if step_template.current_version and source["slug"] != step_template.slug:
        _refuse_if_used(step_template, "by this slug. Keep it, or take it out of them first.")
    content = {key: source[key] for key in CONTENT}
    changed = not step_template.current_version or not same(content, step_template.current().content)
    step_template.fill(source, at=at)
    step_template.current_version += changed
    try:
        with transaction.atomic():
            step_template.store()
    except IntegrityError:
        if StepTemplate.objects.filter(slug=source["slug"]).exclude(pk=step_template.pk).exists():
            words = f"There is a reusable step {source['slug']!r} already."
            raise NameTaken(words, slug=source["slug"]) from None
        raise
    if changed:
        StepTemplateVersion.objects.create(
            step_template=step_template,
            number=step_template.current_version,
            content=content,
            published_at=at,
            published_by=actor,
            note=note,
        )
    return step_template


def _refuse_if_used(step_template: StepTemplate, words: str) -> None:
    using = list(dict.fromkeys(used.template for used in used_by(step_template.slug)))
    if using:
        shown = ", ".join(using[:10]) + (", ..." if len(using) > 10 else "")
        raise StepTemplateInUse(f"{shown} use {step_template.slug!r}, {words}", used_by=using[:10])
