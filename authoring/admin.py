"""Templates in the admin. Each group of pages is a mixin of its own; what they do is done by `WorkflowRegistry`."""

from django.contrib import admin

from authoring.diagram_pages import DiagramPages
from authoring.export_pages import ExportPages
from authoring.reuse_pages import ReusePages
from authoring.step_template_admin import StepTemplateAdmin
from authoring.trial_pages import TrialPages
from registry.models import WorkflowTemplate
from rest.admin import ReadOnlyAdmin

__all__ = ["StepTemplateAdmin", "TemplateAdmin"]


@admin.register(WorkflowTemplate)
class TemplateAdmin(DiagramPages, ExportPages, ReusePages, TrialPages, ReadOnlyAdmin):
    """Where authors work on templates."""

    list_display = ("name", "category", "is_active", "current_version", "updated_at")
    list_filter = ("is_active", "category")
    search_fields = ("name", "description")
