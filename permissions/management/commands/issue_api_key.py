"""Issue an API key from a script or a terminal."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from engine.errors import DomainError
from permissions.policy import LIMITED_SCOPES, Scope
from permissions.services import issue_api_key


class Command(BaseCommand):
    """Print a new API key, and nothing else, on standard output."""

    help = (
        "Issue an API key and print it, this once. Without --scope it may do everything but see sensitive values "
        f"({Scope.WORKFLOWS_SENSITIVE} must be asked for by name); with --user-type it is limited to those user types "
        f"and may hold: {', '.join(sorted(LIMITED_SCOPES))}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("name", help="what the key is for, as shown in the admin")
        parser.add_argument(
            "--scope",
            action="append",
            default=[],
            metavar="SCOPE",
            help=f"one of: {', '.join(sorted(Scope))}; repeatable",
        )
        parser.add_argument("--user-type", action="append", default=[], metavar="NAME", help="repeatable")
        parser.add_argument("--days", type=int, help="how long the key is valid; for ever if not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Issue the key."""
        days = options["days"]
        if not 1 <= len(options["name"].strip()) <= 255:
            raise CommandError("Give the key a name of 1 to 255 characters.")
        if days is not None and not 1 <= days <= 36_500:
            raise CommandError("--days must be between 1 and 36500.")
        try:
            key = issue_api_key(
                options["name"],
                scopes=options["scope"],
                user_types=options["user_type"],
                expires_at=timezone.now() + timedelta(days=days) if days else None,
            )
        except DomainError as error:
            raise CommandError(error.message) from None
        self.stdout.write(key)
