"""Where the processes of the control lose their outbox."""

import os

from django.apps import AppConfig


class TortureConfig(AppConfig):
    """Part of the service only under `torture.settings`."""

    name = "torture"

    def ready(self) -> None:
        """Take away the outbox, if the environment asks for that."""
        if os.environ.get("TORTURE_CONTROL"):
            from torture.control import send_on_commit  # noqa: PLC0415  it reads models, which are not there before

            send_on_commit()
