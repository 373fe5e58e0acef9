"""Make a fresh database usable: sample templates and user types, an admin login, an API key."""

import secrets
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from authoring.transfer.documents import read
from deliveries.vault import store_secret
from permissions.models import ApiKey, UserType
from permissions.services import grant, issue_api_key, save_user_type
from registry.models import WorkflowTemplate

EXAMPLES = Path(settings.BASE_DIR) / "examples"
KEY_NAME = "quick start"
ADMIN_NAME = "admin"


class Command(BaseCommand):
    """Load the examples and let the first person in. Running it again keeps what is there."""

    help = "Load examples/, create an admin login and an API key, and print both, this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the service will be reached")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is not done yet, and tell."""
        if not WorkflowTemplate.objects.exists() and not UserType.objects.exists():
            _load_examples()
        url = options["url"].rstrip("/")
        self.stdout.write(f"\nDocumentation  {url}/api/docs\nAdmin          {url}/admin/")
        if password := _add_admin():
            self.stdout.write(f"Admin login    {ADMIN_NAME} / {password}   (shown this once)")
        if key := _add_key():
            self.stdout.write(f"API key        {key}   (shown this once)")
        shown = key or "$API_KEY"
        self.stdout.write(
            f"\nTry it:\n  curl -H \"Authorization: Bearer {shown}\" '{url}/api/workflow-templates?limit=1'\n"
        )
        if not key:
            self.stdout.write("Another API key:  .venv/bin/python manage.py issue_api_key NAME\n")


@transaction.atomic
def _load_examples() -> None:
    """Fill an empty database; what people take out of it later stays out."""
    for entry in read((EXAMPLES / "secrets.yaml").read_bytes(), "yaml"):
        # The hosts exist nowhere, so any value will do; without one, nobody could publish what names it.
        store_secret(**entry.document, value=secrets.token_urlsafe(24), by="bootstrap", at=timezone.now())
    call_command("import_step_templates", str(EXAMPLES / "step_templates"), stdout=StringIO())
    call_command("import_templates", str(EXAMPLES / "templates"), stdout=StringIO())
    for entry in read((EXAMPLES / "user_types.yaml").read_bytes(), "yaml"):
        _add_user_type(**entry.document)


def _add_user_type(*, name: str, description: str, templates: list[str]) -> None:
    kind = save_user_type(UserType(), name=name, description=description)
    for template in WorkflowTemplate.objects.filter(name__in=templates):
        grant(user_type_id=kind.pk, workflow_template_id=template.pk)


def _add_admin() -> str | None:
    """Make the first superuser and return the password, or None if there is one, or the name is taken."""
    users = get_user_model()
    if users.objects.filter(Q(is_superuser=True) | Q(username=ADMIN_NAME)).exists():
        return None
    password = secrets.token_urlsafe(12)
    users.objects.create_superuser(ADMIN_NAME, password=password)
    return password


def _add_key() -> str | None:
    """Issue the first API key and return it, or None if there is one."""
    return None if ApiKey.objects.exists() else issue_api_key(KEY_NAME)
