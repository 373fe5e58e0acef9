from django.contrib import admin

from registry.models import TemplateVersion, WorkflowTemplate
from rest.admin import ReadOnlyAdmin


@admin.register(WorkflowTemplate)
class WorkflowTemplateAdmin(ReadOnlyAdmin):
    """Templates as they are published."""

    list_display = ("name", "category", "is_active", "current_version", "updated_at")
    list_filter = ("is_active", "category")
    search_fields = ("name", "description")


@admin.register(TemplateVersion)
class TemplateVersionAdmin(ReadOnlyAdmin):
    """The history of templates."""

    list_display = ("template", "number", "published_at", "published_by", "note")
    list_select_related = ("template",)
    search_fields = ("template__name",)
