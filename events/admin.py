from django.contrib import admin

from events.models import Event
from rest.admin import ReadOnlyAdmin


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The log, without the values in it."""

    list_display = ("at", "type", "subject_id", "sequence", "actor")
    list_filter = ("type",)
    search_fields = ("=subject_id",)
    exclude = ("data",)
    show_full_result_count = False
