"""A page to try a template out, with plain forms: it works on a phone, without scripts, and keeps nothing."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from authoring.trial.panel import panel, today_of
from registry.documents import working_document
from registry.models import WorkflowTemplate
from registry.step_templates import expansion_of
from rest.admin import AnyModelAdmin


class TrialPages(AnyModelAdmin):
    """What the admin of templates has for trying one out."""

    def get_urls(self) -> list[URLPattern]:
        """Return its page before the others."""
        page = self.admin_site.admin_view(self.try_out)
        return [path("<uuid:template_id>/try/", page, name="registry_workflowtemplate_try"), *super().get_urls()]

    def try_out(self, request: HttpRequest, template_id: UUID) -> HttpResponse:
        """Show the draft, or what is published if there is none, after the button that was pressed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        template = get_object_or_404(WorkflowTemplate, pk=template_id)
        document = expansion_of(working_document(template)).document
        context = {
            **self.admin_site.each_context(request),
            **panel(document, request.POST, today=today_of(document, at=timezone.now())),
            "title": f"Try {template.name}",
            "opts": self.opts,
            "template": template,
            "is_draft": template.draft is not None,
        }
        return TemplateResponse(request, "authoring/try.html", context)
