"""The points at which a process may be killed or fall asleep, and how to let it do that to itself.

Nothing in the service knows of them: in the process that is to suffer, one function is replaced by one that signals.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import import_module
from signal import Signals, pthread_kill
from threading import get_ident
from typing import Any

from django.db import connection


class Moment(StrEnum):
    """When to die, seen from a function that writes something."""

    BEFORE = "before"
    AFTER = "after"
    BEFORE_COMMIT = "before commit"
    """When everything of the transaction is written."""
    AFTER_COMMIT = "after commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A function of the service, and when to die."""

    process: str
    module: str
    name: str
    moment: Moment
    requests: int = 1
    """How many requests the receiver sees in the end: two, if the first had arrived when its sender died."""


def _points() -> dict[str, Point]:
    writes = [
        ("event", "web", "events.models", "EventQuerySet.write", ()),
        ("dispatch", "worker", "deliveries.dispatch", "_write", ()),
        ("claim", "worker", "deliveries.models", "DeliveryQuerySet.take", ()),
        ("begin", "worker", "deliveries.models", "Delivery.begin_attempt", ()),
        ("settle", "worker", "deliveries.settling", "follow", (Moment.BEFORE, Moment.AFTER, Moment.BEFORE_COMMIT)),
    ]
    found = {
        f"{word} {moment}": Point(
            process=process, module=module, name=name, moment=moment, requests=2 if moment in twice else 1
        )
        for word, process, module, name, twice in writes
        for moment in Moment
    }
    before = Point(process="worker", module="deliveries.attempts", name="send", moment=Moment.BEFORE)
    found["send before"] = before
    found["send after"] = replace(before, moment=Moment.AFTER, requests=2)
    return found


POINTS = _points()


def arm(point: Point, number: Signals) -> None:
    """Let this process send itself a signal when it first gets to a point: SIGKILL, or SIGSTOP to fall asleep."""
    owner: Any = import_module(point.module)
    *path, attribute = point.name.split(".")
    for name in path:
        owner = getattr(owner, name)
    setattr(owner, attribute, _trapped(getattr(owner, attribute), point.moment, number))


def _trapped(original: Callable[..., Any], moment: Moment, number: Signals) -> Callable[..., Any]:
    spent: list[Signals] = []

    def fall() -> None:
        spent.append(number)
        # To this thread: another one that takes the signal lets this one run on for a while.
        pthread_kill(get_ident(), number)

    def replaced(*args: Any, **kwargs: Any) -> Any:
        if spent:
            return original(*args, **kwargs)
        if moment is Moment.BEFORE:
            fall()
        result = original(*args, **kwargs)
        if moment is Moment.AFTER:
            fall()
        if moment in (Moment.BEFORE_COMMIT, Moment.AFTER_COMMIT):
            _fall_at_commit(fall, moment)
        return result

    return replaced


def _fall_at_commit(fall: Callable[[], None], moment: Moment) -> None:
    """Fall at the next commit of this thread: other threads have connections of their own."""
    commit = connection.commit

    def committing() -> None:
        connection.commit = commit  # type: ignore[method-assign]
        if moment is Moment.BEFORE_COMMIT:
            fall()
        commit()
        if moment is Moment.AFTER_COMMIT:
            fall()

    connection.commit = committing  # type: ignore[method-assign]
