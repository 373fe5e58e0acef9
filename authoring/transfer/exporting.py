"""Giving templates out as documents that can be imported again, and the names of their files."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from authoring.transfer.documents import write
from engine.conditions import same
from engine.errors import Conflict
from registry.documents import ANSWER_KEYS, DEFAULTS
from registry.models import WorkflowTemplate

MAX_EXPORTED = 200
"""So many go into one file from the admin; a command exports all."""


class Which(StrEnum):
    """Which document of a template is given out."""

    PUBLISHED = "published"
    DRAFT = "draft"


class NothingToExport(Conflict):
    """What was chosen has no document of this kind."""

    code = "nothing_to_export"


def document_of(template: WorkflowTemplate, which: Which) -> dict[str, Any]:
    """Return the document of a template without the keys that say nothing; for a draft, what is published if none is.

    :raises NothingToExport: it was never published, and what is published is wanted
    """
    if which is Which.DRAFT and template.draft is not None:
        return _telling({key: part for key, part in template.draft.items() if key not in ANSWER_KEYS})
    if not template.is_published:
        raise NothingToExport(f"“{template.name}” was never published. Choose its draft, or leave it out.")
    return _telling(template.document())


def file_of(templates: Iterable[WorkflowTemplate], which: Which, kind: str) -> tuple[str, str]:
    """Return one file with the documents of these templates: its name and its text. Several in JSON are one a line.

    :raises NothingToExport: one of them was never published, and what is published is wanted
    """
    chosen = list(templates)
    documents = [document_of(template, which) for template in chosen]
    kind = "jsonl" if kind == "json" and len(documents) != 1 else kind
    return f"{_stem_of(chosen, which)}.{kind}", write(documents, kind)


def stem(name: str) -> str:
    """Return a name as the name of a file, without what some disk or header would not take."""
    # A name on disk has 255 bytes at most, and a letter up to four.
    return re.sub(r"[^\w.-]+", "_", name).strip("._")[:60] or "template"


def stems(names: Iterable[str]) -> list[str]:
    """Return the names of files for these names; those that look alike on disk get a number."""
    used: set[str] = set()
    found = []
    for name in names:
        plain = unique = stem(name)
        number = 1
        while unique.lower() in used:
            number += 1
            unique = f"{plain}-{number}"
        used.add(unique.lower())
        found.append(unique)
    return found


def _stem_of(templates: list[WorkflowTemplate], which: Which) -> str:
    if len(templates) != 1:
        return "templates" if which is Which.PUBLISHED else "templates-drafts"
    only = templates[0]
    is_draft = which is Which.DRAFT and only.draft is not None
    return f"{stem(only.name)}-{'draft' if is_draft else f'v{only.current_version}'}"


def _telling(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in document.items() if key not in DEFAULTS or not same(part, DEFAULTS[key])}
