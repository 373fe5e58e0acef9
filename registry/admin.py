from django.contrib import admin

from registry.models import TemplateVersion
from rest.admin import ReadOnlyAdmin


@admin.register(TemplateVersion)
class TemplateVersionAdmin(ReadOnlyAdmin):
    """The history of templates."""

    list_display = ("template", "number", "published_at", "published_by", "note")
    list_select_related = ("template",)
    search_fields = ("template__name",)
