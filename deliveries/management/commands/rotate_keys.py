"""Encrypt all secrets anew after a key was put in front of the others."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from deliveries import vault
from deliveries.endpoint_services import encrypt_anew


class Command(BaseCommand):
    """Re-encrypt every secret under the first of ENCRYPTION_KEYS."""

    help = (
        "Encrypt every secret anew under the first of ENCRYPTION_KEYS. Put the new key in front, restart everything, "
        "run this, then take the old key away. It may run beside everything else, and again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--batch", type=int, default=500, help="how many at a time (500)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Re-encrypt in batches."""
        if not 1 <= options["batch"] <= 10_000:
            raise CommandError("--batch must be between 1 and 10000.")
        done, lost = 0, list[str]()
        for renewed, undecipherable in vault.rotate(batch=options["batch"]):
            done, lost = done + renewed, lost + undecipherable
        endpoints, lost_endpoints = encrypt_anew(at=timezone.now())
        lost += [f"webhook endpoint {endpoint_id}" for endpoint_id in lost_endpoints]
        self.stdout.write(f"{done} secrets and those of {endpoints} webhook endpoints are under the first key.")
        if lost:
            raise CommandError(
                f"{len(lost)} cannot be read with any of ENCRYPTION_KEYS: {', '.join(lost[:20])}. "
                "Add the key they were stored under, or store them anew."
            )
