"""The page that shows the diagram of a template."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from authoring.diagram.drawing import layout
from registry.documents import working_document
from registry.models import WorkflowTemplate
from registry.step_templates import expansion_of
from rest.admin import AnyModelAdmin


class DiagramPages(AnyModelAdmin):
    """Shows the steps of a template, its branches and its end, to look at and to print."""

    def get_urls(self) -> list[URLPattern]:
        """Add the page of the diagram."""
        page = path(
            "<uuid:template_id>/diagram/",
            self.admin_site.admin_view(self.diagram_view),
            name="registry_workflowtemplate_diagram",
        )
        return [page, *super().get_urls()]

    def diagram_view(self, request: HttpRequest, template_id: UUID) -> TemplateResponse:
        """Show the draft if there is one, else what is published."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        template = get_object_or_404(WorkflowTemplate, pk=template_id)
        context = {
            **self.admin_site.each_context(request),
            "title": "Diagram",
            "subtitle": template.name,
            "opts": self.opts,
            "template": template,
            "diagram": layout(expansion_of(working_document(template)).document),
            "diagram_id": "diagram",
            "editor_url": reverse("admin:registry_workflowtemplate_change", args=[template_id]),
        }
        return TemplateResponse(request, "authoring/diagram.html", context)
