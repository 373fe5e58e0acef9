"""What operators see of deliveries in the admin, and what they can do."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from deliveries import services
from deliveries.models import Channel, Delivery, DeliveryAttempt
from engine.errors import DomainError
from instances.acting import Acting
from permissions.authentication import staff_caller
from rest.admin import ReadOnlyAdmin

if TYPE_CHECKING:
    AttemptInlineOf = admin.TabularInline[DeliveryAttempt, Delivery]
else:  # only the stubs make it generic
    AttemptInlineOf = admin.TabularInline


SEE_SENSITIVE = "instances.view_sensitive"


class AttemptInline(AttemptInlineOf):
    """What came of each attempt."""

    model = DeliveryAttempt
    extra = 0
    can_delete = False
    fields = ("number", "started_at", "ended_at", "result", "code", "reason", "status_code", "came_back")
    readonly_fields = fields

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out what came back where it may hold what this person may not see."""
        is_hidden = obj is not None and obj.is_sensitive and not request.user.has_perm(SEE_SENSITIVE)
        return [name for name in self.fields if not (is_hidden and name == "came_back")]

    @admin.display(description="excerpt")
    def came_back(self, attempt: DeliveryAttempt) -> str:
        """Return the beginning of what came back."""
        return attempt.seen

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
        acting = Acting(caller=staff_caller(request.user), at=timezone.now())
        sent = 0
        for delivery in queryset:
            try:
                services.replay(delivery.pk, acting)
            except DomainError as refusal:
                self.message_user(request, f"{delivery.pk}: {refusal.message}", messages.WARNING)
            else:
                self.log_change(request, delivery, "Sent again.")
                sent += 1
        if sent:
            self.message_user(request, f"{sent} will be sent again.", messages.SUCCESS)


@admin.register(Channel)
class ChannelAdmin(ReadOnlyAdmin):
    """The receivers, and which of them are left alone for a while because they fail."""

    list_display = ("name", "consecutive_failures", "open_until", "last_claimed_at")
    search_fields = ("name",)
    ordering = ("-consecutive_failures", "name")
