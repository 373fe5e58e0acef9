"""What the registry answers: one function for each kind of thing."""

from collections.abc import Iterable
from typing import Any

from engine.difference import Difference
from engine.document_schema import CONTENT
from engine.findings import Finding
from registry.models import StepTemplate, StepTemplateVersion, TemplateVersion, WorkflowTemplate
from registry.step_templates import UsedIn


def template_answer(template: WorkflowTemplate) -> dict[str, Any]:
    """Return a template as clients see it."""
    return {
        "id": template.pk,
        **template.document(),
        "current_version": template.current_version,
        "has_draft": template.draft is not None,
        "created_at": template.created_at,
        "updated_at": template.updated_at,
    }


def version_answer(version: TemplateVersion) -> dict[str, Any]:
    """Return a version with its content."""
    return {**version_summary(version), **{key: getattr(version, key) for key in CONTENT}}


def version_summary(version: TemplateVersion | StepTemplateVersion) -> dict[str, Any]:
    """Return what a list of versions says of one."""
    return {
        "number": version.number,
        "published_at": version.published_at,
        "published_by": version.published_by,
        "note": version.note,
    }


def step_template_answer(step_template: StepTemplate) -> dict[str, Any]:
    """Return a reusable step as clients see it."""
    return {
        "id": step_template.pk,
        **step_template.source(),
        "current_version": step_template.current_version,
        "created_at": step_template.created_at,
        "updated_at": step_template.updated_at,
    }


def step_version_answer(version: StepTemplateVersion) -> dict[str, Any]:
    """Return a version of a reusable step with its content."""
    return {**version_summary(version), **version.content}


def used_in_answer(used: UsedIn, *, latest: int) -> dict[str, Any]:
    """Return one use of a reusable step."""
    return {
        "template_id": used.template_id,
        "template": used.template,
        "step_id": used.step_id,
        "step": used.step,
        "version": used.number,
        "is_draft": used.is_draft,
        "is_outdated": used.number < latest,
    }


def draft_answer(template: WorkflowTemplate) -> dict[str, Any]:
    """Return a draft with what is known of it."""
    return {
        "document": template.draft,
        "revision": template.draft_revision,
        "base_version": template.draft_base_version,
        "current_version": template.current_version,
        "author": template.draft_author,
        "saved_at": template.draft_saved_at,
    }


def findings_answer(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as JSON."""
    return [finding.as_dict() for finding in findings]


def differences_answer(differences: Iterable[Difference]) -> list[dict[str, Any]]:
    """Return differences as JSON."""
    return [difference.as_dict() for difference in differences]
