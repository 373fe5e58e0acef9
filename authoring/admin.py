"""Templates in the admin. Each group of pages is a mixin of its own; what they do is done by `WorkflowRegistry`."""

from django.contrib import admin

from authoring.diagram_pages import DiagramPages
from authoring.editor_pages import EditorPages
from authoring.export_pages import ExportPages
from authoring.import_pages import ImportPages
from authoring.reuse_pages import ReusePages
from authoring.step_template_admin import StepTemplateAdmin
from authoring.template_list import TemplateList
from authoring.trial_pages import TrialPages
from authoring.version_pages import VersionPages
from registry.models import WorkflowTemplate

__all__ = ["StepTemplateAdmin", "TemplateAdmin"]


@admin.register(WorkflowTemplate)
class TemplateAdmin(
    DiagramPages, EditorPages, ExportPages, ImportPages, ReusePages, TrialPages, VersionPages, TemplateList
):
    """Where authors work on templates."""
