from django.apps import AppConfig


class AuthoringConfig(AppConfig):
    """Where authors work: the editor, and what is around it."""

    name = "authoring"
