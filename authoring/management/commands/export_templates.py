"""Write templates out as files that can be imported again."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from authoring.transfer.documents import FORMATS, write
from authoring.transfer.exporting import Which, document_of, stems
from registry.models import WorkflowTemplate


class Command(BaseCommand):
    """Export the published documents of templates; keys that say nothing are left out."""

    help = "Export templates, all or the named ones, to standard output or to one file each in a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("names", nargs="*", metavar="NAME")
        parser.add_argument("--format", choices=FORMATS, default="json")
        parser.add_argument("--folder", type=Path, help="write one file per template here instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export."""
        templates = WorkflowTemplate.objects.published().order_by("name")
        names = set(options["names"])
        if names:
            templates = templates.filter(name__in=names)
            if missing := sorted(names - {template.name for template in templates}):
                raise CommandError(f"There is no template {', '.join(map(repr, missing))}.")
        kind, folder = options["format"], options["folder"]
        if folder is None:
            documents = [document_of(template, Which.PUBLISHED) for template in templates]
            self.stdout.write(write(documents, kind), ending="")
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for template, stem in zip(templates, stems(template.name for template in templates), strict=True):
                path = folder / f"{stem}.{kind}"
                path.write_text(write([document_of(template, Which.PUBLISHED)], kind), encoding="utf-8")
                self.stderr.write(f"{path}: {template.name} (v{template.current_version})")
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be written: {error.strerror}.") from None
