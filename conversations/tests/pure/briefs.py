"""Values that tests of briefing begin with."""

from collections.abc import Mapping
from typing import Any

from conversations.briefing.context import context
from conversations.briefing.facts import Around
from engine.definition import Definition
from engine.progress import Progress, locate


def around(**changes: Any) -> Around:
    """Return what surrounds a workflow about which there is nothing to tell."""
    return Around(**{"id": "w1", "template": "loan", "version": 3, "revision": 7, **changes})


def told(
    definition: Definition, progress: Progress, facts: Around | None = None, *, max_chars: int | None = None
) -> Mapping[str, Any]:
    """Return the context of a workflow."""
    where = locate(definition, progress)
    return context(definition, progress, where, facts or around(), stable="STABLE", max_chars=max_chars)
