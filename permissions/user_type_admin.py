"""User types in the admin: what is stored and deleted goes through the same services as the API."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from engine.errors import DomainError
from permissions import services
from permissions.models import UserType
from rest.admin import AnyModelAdmin


@admin.register(UserType)
class UserTypeAdmin(AnyModelAdmin):
    """Kinds of end users."""

    list_display = ("name", "description")
    search_fields = ("name",)
    fields = ("name", "description", "what_it_may_use")
    readonly_fields = ("what_it_may_use",)
    actions = None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the form alone for a new one: there is nothing else to tell of it yet."""
        return self.fields[:2] if obj is None else self.fields

    @admin.display(description="what it may use")
    def what_it_may_use(self, user_type: UserType) -> str:
        """Link to its grants."""
        page = reverse("admin:permissions_usertypeworkflowtemplate_changelist", query={"user_types": user_type.name})
        return format_html('<a href="{}">Choose the templates it may use</a>', page)

    def save_model(self, request: HttpRequest, obj: UserType, form: Any, change: Any) -> None:
        """Store what was changed."""
        services.save_user_type(obj, **{name: form.cleaned_data[name] for name in form.changed_data})

    def delete_model(self, request: HttpRequest, obj: UserType) -> None:
        """Remove it and its grants."""
        services.delete_user_type(obj)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Tell what goes with it by counting; whether workflows keep it is for the service to say."""
        count = sum(kind.grants.count() for kind in objs)
        return [str(kind) for kind in objs], {"user types": len(objs), "grants": count}, set(), []

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, and say what happened if somebody else came first."""
        return self._telling(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask first, and say why it stays if it does."""
        return self._telling(request, super().delete_view, *args, **kwargs)

    def _telling(self, request: HttpRequest, view: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = view(request, *args, **kwargs)
        except DomainError as refused:
            self.message_user(request, refused.message, messages.ERROR)
            return redirect("admin:permissions_usertype_changelist")
        return answer
