from django.contrib import admin

from instances.models import Workflow
from rest.admin import ReadOnlyAdmin


@admin.register(Workflow)
class WorkflowAdmin(ReadOnlyAdmin):
    """Workflows, without the values people gave: those are shown by the API to callers who may see them."""

    list_display = ("id", "template", "status", "conversation_id", "user_id", "created_at")
    list_filter = ("status",)
    list_select_related = ("template",)
    search_fields = ("conversation_id", "user_id")
    exclude = ("state_data", "end_action_result")
