"""What the engine knows as the columns of a workflow hold it, and what of it a write moves. It knows no model."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from engine.actions import ActionState, ActionStatus
from engine.conditions import same
from engine.facts import Failed
from engine.progress import Progress


def state_of(stored: Mapping[str, Any]) -> ActionState:
    """Return what is known of a request, as the engine has it."""
    known = {"status": ActionStatus(stored["status"]), "today": date.fromisoformat(stored["today"])}
    return ActionState(**{**stored, **known})


def stored(state: ActionState) -> dict[str, Any]:
    """Return what is known of a request, as JSON."""
    return {**asdict(state), "today": state.today.isoformat()}


def failure_of(failed: Failed) -> dict[str, str]:
    """Return why a workflow failed, as JSON."""
    step = {"step": failed.step} if failed.step else {}
    return {"code": failed.code, "reason": failed.reason, **step}


def is_changed(before: Progress, after: Progress) -> bool:
    """Tell whether anything but attempts and what was said differs.

    `==` would not do for values: to Python, 1 equals True.
    """
    marks = (
        "status",
        "today",
        "sources",
        "skipped",
        "acknowledged",
        "contested",
        "item_ids",
        "last_item_id",
        "actions",
    )
    return not same(before.values, after.values) or any(getattr(before, m) != getattr(after, m) for m in marks)
