"""Bring templates in from files, folders or standard input."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from authoring.transfer.documents import FORMATS, SUFFIXES, Found, UnreadableFile, files_in, read
from authoring.transfer.importing import Existing, FileRefused, Taken, import_file

STANDARD_INPUT = "-"


class Command(BaseCommand):
    """Import template documents; each file is taken in whole or not at all."""

    noun: ClassVar[str] = "template"
    key: ClassVar[str] = "name"
    help = "Import templates from JSON, JSON Lines or YAML: files, folders (searched), or - for standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and store nothing")
        taken = parser.add_mutually_exclusive_group()
        same = f"a {self.noun} of the same {self.key}"
        taken.add_argument("--update", action="store_true", help=f"{same} gets a new version")
        taken.add_argument("--keep", action="store_true", help=f"{same} stays as it is")
        parser.add_argument("--format", choices=FORMATS, default="json", help="of standard input (default: json)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import every file, then fail if one was refused."""
        existing = Existing.UPDATE if options["update"] else Existing.KEEP if options["keep"] else Existing.REFUSE
        refused = 0
        sources = self._sources(options["paths"], options["format"])
        for number, (name, kind) in enumerate(sources, start=1):
            try:
                text = sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
                imported = self.take_in(read(text, kind), existing, dry_run=options["dry_run"])
            except UnreadableFile as error:
                refused += 1
                self._complain(name, error.message.splitlines())
            except OSError as error:
                refused += 1
                self._complain(name, [f"The file cannot be read: {error.strerror}."])
            except FileRefused as error:
                refused += 1
                self._complain(name, map(str, error.mistakes))
            else:
                for found in imported:
                    self.stdout.write(
                        f"[{number}/{len(sources)}] {name}: {found.name} {found.change} (v{found.version})"
                    )
        if refused:
            raise CommandError(f"{refused} of {len(sources)} files were refused; nothing of them is stored.")
        if options["dry_run"]:
            self.stdout.write("Nothing was stored: this was a dry run.")

    def take_in(self, documents: list[Found], existing: Existing, *, dry_run: bool) -> Sequence[Taken]:
        """Take in the documents of one file, or none of them."""
        actor, at = "command:import_templates", timezone.now()
        return import_file(documents, existing=existing, dry_run=dry_run, actor=actor, at=at)

    def _sources(self, paths: list[str], kind: str) -> list[tuple[str, str]]:
        sources: list[tuple[str, str]] = []
        for path in paths:
            if path == STANDARD_INPUT:
                sources.append((STANDARD_INPUT, kind))
                continue
            try:
                sources += [(str(found), SUFFIXES[found.suffix.lower()]) for found in files_in(Path(path))]
            except UnreadableFile as error:
                raise CommandError(f"{path}: {error.message}") from None
        if not sources:
            raise CommandError(f"No {self.noun} files were found.")
        return sources

    def _complain(self, name: str, messages: Any) -> None:
        for message in messages:
            self.stderr.write(self.style.ERROR(f"{name}: {message}"))
