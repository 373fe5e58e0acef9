"""What somebody must have completed before a workflow may begin, and which of it is still unmet."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from engine.conditions import Condition, Known, evaluate, parse

REGULAR_END = "completed"
"""The outcome of a workflow that was not ended in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prerequisite:
    """A template to complete first; with a check, on what its workflow holds, however it ended."""

    template: str
    check: Condition | None = None

    @classmethod
    def from_document(cls, source: str | Mapping[str, Any]) -> Self:
        """Return the prerequisite that an entry of a valid document states."""
        if isinstance(source, str):
            return cls(template=source)
        check = source.get("check")
        return cls(template=source["template"], check=parse(check) if check is not None else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A completed workflow as a prerequisite sees it: how it ended, and what its conditions know."""

    outcome: str
    known: Known


def unmet(
    prerequisites: Iterable[Prerequisite], finished: Callable[[Prerequisite], Iterable[Finished]]
) -> tuple[str, ...]:
    """Return the templates that are still to be completed, given what was completed of each."""
    return tuple(
        wanted.template for wanted in prerequisites if not any(_meets(wanted, one) for one in finished(wanted))
    )


def _meets(wanted: Prerequisite, one: Finished) -> bool:
    """Tell whether one workflow is enough; a check that is unknown is not."""
    if wanted.check is None:
        return one.outcome == REGULAR_END
    return evaluate(wanted.check, one.known) is True
