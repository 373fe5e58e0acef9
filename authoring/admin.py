"""Templates in the admin. Each group of pages is a mixin of its own; what they do is done by `WorkflowRegistry`."""

from django.contrib import admin

from authoring.diagram.pages import DiagramPages
from authoring.editor.pages import EditorPages
from authoring.reuse.pages import ReusePages
from authoring.reuse.step_template_admin import StepTemplateAdmin
from authoring.template_list import TemplateList
from authoring.transfer.export_pages import ExportPages
from authoring.transfer.import_pages import ImportPages
from authoring.trial.pages import TrialPages
from authoring.versions.pages import VersionPages
from registry.models import WorkflowTemplate

__all__ = ["StepTemplateAdmin", "TemplateAdmin"]


@admin.register(WorkflowTemplate)
class TemplateAdmin(
    DiagramPages, EditorPages, ExportPages, ImportPages, ReusePages, TrialPages, VersionPages, TemplateList
):
    """Where authors work on templates."""
