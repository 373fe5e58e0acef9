"""Templates in the admin. Each group of pages is a mixin of its own; what they do is done by `WorkflowRegistry`."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from authoring.diagram_pages import DiagramPages
from authoring.editor_pages import EditorPages
from authoring.export_pages import ExportPages
from authoring.import_pages import ImportPages
from authoring.template_list import TemplateList
from authoring.trial_pages import TrialPages
from registry.models import WorkflowTemplate


@admin.register(WorkflowTemplate)
class TemplateAdmin(DiagramPages, EditorPages, ExportPages, ImportPages, TrialPages, TemplateList):
    """Where authors work on templates."""

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Show beside each template what else there is of it."""
        return [*super().get_list_display(request), "pages"]

    @admin.display(description="More")
    def pages(self, template: WorkflowTemplate) -> SafeString:
        """Lead to what else there is of a template."""
        page = "admin:registry_workflowtemplate_{}"
        return format_html(
            '<a href="{}">Diagram</a> · <a href="{}">Export</a>',
            *(reverse(page.format(name), args=[template.pk]) for name in ("diagram", "export")),
        )
