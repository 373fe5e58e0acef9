from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from permissions.models import ApiKey, UserType, UserTypeWorkflowTemplate
from rest.admin import AnyModelAdmin


@admin.register(UserType)
class UserTypeAdmin(AnyModelAdmin):
    """Kinds of end users."""

    list_display = ("name", "description")
    search_fields = ("name",)


@admin.register(UserTypeWorkflowTemplate)
class GrantAdmin(AnyModelAdmin):
    """Which user type may use which template."""

    list_display = ("user_type", "workflow_template", "created_at")
    list_filter = ("user_type",)
    list_select_related = ("user_type", "workflow_template")
    autocomplete_fields = ("user_type", "workflow_template")


@admin.register(ApiKey)
class ApiKeyAdmin(AnyModelAdmin):
    """Keys that were issued. A new one is made with `manage.py issue_api_key`, which can show it once."""

    list_display = ("name", "prefix", "is_limited", "expires_at", "last_used_at", "revoked_at")
    search_fields = ("name", "prefix")
    fields = ("name", "prefix", "scopes", "is_limited", "user_types", "expires_at", "last_used_at", "revoked_at")
    readonly_fields = ("prefix", "scopes", "is_limited", "user_types", "last_used_at", "revoked_at")
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no: a form could not show the secret once and never again."""
        return False

    @admin.action(description="Revoke the chosen keys", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """Make keys useless from now on."""
        for key in queryset:
            key.revoke(timezone.now())
