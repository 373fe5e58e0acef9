from django.apps import AppConfig


class AuthoringConfig(AppConfig):
    """Where authors work: import and export now, the editor later."""

    name = "authoring"
