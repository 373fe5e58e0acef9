from django.apps import AppConfig


class DeliveriesConfig(AppConfig):
    """Everything that leaves the building."""

    name = "deliveries"

    def ready(self) -> None:
        """Let requests that wait carry out what they asked for."""
        from deliveries.waiting import carry_out_for  # noqa: PLC0415  it reads models, which are not there before
        from instances import waiting  # noqa: PLC0415

        waiting.register(carry_out_for)
