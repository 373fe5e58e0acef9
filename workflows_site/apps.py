from django.apps import AppConfig


class WorkflowsSiteConfig(AppConfig):
    """The wiring."""

    name = "workflows_site"

    def ready(self) -> None:
        """Register the system checks."""
        from workflows_site import checks, openapi  # noqa: F401, PLC0415  importing them registers what they hold
