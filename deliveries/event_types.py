"""What webhook endpoints can listen to. Pure."""

from collections.abc import Iterable
from itertools import islice

from engine.errors import did_you_mean

EVENT_TYPES = (
    "workflow.created",
    "workflow.activated",
    "workflow.step_completed",
    "workflow.completed",
    "workflow.failed",
    "workflow.cancelled",
    "workflow.expired",
    "template.published",
)

TEST = "webhook.test"
"""Goes to one endpoint, when somebody asks for it. Nobody listens to it."""

HEARD = frozenset({*EVENT_TYPES, TEST})

_MOST_NAMED = 20


def unknown_types(given: Iterable[str]) -> list[str]:
    """Return a sentence for each name that is no type of event."""
    strange = [name for name in dict.fromkeys(given) if name not in EVENT_TYPES]
    return [_unknown(name) for name in islice(strange, _MOST_NAMED)]


def _unknown(name: str) -> str:
    near = did_you_mean(name, EVENT_TYPES)
    hint = f"Did you mean {near!r}?" if near else f"Known are: {', '.join(EVENT_TYPES)}."
    return f"There is no event type {name[:100]!r}. {hint}"
