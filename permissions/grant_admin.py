"""Grants in the admin: one table to tick, whose changes go through the same services as the API."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from permissions import services
from permissions.grants_page import GIVE, TAKE, Toggled, table, toggled
from permissions.models import UserTypeWorkflowTemplate
from permissions.services import ChangedGrants
from rest.admin import AnyModelAdmin, staff_page


@admin.register(UserTypeWorkflowTemplate)
class GrantAdmin(AnyModelAdmin):
    """Which user type may use which template."""

    readonly_fields = ("user_type", "workflow_template", "created_at")
    list_select_related = ("user_type", "workflow_template")
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no: a grant is given in the table."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no: a grant is there or not."""
        return False

    def delete_model(self, request: HttpRequest, obj: UserTypeWorkflowTemplate) -> None:
        """Take a grant away."""
        services.take_away(user_type_id=obj.user_type_id, workflow_template_id=obj.workflow_template_id)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the table, and store what was toggled in it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            wanted = toggled(request.POST)
            if (wanted.give and not request.user.has_perm(GIVE)) or (wanted.take and not request.user.has_perm(TAKE)):
                raise PermissionDenied
            self._tell(request, self._change(request, wanted))
            return redirect(request.get_full_path())
        title = "What each user type may use"
        return staff_page(self, request, "usertypeworkflowtemplate/table", title=title, **table(request))

    @transaction.atomic
    def _change(self, request: HttpRequest, wanted: Toggled) -> ChangedGrants:
        """Store it, and note with each user type who did, for a grant that was taken away has no history."""
        changed = services.change_grants(give=wanted.give, take=wanted.take)
        for grant in changed.given:
            self.log_change(request, grant.user_type, f"May use {grant.workflow_template}.")
        for grant in changed.taken:
            self.log_change(request, grant.user_type, f"May not use {grant.workflow_template} any more.")
        return changed

    def _tell(self, request: HttpRequest, changed: ChangedGrants) -> None:
        if changed.missing:
            words = f"{changed.missing} could not be given: the user type or the template was deleted meanwhile."
            self.message_user(request, words, messages.WARNING)
        told = [f"{grant}." for grant in changed.given]
        told += [f"{grant.user_type} may not use {grant.workflow_template} any more." for grant in changed.taken]
        self.message_user(request, " ".join(told) or "Nothing was changed.", messages.SUCCESS)
