"""Encrypt everything anew after a key was put in front of the others, and seal what is stored in plain."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from deliveries.rotation import Rotated, rotated


class Command(BaseCommand):
    """Bring everything that is encrypted under the first of ENCRYPTION_KEYS."""

    help = (
        "Encrypt everything anew under the first of ENCRYPTION_KEYS: secrets, sensitive values, requests, answers. "
        "Put the new key in front, restart everything, run this, then take the old key away. It also seals values that "
        "were stored before their field was sensitive. It may run beside everything else, and again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--batch", type=int, default=500, help="how many at a time (500)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Re-encrypt in batches."""
        if not 1 <= options["batch"] <= 10_000:
            raise CommandError("--batch must be between 1 and 10000.")
        lost: list[str] = []
        for kind in rotated(batch=options["batch"], at=timezone.now()):
            self.stdout.write(f"{kind.name}: {kind.count} under the first key.")
            lost += _named(kind)
        if lost:
            raise CommandError(
                f"{len(lost)} cannot be read with any of ENCRYPTION_KEYS: {', '.join(lost[:20])}. "
                "Add the key they were stored under; a secret can also be stored anew."
            )


def _named(kind: Rotated) -> list[str]:
    return [f"{kind.one} {key}" for key in kind.lost]
