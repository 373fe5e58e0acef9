"""Which other templates a valid document names, and where."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.definition import EndActionType
from engine.findings import pointer


def handovers(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Return the templates handed over to, at the regular end or at one in the middle, each with its place."""
    endings = [("", document)]
    endings += [(pointer("steps", i, "end"), step["end"]) for i, step in enumerate(document["steps"]) if "end" in step]
    for place, ending in endings:
        if ending.get("end_action_type") == EndActionType.WORKFLOW:
            yield place + "/end_action_target", ending["end_action_target"]


def prerequisite_names(document: Mapping[str, Any]) -> list[str]:
    """Return the templates that must be completed first."""
    return [entry if isinstance(entry, str) else entry["template"] for entry in document["prerequisites"]]


def is_named(name: str, document: Mapping[str, Any]) -> bool:
    """Tell whether a document names a template."""
    return name in prerequisite_names(document) or any(name == target for _, target in handovers(document))
