"""Where a process of a run is prepared for what it is to suffer, by its environment."""

import os

from django.apps import AppConfig


class TortureConfig(AppConfig):
    """Part of the service only under `torture.settings`."""

    name = "torture"

    def ready(self) -> None:
        """Take away the outbox, for the control; or arm the point at which this process kills itself."""
        if os.environ.get("TORTURE_CONTROL"):
            from torture.control import send_on_commit  # noqa: PLC0415  it reads models, which are not there before

            send_on_commit()
