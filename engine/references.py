"""What a valid document asks to happen, and which other templates it names, and where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.definition import EndAction, EndActionType
from engine.findings import pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedAction:
    """An action of a document, with the places of its target and of its config."""

    action: EndAction
    path_target: str
    path_config: str


def actions(document: Mapping[str, Any]) -> Iterator[PlacedAction]:
    """Return every action: the end action, those of endings in the middle, and those of action steps."""
    yield from _placed(document, "", prefix="end_action_")
    for index, step in enumerate(document["steps"]):
        for key, prefix in (("end", "end_action_"), ("action", "")):
            if step.get(key):  # a reserved key may be null
                yield from _placed(step[key], pointer("steps", index, key), prefix=prefix)


def _placed(source: Mapping[str, Any], place: str, *, prefix: str) -> Iterator[PlacedAction]:
    kind = EndActionType(source.get(prefix + "type") or EndActionType.NONE)
    if kind is not EndActionType.NONE:
        target, config = prefix + "target", prefix + "config"
        yield PlacedAction(
            action=EndAction(type=kind, target=source[target], config=source.get(config) or {}),
            path_target=place + pointer(target),
            path_config=place + pointer(config),
        )


def handovers(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Return the templates handed over to, at the regular end or at one in the middle, each with its place."""
    for placed in actions(document):
        if placed.action.type is EndActionType.WORKFLOW:
            yield placed.path_target, placed.action.target


def prerequisite_names(document: Mapping[str, Any]) -> list[str]:
    """Return the templates that must be completed first."""
    return [entry if isinstance(entry, str) else entry["template"] for entry in document["prerequisites"]]


def is_named(name: str, document: Mapping[str, Any]) -> bool:
    """Tell whether a document names a template."""
    return name in prerequisite_names(document) or any(name == target for _, target in handovers(document))
