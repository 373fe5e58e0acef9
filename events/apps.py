from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The append-only log."""

    name = "events"
