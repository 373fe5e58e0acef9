"""Reusable steps for those who write templates: put one in, make one of a step, bring a step up to date."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from typing import Any
from uuid import UUID

from django.db import transaction

from engine.contraction import contract
from engine.errors import NotFound
from engine.findings import Finding, errors
from engine.reusable import ReusableStep
from engine.reuse import free_prefix, outdated
from engine.upgrades import Upgrade, updated
from engine.uses import Use, is_prefix, uses_in
from engine.wording import Vocabulary
from registry import step_templates
from registry.documents import working_document
from registry.errors import InvalidStepTemplate, NameTaken, StepTemplateNotFound
from registry.models import StepTemplate, StepTemplateVersion, WorkflowTemplate
from registry.registry import WorkflowRegistry

MAX_OFFERS = 500


class StepNotReused(NotFound):
    """The document has no such step, or it was made from nothing that is still there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """A step of a template brought to the latest version of what it was made from, and nothing stored yet."""

    slug: str
    number: int
    latest: int
    before: Any
    upgrade: Upgrade

    @property
    def is_behind(self) -> bool:
        """Whether there is anything newer."""
        return self.number < self.latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A reusable step as somebody chooses it."""

    slug: str
    number: int
    name: str
    description: str
    category: str
    asks_for: tuple[str, ...]
    """What people call its fields."""


def insertion(
    slug: str,
    version: int | None,
    prefix: str,
    taken_names: Collection[str],
    *,
    taken_ids: Collection[str] = (),
    first_order: int = 0,
) -> dict[str, Any]:
    """Return what a document gets with a reusable step: `{"properties", "required", "step"}`, the latest unless named.

    Where a name would clash, the step has another prefix; where its id is taken, another id. Both are only proposals
    until somebody puts them in. `first_order` is where the fields stand in the order of display.

    :raises StepTemplateNotFound: there is no such reusable step
    :raises VersionNotFound: it has no such version
    """
    found = StepTemplate.objects.filter(slug=slug).first()
    if found is None:
        raise StepTemplateNotFound(f"There is no reusable step {slug!r}.")
    reusable = step_templates.version_of(found, version or found.current_version).reusable()
    chosen = _prefix(reusable, prefix, taken_names)
    copied = reusable.under(chosen)
    properties = {
        name: {**part, "x-order": order} for order, (name, part) in enumerate(copied.properties.items(), first_order)
    }
    origin = {"uses": reusable.uses, **({"prefix": chosen} if chosen else {})}
    step = {"id": _free_id(slug, taken_ids), **copied.step, **origin}
    return {"properties": properties, "required": list(copied.required), "step": step}


def offers() -> list[Offer]:
    """Return the reusable steps that can be put in, by category and name, in two queries."""
    found = StepTemplate.objects.with_content().order_by("category", "name", "slug")[:MAX_OFFERS]
    return [
        Offer(
            slug=made.slug,
            number=made.current_version,
            name=made.name,
            description=made.description,
            category=made.category,
            asks_for=tuple(_labels(made.current().content)),
        )
        for made in found
    ]


def newer(document: Any) -> dict[str, int]:
    """Return, for each step of a document that was made from an older version, the latest there is."""
    slugs = {used.slug for _, _, used in uses_in(document)}
    return outdated(document, step_templates.latest_numbers(slugs)) if slugs else {}


def newer_step(document: Any, step_id: str) -> Newer:
    """Return a document with one step brought to the latest version of what it was made from.

    :raises StepNotReused: there is no such step, or what it was made from is not there
    """
    filled = step_templates.expansion_of(document).document
    used = next((used for _, step, used in uses_in(filled) if step.get("id") == step_id), None)
    if used is None:
        raise StepNotReused(f"There is no step {step_id!r} here that was made from a reusable one.")
    latest = Use(slug=used.slug, number=step_templates.latest_numbers([used.slug]).get(used.slug, 0))
    found = step_templates.reusable_steps([used, latest])
    if str(used) not in found or str(latest) not in found:
        raise StepNotReused(f"The reusable step {str(used)!r}, which this step was made from, is not there.")
    upgrade = updated(filled, step_id, old=found[str(used)], new=found[str(latest)])
    return Newer(slug=used.slug, number=used.number, latest=latest.number, before=document, upgrade=upgrade)


@transaction.atomic
def take_newer(template_id: UUID, step_id: str, *, revision: int, actor: str, at: datetime) -> Newer:
    """Put the newer version of a step into the draft of its template, if nobody saved the draft since `revision`.

    Nothing is stored if there is nothing newer, or if `upgrade.findings` say why it cannot be taken.

    :raises StepNotReused: there is no such step, or what it was made from is not there
    :raises DraftRevisionConflict: somebody else saved the draft in between
    """
    # Locked: what is read here is what the draft is made of.
    template = WorkflowTemplate.objects.select_for_update(no_key=True).get(pk=template_id)
    found = newer_step(working_document(template), step_id)
    if found.is_behind and not found.upgrade.findings:
        WorkflowRegistry.save_draft(template_id, found.upgrade.document, actor=actor, at=at, expected_revision=revision)
    return found


def make_reusable(
    document: Any, step_id: str, *, slug: str, name: str, description: str, is_next: bool, actor: str, at: datetime
) -> tuple[StepTemplate, bool]:
    """Publish a step of a document as a reusable one, and tell whether its condition was left behind.

    `is_next` makes it the next version of the one that has the slug; otherwise the slug must be free.

    :raises InvalidStepTemplate: it does not stand for itself, or is not well formed
    :raises NameTaken: the slug is taken, and it is not to be the next version
    """
    made = contract(document, step_id, slug=slug, name=name, description=description)
    if errors(made.findings):
        raise InvalidStepTemplate(made.findings)
    stored = StepTemplate.objects.filter(slug=slug).first()
    if stored is None:
        return step_templates.create(made.source, actor=actor, at=at), made.leaves_when
    if not is_next:
        raise NameTaken(f"There is a reusable step {slug!r} already.", slug=slug)
    return step_templates.change(stored.pk, made.source, actor=actor, at=at), made.leaves_when


def as_document(version: StepTemplateVersion) -> dict[str, Any]:
    """Return a version of a reusable step as a document, in which differences can be told."""
    step = {"id": "step", **version.content["step"]}
    return {"state_schema": version.content["state_schema"], "steps": [step]}


def told(findings: Collection[Finding]) -> list[str]:
    """Return what keeps something from being done, each reason once."""
    return list(dict.fromkeys(finding.message for finding in errors(findings)))


def _labels(content: Mapping[str, Any]) -> Iterator[str]:
    words = Vocabulary.of(content)
    return (words.label(name) for name in content["step"]["fields"])


def _prefix(reusable: ReusableStep, wanted: str, taken: Collection[str]) -> str:
    if is_prefix(wanted) and not any(wanted + name in taken for name in reusable.names):
        return wanted
    stem = wanted.strip("_") if is_prefix(wanted) else ""
    return free_prefix(stem or reusable.slug, reusable.names, taken)


def _free_id(slug: str, taken: Collection[str]) -> str:
    stem = slug.replace("-", "_")
    return next(name for name in chain([stem], (f"{stem}_{number}" for number in count(2))) if name not in taken)
