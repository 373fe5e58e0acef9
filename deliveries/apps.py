from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    """Everything that leaves the building."""

    name = "deliveries"
