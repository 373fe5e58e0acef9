"""Bring reusable steps in from files, folders or standard input."""

from collections.abc import Sequence

from django.utils import timezone

from authoring.management.commands import import_templates
from authoring.transfer.documents import Found
from authoring.transfer.importing import Existing, Taken
from authoring.transfer.step_importing import import_step_file


class Command(import_templates.Command):
    """Import reusable steps as templates are imported; each file is taken in whole or not at all."""

    noun = "reusable step"
    key = "slug"
    help = "Import reusable steps from JSON, JSON Lines or YAML: files, folders (searched), or - for standard input."

    def take_in(self, documents: list[Found], existing: Existing, *, dry_run: bool) -> Sequence[Taken]:
        """Take in the reusable steps of one file, or none of them."""
        actor, at = "command:import_step_templates", timezone.now()
        return import_step_file(documents, existing=existing, dry_run=dry_run, actor=actor, at=at)
