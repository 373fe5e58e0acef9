from django.apps import AppConfig


class InstancesConfig(AppConfig):
    """Workflows."""

    name = "instances"
