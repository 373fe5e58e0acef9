"""What happened in a run, and whether anything was lost. Pure: it is told everything, and judges at the end."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One request that reached the receiver."""

    workflow: str
    key: str
    was_taken: bool
    """False if the receiver said that it is busy; True even if its answer got lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How often a delivery was attempted, by its own count and by the attempts that are written down."""

    workflow: str
    status: str
    attempts: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What clients were told, what the receiver took, and what is stored in the end."""

    acknowledged: frozenset[str]
    hits: tuple[Hit, ...]
    stored: Mapping[str, str]
    """The status of each workflow."""
    deliveries: tuple[Counted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is wrong, as ids of workflows; nothing, if all is well."""

    lost: tuple[str, ...] = ()
    """Acknowledged, and never taken by the receiver."""
    phantom: tuple[str, ...] = ()
    """Taken by the receiver, and no such workflow was committed."""
    keys: tuple[str, ...] = ()
    """Sent under more than one idempotency key, or under one that another workflow has too."""
    unfinished: tuple[str, ...] = ()
    """Acknowledged, and not completed in the end."""
    unasked: tuple[str, ...] = ()
    """Stored, and nobody was told of it: a request that was sent again took effect twice."""
    miscounted: tuple[str, ...] = ()
    """Attempts that are counted twice, or not written down."""
    completions: int = field(default=0, compare=False)
    repeated: int = field(default=0, compare=False)
    """How many requests the receiver took more than once, each under its one key: the price of never losing any."""

    @property
    def are_none(self) -> bool:
        """Whether nothing is wrong."""
        return self == Findings()

    def __str__(self) -> str:
        names = ("lost", "phantom", "keys", "unfinished", "unasked", "miscounted")
        counts = ", ".join(f"{name} {len(getattr(self, name))}" for name in names)
        return f"{self.completions} completions: {counts}; taken more than once {self.repeated}"


def judge(history: History) -> Findings:
    """Return what is wrong with a run that came to rest."""
    keys_of: dict[str, set[str]] = defaultdict(set)
    workflows_of: dict[str, set[str]] = defaultdict(set)
    taken: dict[str, int] = defaultdict(int)
    for hit in history.hits:
        keys_of[hit.workflow].add(hit.key)
        workflows_of[hit.key].add(hit.workflow)
        taken[hit.workflow] += hit.was_taken
    shared = {name for names in workflows_of.values() if len(names) > 1 for name in names}
    many = {name for name, keys in keys_of.items() if len(keys) > 1}
    return Findings(
        lost=_sorted(name for name in history.acknowledged if not taken.get(name)),
        phantom=_sorted(name for name in keys_of if name not in history.stored),
        keys=_sorted(shared | many),
        unfinished=_sorted(name for name in history.acknowledged if history.stored.get(name) != "completed"),
        unasked=_sorted(set(history.stored) - history.acknowledged),
        miscounted=_sorted(
            found.workflow
            for found in history.deliveries
            if sorted(found.numbers) != list(range(1, found.attempts + 1)) or found.status == "pending"
        ),
        completions=len(history.acknowledged),
        repeated=sum(count > 1 for count in taken.values()),
    )


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
