"""What a person is asked before something is final. Pure."""

from collections.abc import Mapping
from typing import Any

# To agree is to accept; there is nothing to fill in.
NOTHING_TO_FILL_IN: dict[str, Any] = {"type": "object", "properties": {}}


def question(confirmation: Mapping[str, Any]) -> str:
    """Return what a person is asked: one line for each answer, so that none can pass for another."""
    lines = [f"{_one_line(line['label'])}: {_one_line(line['words'])}" for line in confirmation["summary"]]
    return "\n".join(["Please check this and confirm.", "", *_action(confirmation["action"]), *lines])


def _action(action: Mapping[str, Any] | None) -> list[str]:
    """Return what will be asked for if the person agrees, where it is only that and not yet the end."""
    return [f"{_one_line(action['name'])}.", ""] if action else []


def _one_line(text: Any) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(text)).split())
