"""The pages of a template's versions: its history, restoring one as the draft, and two of them side by side."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from authoring.versions.history import changes, draft_document, version_document, versions_context
from authoring.versions.sides import sides_of
from permissions.authentication import staff_caller
from registry.errors import DraftRevisionConflict, VersionNotFound
from registry.models import TemplateVersion, WorkflowTemplate
from registry.registry import WorkflowRegistry
from rest.admin import AnyModelAdmin

PAGE = "admin/registry/workflowtemplate/{}.html"
MAY_CHANGE = "registry.change_workflowtemplate"


class VersionPages(AnyModelAdmin):
    """Shows what was published when and by whom, and what changed."""

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of the versions."""
        watched = self.admin_site.admin_view
        name = "registry_workflowtemplate_{}".format
        pages = [
            path("<uuid:template_id>/versions/", watched(self.versions_view), name=name("versions")),
            path("<uuid:template_id>/versions/<int:number>/restore/", watched(self.restore_view), name=name("restore")),
            path("<uuid:template_id>/compare/", watched(self.compare_view), name=name("compare")),
        ]
        return [*pages, *super().get_urls()]

    def versions_view(self, request: HttpRequest, template_id: UUID) -> TemplateResponse:
        """Show the history: `?page=2`."""
        template = self._seen_template(request, template_id)
        history = versions_context(template, request.GET.get("page", 1), may_change=request.user.has_perm(MAY_CHANGE))
        return self._version_page(request, "versions", template, {"title": "Versions", **history})

    def compare_view(self, request: HttpRequest, template_id: UUID) -> TemplateResponse:
        """Show two versions, or one and the draft, side by side: `?left=2&right=draft`."""
        template = self._seen_template(request, template_id)
        sides = sides_of(template, request.GET)
        context = {"title": "Side by side", "is_below_versions": True, "sides": sides}
        return self._version_page(request, "compare", template, context, status=400 if sides.problem else 200)

    def restore_view(self, request: HttpRequest, template_id: UUID, number: int) -> HttpResponse:
        """Ask whether a version is to become the draft, and make it the draft once that is said."""
        template = self._seen_template(request, template_id)
        if not request.user.has_perm(MAY_CHANGE):
            raise PermissionDenied
        version = _version(template, number)
        if request.method != "POST":
            return self._ask_to_restore(request, template, version)
        expected = request.POST.get("expected_revision", "")
        if not (expected.isascii() and expected.isdecimal() and len(expected) < 10):
            self.message_user(request, "This page was not sent as it was shown. Please try again.", messages.ERROR)
            return self._ask_to_restore(request, template, version, status=400)
        try:
            WorkflowRegistry.restore_as_draft(
                template.pk,
                number,
                actor=staff_caller(request.user).actor,
                at=timezone.now(),
                expected_revision=int(expected),
            )
        except DraftRevisionConflict:
            words = "Somebody changed the draft in the meantime. Below is what it says now."
            self.message_user(request, words, messages.WARNING)
            return self._ask_to_restore(request, self._seen_template(request, template_id), version, status=409)
        self.log_change(request, template, f"Restored version {number} as draft.")
        self.message_user(request, f"The draft says what version {number} said. Nothing is published yet.")
        return HttpResponseRedirect(reverse("admin:registry_workflowtemplate_change", args=[template.pk]))

    def _ask_to_restore(
        self, request: HttpRequest, template: WorkflowTemplate, version: TemplateVersion, *, status: int = 200
    ) -> TemplateResponse:
        restored = version_document(template, version)
        context = {
            "title": f"Restore version {version.number} as draft",
            "is_below_versions": True,
            "version": version,
            "lost": None if template.draft is None else changes(draft_document(template), restored),
            "changed": changes(template.document(), restored),
        }
        return self._version_page(request, "restore", template, context, status=status)

    def _seen_template(self, request: HttpRequest, template_id: UUID) -> WorkflowTemplate:
        """Return a template that this person may look at."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(WorkflowTemplate, pk=template_id)

    def _version_page(
        self,
        request: HttpRequest,
        name: str,
        template: WorkflowTemplate,
        context: dict[str, Any],
        *,
        status: int = 200,
    ) -> TemplateResponse:
        common = {**self.admin_site.each_context(request), "subtitle": template.name, "opts": self.opts}
        everything = {**common, "template": template, **context}
        return TemplateResponse(request, PAGE.format(name), everything, status=status)


def _version(template: WorkflowTemplate, number: int) -> TemplateVersion:
    try:
        return WorkflowRegistry.version(template, number)
    except VersionNotFound as missing:
        raise Http404(missing.message) from None
