from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DeliveriesConfig(AppConfig):
    """Everything that leaves the building."""

    name = "deliveries"

    def ready(self) -> None:
        """Find the tools of all apps, and add the publish checks of what they and secrets are used for."""
        from deliveries import publish_checks  # noqa: PLC0415  it reads models, which are not there before
        from registry.publish_checks import register  # noqa: PLC0415  as above

        autodiscover_modules("workflow_tools")
        register(publish_checks.tools_fit)
        register(publish_checks.secrets_may_be_sent)
