from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from deliveries import services, vault
from deliveries.models import Channel, Delivery, DeliveryAttempt, Secret
from engine.errors import DomainError
from instances.acting import Acting
from rest.admin import AnyModelAdmin, AnyModelForm, ReadOnlyAdmin
from rest.callers import Caller

if TYPE_CHECKING:
    AttemptInlineOf = admin.TabularInline[DeliveryAttempt, Delivery]
else:  # only the stubs make it generic
    AttemptInlineOf = admin.TabularInline


class AttemptInline(AttemptInlineOf):
    """What came of each attempt."""

    model = DeliveryAttempt
    extra = 0
    can_delete = False
    fields = ("number", "started_at", "ended_at", "result", "code", "reason", "status_code", "excerpt")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is changed here."""
        return False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What left the building or is to, without what it carries: the request holds what people said."""

    list_display = ("created_at", "kind", "status", "channel", "attempts", "code", "next_attempt_at", "settled_at")
    list_filter = ("status", "kind", "created_at")
    list_select_related = ("channel",)
    search_fields = ("=id", "=workflow__id", "channel__name")
    show_full_result_count = False
    ordering = ("-created_at", "id")
    fields = (
        "id",
        "kind",
        "channel",
        "status",
        "code",
        "reason",
        "workflow",
        "step",
        "attempts",
        "max_attempts",
        "is_idempotent",
        "created_at",
        "next_attempt_at",
        "give_up_at",
        "settled_at",
    )
    inlines = (AttemptInline,)
    actions = ("send_again",)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Tell whether somebody may send again what was given up."""
        return request.user.has_perm("deliveries.change_delivery")

    @admin.action(description="Send the chosen deliveries again", permissions=["replay"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Send again, and say for each why not if it cannot be."""
        acting = Acting(caller=Caller(actor=f"admin:{request.user.get_username()}"), at=timezone.now())
        sent = 0
        for delivery in queryset:
            try:
                services.replay(delivery.pk, acting)
            except DomainError as refusal:
                self.message_user(request, f"{delivery.pk}: {refusal.message}", messages.WARNING)
            else:
                sent += 1
        if sent:
            self.message_user(request, f"{sent} will be sent again.", messages.SUCCESS)


@admin.register(Channel)
class ChannelAdmin(ReadOnlyAdmin):
    """The receivers, and which of them are left alone for a while because they fail."""

    list_display = ("name", "consecutive_failures", "open_until", "last_claimed_at")
    search_fields = ("name",)
    ordering = ("-consecutive_failures", "name")


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
        by, at = f"user:{request.user.get_username()}", timezone.now()
        if value := form.cleaned_data["value"]:
            vault.store_secret(obj.name, value=value, hosts=form.hosts, by=by, at=at)
        else:
            vault.bind_secret(obj.name, hosts=form.hosts, by=by, at=at)
