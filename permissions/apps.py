from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    """User types, grants and API keys."""

    name = "permissions"
    label = "permissions"
