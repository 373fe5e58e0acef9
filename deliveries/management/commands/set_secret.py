"""Store a secret from a script or a terminal."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from deliveries.vault import store_secret
from engine.errors import DomainError


class Command(BaseCommand):
    """Store a secret whose value comes from standard input: arguments are seen by everybody on the machine."""

    help = "Store a secret, or give it a new value. The value is asked for, or read from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("name", help="what templates call it, as in {{secret:bank}}")
        parser.add_argument(
            "--host",
            action="append",
            required=True,
            metavar="HOST",
            help="where it may be sent: bank.example, *.bank.example or bank.example:8443; repeatable",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Store it."""
        value = getpass("Value: ") if sys.stdin.isatty() else sys.stdin.read().rstrip("\r\n")
        try:
            _, is_new = store_secret(
                options["name"], value=value, hosts=options["host"], by="operator", at=timezone.now()
            )
        except DomainError as error:
            raise CommandError(error.message) from None
        self.stdout.write("Stored." if is_new else "Replaced.")
