"""Secrets in the admin: their values go in and never out."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from deliveries import vault
from deliveries.models import Secret
from engine.errors import DomainError
from permissions.authentication import staff_caller
from rest.admin import AnyModelAdmin, AnyModelForm


class SecretForm(AnyModelForm):
    """A secret to store or to change; what it is, is never shown again."""

    hosts_text = forms.CharField(
        label="Hosts",
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        help_text="One a line, like bank.example, *.bank.example or bank.example:8443.",
    )
    value = forms.CharField(
        required=False,
        strip=False,
        max_length=vault.MAX_VALUE,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password", "size": 60}),
        help_text="Stored encrypted and never shown again. Leave it empty to keep the value there is.",
    )

    class Meta:
        model = Secret
        fields: ClassVar = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show the hosts there are, one a line."""
        super().__init__(*args, **kwargs)
        self.fields["hosts_text"].initial = "\n".join(self.instance.hosts)

    def clean(self) -> dict[str, Any]:
        """Refuse, beside its field, what the vault would refuse."""
        cleaned: dict[str, Any] = super().clean() or {}
        name, value = self.instance.name or cleaned.get("name", ""), cleaned.get("value", "")
        if self.instance._state.adding and not value and "value" not in self.errors:
            self.add_error("value", "A new secret needs a value.")
        for field, check in (
            ("name", lambda: vault.check_name(name)),
            ("value", lambda: vault.check_value(value) if value else None),
            ("hosts_text", lambda: vault.checked_hosts(self.hosts)),
        ):
            try:
                if field in cleaned:
                    check()
            except DomainError as refused:
                self.add_error(field, refused.message)
        return cleaned

    @property
    def hosts(self) -> list[str]:
        """The hosts that were written down."""
        return str(self.cleaned_data.get("hosts_text", "")).split()


@admin.register(Secret)
class SecretAdmin(AnyModelAdmin):
    """Secrets: where they may go and when they last went; their values go in and never out."""

    form = SecretForm
    list_display = ("name", "hosts_shown", "last_used_at", "updated_at", "updated_by")
    search_fields = ("name",)
    fields = ("name", "value", "hosts_text", "created_at", "updated_at", "updated_by", "last_used_at")
    readonly_fields = ("created_at", "updated_at", "updated_by", "last_used_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the name of a secret that is there: it is what templates call it by."""
        return self.readonly_fields if obj is None else ("name", *self.readonly_fields)

    @admin.display(description="hosts")
    def hosts_shown(self, secret: Secret) -> str:
        """Return the hosts in one line."""
        return ", ".join(secret.hosts)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        """Store it as the API does."""
        by, at = staff_caller(request.user).actor, timezone.now()
        if value := form.cleaned_data["value"]:
            vault.store_secret(obj.name, value=value, hosts=form.hosts, by=by, at=at)
        else:
            vault.bind_secret(obj.name, hosts=form.hosts, by=by, at=at)
