"""Write templates out as files that can be imported again."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from authoring.documents import FORMATS, write
from registry.documents import DEFAULTS
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
            self.stdout.write(write([_document(template) for template in templates], kind), ending="")
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for template, path in zip(templates, _paths(templates, folder, kind), strict=True):
                path.write_text(write([_document(template)], kind), encoding="utf-8")
                self.stderr.write(f"{path}: {template.name} (v{template.current_version})")
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be written: {error.strerror}.") from None


def _document(template: WorkflowTemplate) -> dict[str, Any]:
    return {key: part for key, part in template.document().items() if key not in DEFAULTS or part != DEFAULTS[key]}


def _paths(templates: Any, folder: Path, kind: str) -> list[Path]:
    """Return a file for each template, named after it; names that look alike on disk get a number."""
    # A name on disk has 255 bytes at most, and a letter up to four.
    used: set[str] = set()
    paths = []
    for template in templates:
        stem = plain = re.sub(r"[^\w.-]+", "_", template.name).strip("._")[:60] or "template"
        number = 1
        while stem.lower() in used:
            number += 1
            stem = f"{plain}-{number}"
        used.add(stem.lower())
        paths.append(folder / f"{stem}.{kind}")
    return paths
