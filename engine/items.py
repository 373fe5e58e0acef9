"""The ids of list entries: made here, never used twice, so that removing an entry means that one and no other."""

from collections import defaultdict, deque
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from engine.conditions import key_of


class ItemIds:
    """The ids of the entries of all lists of one workflow, in the order of the entries."""

    def __init__(self, ids: Mapping[str, Sequence[int]], last: int) -> None:
        self.ids = {name: tuple(known) for name, known in ids.items()}
        self.last = last

    def append(self, field: str) -> int:
        """Return the id of an entry that was just put at the end of a list."""
        self.last += 1
        self.ids[field] = (*self.ids.get(field, ()), self.last)
        return self.last

    def replace(self, field: str, old: Any, new: Any) -> None:
        """Follow a value that gave way to another: entries that are in both keep their ids, new ones get new ids."""
        kept: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        for entry, known in zip(old if isinstance(old, list) else (), self.ids.pop(field, ()), strict=False):
            kept[key_of(entry)].append(known)
        if isinstance(new, list):
            self.ids[field] = tuple(self._id_of(kept[key_of(entry)]) for entry in new)

    def remove(self, field: str, gone: int) -> int:
        """Forget an entry and return where in the list it was."""
        index = self.ids[field].index(gone)
        self.ids[field] = (*self.ids[field][:index], *self.ids[field][index + 1 :])
        return index

    def _id_of(self, kept: deque[int]) -> int:
        if kept:
            return kept.popleft()
        self.last += 1
        return self.last
