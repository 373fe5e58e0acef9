"""Webhook endpoints in the admin: everything goes through the same services as the API."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from deliveries import endpoint_services as services
from deliveries.endpoint_errors import EndpointInvalid
from deliveries.endpoints import WebhookEndpoint
from deliveries.event_types import EVENT_TYPES
from deliveries.models import Channel
from engine.errors import DomainError
from permissions.authentication import staff_caller
from rest.admin import AnyModelAdmin

if TYPE_CHECKING:
    EndpointModelForm = forms.ModelForm[WebhookEndpoint]
else:  # only the stubs make it generic
    EndpointModelForm = forms.ModelForm


class EndpointForm(EndpointModelForm):
    """An endpoint, with types of events to tick."""

    event_types = forms.MultipleChoiceField(
        choices=[(name, name) for name in EVENT_TYPES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Tick none to hear of everything.",
    )

    class Meta:
        model = WebhookEndpoint
        fields = ("url", "description", "event_types", "is_active")

    def clean(self) -> dict[str, Any]:
        """Say everything that is wrong, beside the field that it is about."""
        cleaned = super().clean() or {}
        try:
            services.check_endpoint(cleaned)
        except EndpointInvalid as refused:
            for error in refused.details["errors"]:
                self.add_error(error["path"].removeprefix("/"), error["message"])
        return cleaned


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(AnyModelAdmin):
    """Where webhooks go, and how each receiver is doing."""

    form = EndpointForm
    list_display = ("__str__", "url", "is_active", "failing_since", "last_success_at", "disabled_reason")
    list_filter = ("is_active",)
    search_fields = ("description", "url")
    readonly_fields = (
        "id",
        "disabled_reason",
        "disabled_at",
        "failing_since",
        "last_success_at",
        "created_at",
        "updated_at",
        "deliveries",
    )
    actions = ("enable", "disable", "rotate", "send_test")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the form alone for a new endpoint: there is nothing else to tell of it yet."""
        return EndpointForm.Meta.fields if obj is None else (*EndpointForm.Meta.fields, *self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: WebhookEndpoint, form: Any, change: Any) -> None:
        """Store it, and show the secret of a new one this once."""
        if change:
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            services.change_endpoint(obj.pk, changes, at=timezone.now())
        else:
            self._show(request, services.create_endpoint(at=timezone.now(), id=obj.pk, **form.cleaned_data))

    @admin.display(description="deliveries")
    def deliveries(self, endpoint: WebhookEndpoint) -> str:
        """Link to what was sent to this endpoint, or is to be."""
        channel = Channel.objects.filter(name=endpoint.channel_name).first()
        if channel is None:
            return "Nothing was sent here yet."
        page = reverse("admin:deliveries_delivery_changelist", query={"channel__id__exact": channel.pk})
        return format_html('<a href="{}">What was sent here, or is to be</a>', page)

    @admin.action(description="Enable the chosen endpoints", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Send to these again, and forget their failures."""
        for endpoint in queryset:
            services.change_endpoint(endpoint.pk, {"is_active": True}, at=timezone.now())
            self.log_change(request, endpoint, "Enabled.")

    @admin.action(description="Disable the chosen endpoints", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Send no more to these."""
        for endpoint in queryset:
            services.change_endpoint(endpoint.pk, {"is_active": False}, at=timezone.now())
            self.log_change(request, endpoint, "Disabled.")

    @admin.action(description="Rotate the secrets of the chosen endpoints", permissions=["change"])
    def rotate(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Make new secrets, each shown this once; the old ones are valid for a day."""
        for endpoint in queryset:
            with self._telling(request):
                self._show(request, services.rotate_secret(endpoint.pk, at=timezone.now()))
                self.log_change(request, endpoint, "Made a new secret.")

    @admin.action(description="Send a test event to the chosen endpoints", permissions=["change"])
    def send_test(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """Have a test event sent to each."""
        actor = staff_caller(request.user).actor
        for endpoint in queryset:
            with self._telling(request):
                services.send_test(endpoint.pk, actor=actor, at=timezone.now())
                self.log_change(request, endpoint, "Sent a test event.")
                self.message_user(request, f"A test event is on its way to {endpoint}.")

    @contextmanager
    def _telling(self, request: HttpRequest) -> Iterator[None]:
        """Tell the person why something cannot be done."""
        try:
            yield
        except DomainError as refused:
            self.message_user(request, refused.message, messages.ERROR)

    def _show(self, request: HttpRequest, made: services.WithSecret) -> None:
        words = f"The secret of {made.endpoint} is {made.secret} - copy it now: it is not shown again."
        self.message_user(request, words, messages.WARNING)
