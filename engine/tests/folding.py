"""The log read from its beginning: what the facts alone tell of what is stored."""

from collections.abc import Iterable
from typing import Any

from engine.definition import Definition
from engine.facts import Activated, Cancelled, Completed, EndActionRequested, Fact, Paused, Resumed, Submitted
from engine.items import ItemIds
from engine.progress import Progress, Status
from engine.tests.builders import TODAY

_STATUS: dict[type[Fact], Status] = {
    Activated: Status.ACTIVE,
    Paused: Status.PAUSED,
    Resumed: Status.ACTIVE,
    EndActionRequested: Status.FINISHING,
    Completed: Status.COMPLETED,
    Cancelled: Status.CANCELLED,
}


def folded(definition: Definition, facts: Iterable[Fact]) -> Progress:
    """Return what is stored by the facts; that of attempts and of what was said they do not tell."""
    fold = _Fold(definition)
    for fact in facts:
        fold.status = _STATUS.get(type(fact), fold.status)
        if isinstance(fact, Submitted):
            fold.take(fact)
    return Progress(
        status=fold.status,
        today=TODAY,
        values=fold.values,
        sources=fold.sources,
        skipped=frozenset(fold.skipped),
        acknowledged=frozenset(fold.acknowledged),
        contested=frozenset(fold.contested),
        previous=fold.previous,
        item_ids=fold.ids.ids,
        last_item_id=fold.ids.last,
    )


class _Fold:
    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.status = Status.CREATED
        self.values: dict[str, Any] = {}
        self.sources: dict[str, str] = {}
        self.previous: dict[str, Any] = {}
        self.ids = ItemIds({}, 0)
        self.skipped: set[str] = set()
        self.acknowledged: set[str] = set()
        self.contested: set[str] = set()

    def take(self, fact: Submitted) -> None:
        for name in fact.cleared:
            self._take_out(name)
        for name, gone in fact.removed.items():
            for one in gone:
                where = self.ids.remove(name, one)
                self.values[name] = [*self.values[name][:where], *self.values[name][where + 1 :]]
        # A list comes before what is chosen from it, also where entries get their ids.
        for name in sorted({**fact.set, **fact.appended}, key=lambda name: self.definition.distances.get(name, 0)):
            if name in fact.set:
                self.ids.replace(name, self.values.get(name), fact.set[name])
                self.values[name] = fact.set[name]
            for known, entry in fact.appended.get(name, {}).items():
                self.values[name] = [*self.values.get(name, []), entry]
                assert self.ids.append(name) == known
        for name in (*fact.set, *fact.cleared, *fact.removed, *fact.appended):
            self.contested.discard(name)
            self.previous.pop(name, None)
        self.sources |= dict.fromkeys((*fact.set, *fact.removed, *fact.appended), fact.source)
        for name in fact.invalidated:
            self.contested.discard(name)
            self.previous[name] = self._take_out(name)
        self.contested |= set(fact.contested)
        self.skipped |= set(fact.skipped)
        self.acknowledged |= set(fact.acknowledged)

    def _take_out(self, name: str) -> Any:
        value = self.values.pop(name)
        self.sources.pop(name)
        self.ids.replace(name, value, None)
        return value
