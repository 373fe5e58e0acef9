"""Checks of what happens at the end: an end action that says what it is to reach, and how."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine import action_checks
from engine.definition import EndActionType
from engine.findings import Finding


def check(source: Mapping[str, Any], path: str, properties: Mapping[str, Any]) -> Iterator[Finding]:
    """Return what is wrong with an end action: that of a document, or that of a step which ends it, at this place."""
    kind = source.get("end_action_type")
    target = source.get("end_action_target") or ""
    if kind not in tuple(EndActionType) or not isinstance(target, str):
        return
    yield from action_checks.check(
        str(kind),
        target,
        source.get("end_action_config"),
        path_target=path + "/end_action_target",
        path_config=path + "/end_action_config",
        properties=properties,
    )
