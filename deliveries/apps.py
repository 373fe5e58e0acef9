from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DeliveriesConfig(AppConfig):
    """Everything that leaves the building."""

    name = "deliveries"

    def ready(self) -> None:
        """Find the tools of all apps, add checks and offers, and let requests that wait carry out what they asked."""
        # They read models, which are not there before.
        from deliveries import publish_checks  # noqa: PLC0415
        from deliveries.offering import tools_and_secrets  # noqa: PLC0415
        from deliveries.waiting import carry_out_for  # noqa: PLC0415
        from instances import waiting  # noqa: PLC0415
        from registry import offers  # noqa: PLC0415
        from registry.publish_checks import register  # noqa: PLC0415

        autodiscover_modules("workflow_tools")
        register(publish_checks.tools_fit)
        register(publish_checks.secrets_may_be_sent)
        register(publish_checks.urls_may_be_reached)
        waiting.register(carry_out_for)
        offers.register(tools_and_secrets)
