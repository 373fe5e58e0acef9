"""Templates in the admin. Each group of pages is a mixin of its own; what they do is done by `WorkflowRegistry`."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from authoring.diagram_pages import DiagramPages
from authoring.export_pages import ExportPages
from authoring.import_pages import ImportPages
from registry.models import WorkflowTemplate
from rest.admin import ReadOnlyAdmin


@admin.register(WorkflowTemplate)
class TemplateAdmin(DiagramPages, ImportPages, ExportPages, ReadOnlyAdmin):
    """Where authors work on templates."""

    list_display = ("name", "pages", "category", "is_active", "current_version", "updated_at")
    list_filter = ("is_active", "category")
    search_fields = ("name", "description")

    @admin.display(description="More")
    def pages(self, template: WorkflowTemplate) -> SafeString:
        """Lead to what else there is of a template."""
        page = "admin:registry_workflowtemplate_{}"
        return format_html(
            '<a href="{}">Diagram</a> · <a href="{}">Export</a>',
            *(reverse(page.format(name), args=[template.pk]) for name in ("diagram", "export")),
        )
