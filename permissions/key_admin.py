"""API keys in the admin: issued by a form and shown once, renamed, revoked; never deleted, for they are a record."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from engine.errors import DomainError
from permissions import services
from permissions.authentication import staff_caller
from permissions.errors import KeyIssuedAlready
from permissions.key_form import WORDS, IssueForm
from permissions.models import ApiKey
from permissions.policy import Scope
from rest.admin import AnyModelAdmin, staff_page

LIST = "admin:permissions_apikey_changelist"


@admin.register(ApiKey)
class ApiKeyAdmin(AnyModelAdmin):
    """Keys that were issued, and issuing and revoking them."""

    list_display = ("name", "prefix", "state", "limited_to", "last_used_at", "expires_at")
    search_fields = ("name", "prefix")
    fields = (
        "name",
        "prefix",
        "state",
        "what_it_may_do",
        "limited_to",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )
    readonly_fields = fields[1:]
    actions = ("revoke",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no: a key is revoked, and stays on record."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        """Fetch the user types with the keys."""
        return super().get_queryset(request).prefetch_related("user_types")

    def get_urls(self) -> list[URLPattern]:
        """Add the page on which revoking is confirmed."""
        revoke = path("revoke/", self.admin_site.admin_view(self.revoke_view), name="permissions_apikey_revoke")
        return [revoke, *super().get_urls()]

    @admin.display(description="state")
    def state(self, key: ApiKey) -> str:
        """Tell whether the key opens anything."""
        if key.revoked_at is not None:
            return "revoked"
        return "expired" if key.expires_at is not None and key.expires_at <= timezone.now() else "in use"

    @admin.display(description="for which user types")
    def limited_to(self, key: ApiKey) -> str:
        """Name the user types that the key is limited to."""
        if not key.is_limited:
            return "all"
        return ", ".join(kind.name for kind in key.user_types.all()) or "none: they were deleted"

    @admin.display(description="what it may do")
    def what_it_may_do(self, key: ApiKey) -> str:
        """Return the scopes in words."""
        known = {str(scope): words for scope, words in WORDS.items()}
        return " ".join(known[scope] for scope in map(str, Scope) if scope in key.scopes)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: Any) -> None:
        """Store the name: all else was decided when the key was issued."""
        obj.save(update_fields=["name"])

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Issue a key. The answer to the form shows it, and nothing that is stored or sent again does."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = IssueForm(request.POST if request.method == "POST" else None, giver=staff_caller(request.user))
        if form.is_valid():
            try:
                return self._issued(request, form)
            except KeyIssuedAlready as refused:
                self.message_user(request, refused.message, messages.WARNING)
                return redirect(LIST)
            except DomainError as refused:  # a user type was deleted meanwhile
                form.add_error(None, refused.message)
        return self._page(request, "issue", title="Issue an API key", form=form)

    @transaction.atomic
    def _issued(self, request: HttpRequest, form: IssueForm) -> HttpResponse:
        text = services.issue_api_key(**form.order())
        key = ApiKey.objects.get(prefix=form.cleaned_data["key_prefix"])
        self.log_addition(request, key, f"Issued with {', '.join(key.scopes)}.")
        return self._page(request, "issued", title="Copy the key now", key=key, text=text)

    @admin.action(description="Revoke the chosen keys", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> HttpResponse:
        """Ask first: what uses the keys stops working at once."""
        ids = ",".join(str(pk) for pk in queryset.order_by("pk").values_list("pk", flat=True))
        return redirect(reverse("admin:permissions_apikey_revoke", query={"ids": ids}))

    def revoke_view(self, request: HttpRequest) -> HttpResponse:
        """Show which keys are to be revoked, and revoke them once that is confirmed."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        ids = [int(part) for part in request.GET.get("ids", "").split(",") if part.isdecimal() and len(part) < 19]
        keys = self.get_queryset(request).filter(pk__in=ids, revoked_at=None)
        if request.method == "POST":
            self._revoke(request, ids)
            return redirect(LIST)
        if not keys:
            self.message_user(request, "None of these keys is in use.", messages.WARNING)
            return redirect(LIST)
        return self._page(request, "revoke", title="Revoke API keys", keys=keys)

    @transaction.atomic
    def _revoke(self, request: HttpRequest, ids: list[int]) -> None:
        for key in services.revoke_api_keys(ids, at=timezone.now()):
            self.log_change(request, key, "Revoked.")
            self.message_user(request, f"{key} is revoked.", messages.SUCCESS)

    def _page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
        """Return one of the pages of keys, which nobody on the way keeps."""
        page = staff_page(self, request, f"apikey/{name}", **context)
        page["Cache-Control"] = "no-store"
        return page
