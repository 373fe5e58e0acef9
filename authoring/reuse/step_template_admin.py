"""Reusable steps in the admin: what each asks, how it changed, where it is used and who is behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from authoring.reuse.services import as_document
from authoring.reuse.words import fields_in_words, rules_in_words, step_in_words
from engine.differences import differences
from registry import step_templates
from registry.models import StepTemplate, StepTemplateVersion
from registry.step_templates import UsedIn
from rest.admin import ReadOnlyAdmin

MAX_VERSIONS = 20
MAX_USES = 200
"""So many are shown; the API lists all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionInWords:
    """One version, and what it changed against the one before."""

    version: StepTemplateVersion
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One step that was made from a reusable one, and where to bring it up to date."""

    used: UsedIn
    is_behind: bool
    url: str


@admin.register(StepTemplate)
class StepTemplateAdmin(ReadOnlyAdmin):
    """Reusable steps, to look at. They are made of steps of templates, by import, or over the API."""

    list_display = ("name", "slug", "category", "current_version", "updated_at")
    list_filter = ("category",)
    search_fields = ("slug", "name", "description")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Tell of one in plain words."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = get_object_or_404(StepTemplate, pk=_id_of(object_id))
        current = found.current().reusable()
        context = {
            **self.admin_site.each_context(request),
            "title": found.name,
            "subtitle": f"Reusable step {found.slug}",
            "opts": self.opts,
            "step_template": found,
            "step": step_in_words(current),
            "fields": fields_in_words(current),
            "rules": rules_in_words(current),
            "versions": list(_versions(found)),
            "most_versions": MAX_VERSIONS,
            "may_see_uses": request.user.has_perm("registry.view_workflowtemplate"),
            **(extra_context or {}),
        }
        if context["may_see_uses"]:
            uses = list(islice(_uses(found), MAX_USES + 1))
            context |= {"uses": uses[:MAX_USES], "has_more_uses": len(uses) > MAX_USES, "most_uses": MAX_USES}
        return TemplateResponse(request, "authoring/step_template.html", context)


def _id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _versions(found: StepTemplate) -> Iterator[VersionInWords]:
    """Return the latest versions, the newest first; the first one of all changed nothing."""
    shown: list[StepTemplateVersion | None] = list(found.versions.order_by("-number")[: MAX_VERSIONS + 1])
    for version, before in pairwise([*shown, None]):
        if version is not None and not (before is None and version.number > 1):
            changes = differences(as_document(before), as_document(version)) if before else ()
            yield VersionInWords(version=version, changes=tuple(change.words for change in changes))


def _uses(found: StepTemplate) -> Iterator[Use]:
    for used in step_templates.used_by(found.slug):
        page = reverse("admin:registry_workflowtemplate_newer", args=[used.template_id], query={"step": used.step_id})
        yield Use(used=used, is_behind=used.number < found.current_version, url=page)
