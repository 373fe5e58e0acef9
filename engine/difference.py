"""One difference between two documents, and the words it is told in. What differs is found by `engine.differences`."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Any, Final, Self

from engine.conditions import same
from engine.findings import pointer
from engine.plain_words import quoted
from engine.wording import Vocabulary

MOST_INLINE = 160
"""So many characters of the author's texts are told within a sentence; longer ones only beside it."""

OPAQUE = "changed in a way only a developer can read"


class Kind(StrEnum):
    """What happened to a part of a document."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class Part(StrEnum):
    """Where in the editor it is."""

    ABOUT = "about"
    INFORMATION = "information"
    STEPS = "steps"
    FINISH = "finish"


class Missing(Enum):
    """What stands for a key that is not there: null is a value."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


def kind_of(before: Any, after: Any, *, absent: Any = MISSING) -> Kind:
    """Return what happened to a value, one of which may be absent."""
    return Kind.ADDED if before is absent else Kind.REMOVED if after is absent else Kind.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that differs: in a sentence, with what it was and what it is now, and the JSON Pointer of its place.

    The path leads into the later document; to what was removed, it is the one that it had.
    """

    kind: Kind
    part: Part
    subject: str
    words: str
    before: str | None = None
    after: str | None = None
    path: str

    @property
    def tells_all(self) -> bool:
        """Whether the sentence holds what it was and what it is now."""
        return all(text is None or text in self.words for text in (self.before, self.after))

    def as_dict(self) -> dict[str, Any]:
        """Return the difference as JSON."""
        return {
            "kind": str(self.kind),
            "part": str(self.part),
            "subject": self.subject,
            "words": self.words,
            "before": self.before,
            "after": self.after,
            "path": self.path,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in both documents: what people call it, and in which words each of the two speaks."""

    part: Part
    subject: str
    path: str = ""
    noun: str = "Field"
    """What the parts of a thing are called here."""
    before: Vocabulary
    after: Vocabulary

    def at(self, *keys: str | int, subject: str | None = None, noun: str | None = None) -> Self:
        """Return a place below this one."""
        path = self.path + pointer(*keys)
        return replace(self, path=path, subject=subject or self.subject, noun=noun or self.noun)

    @property
    def key(self) -> str:
        """The last key of the path."""
        return self.path.rpartition("/")[2].replace("~1", "/").replace("~0", "~")

    def tell(
        self, words: str, kind: Kind = Kind.CHANGED, *, before: str | None = None, after: str | None = None
    ) -> Difference:
        """Return a difference told as what it is about and, after a colon, what differs."""
        return self._told(f"{self.subject}: {words}", kind, before, after)

    def state(
        self, words: str, kind: Kind = Kind.CHANGED, *, before: str | None = None, after: str | None = None
    ) -> Difference:
        """Return a difference told as one sentence, of which the subject is the beginning."""
        return self._told(f"{self.subject} {words}", kind, before, after)

    def _told(self, words: str, kind: Kind, before: str | None, after: str | None) -> Difference:
        return Difference(
            kind=kind, part=self.part, subject=self.subject, words=words, before=before, after=after, path=self.path
        )


type Both = tuple[Mapping[str, Any], Mapping[str, Any]]
"""What a value stands in, in the earlier and in the later document."""

type Telling = Sequence[Difference] | None
"""What is told of two values that are not the same: nothing if it is told elsewhere, None if there are no words."""

type Teller = Callable[[Place, Any, Any, Both], Telling]
"""What tells how the values of one key differ, which are not the same."""

type Reading = Callable[[Any, Mapping[str, Any], Vocabulary], str | None]
"""How a value is read, given what it stands in and the words of its document; None if there is nothing to say of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """How a change of one keyword is told, once it is read."""

    reading: Reading
    fact: str
    added: str
    removed: str
    changed: str
    in_short: str | None = None
    """What is said instead if the texts are long."""

    def described(self, value: Any, within: Mapping[str, Any], words: Vocabulary) -> str | None:
        """Return a value as a fact about the thing that has it, or None if there is nothing to say of it."""
        read = self.reading(value, within, words)
        return None if read is None else self.fact.format(value=read)

    def told(self, place: Place, before: Any, after: Any, within: Both) -> Telling:
        """Return the difference of two values that are not the same; what cannot be read counts as not there."""
        old = None if before is MISSING else self.reading(before, within[0], place.before)
        new = None if after is MISSING else self.reading(after, within[1], place.after)
        if old == new:
            return None
        if self.in_short and len(old or "") + len(new or "") > MOST_INLINE:
            words = f"{self.in_short} {kind_of(old, new, absent=None)}"
        else:
            words = self.added if old is None else self.removed if new is None else self.changed
            words = words.format(before=old, after=new)
        return [place.tell(words, before=old, after=new)]


def phrase(lead: str, reading: Reading) -> Saying:
    """Return the saying of a limit: at most 90 becomes 60."""
    return Saying(
        reading=reading,
        fact=f"{lead} {{value}}",
        added=f"now {lead} {{after}}",
        removed=f"no longer {lead} {{before}}",
        changed=f"{lead} {{before}} becomes {{after}}",
    )


def clause(lead: str, joint: str, reading: Reading) -> Saying:
    """Return the saying of a condition: now asked only if this, before only if that."""
    return Saying(
        reading=reading,
        fact=f"{lead} {joint} {{value}}",
        added=f"now {lead} {joint} {{after}}",
        removed=f"no longer {lead} {joint} {{before}}",
        changed=f"now {lead} {joint} {{after}}; before, {joint} {{before}}",
    )


def noun(name: str, reading: Reading) -> Saying:
    """Return the saying of a text: help “A” becomes “B”."""
    return Saying(
        reading=reading,
        fact=f"{name}: {{value}}",
        added=f"{name} added, {{after}}",
        removed=f"{name} removed, {{before}}",
        changed=f"{name} {{before}} becomes {{after}}",
        in_short=name,
    )


def flag(words: str, *, when: Any = True) -> Saying:
    """Return the saying of what is so or not so; it is so if the value is `when`."""
    return Saying(
        reading=lambda value, _within, _words: words if same(value, when) else None,
        fact="{value}",
        added="now {after}",
        removed="no longer {before}",
        changed="",
    )


def text(value: Any, _within: Mapping[str, Any], _words: Vocabulary) -> str | None:
    """Read a text of the author's; an empty one says nothing."""
    return quoted(value) if isinstance(value, str) and value else None


def wording(value: Any, _within: Mapping[str, Any], words: Vocabulary) -> str | None:
    """Read likewise a text that is filled in with answers."""
    return quoted(words.text(value)) if isinstance(value, str) and value else None


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Return each key of which the values differ, with both; `MISSING` stands for one that is not there."""
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key, MISSING), after.get(key, MISSING)
        if not same(old, new):
            yield key, old, new


def moved[Key: Hashable](before: Sequence[Key], after: Sequence[Key]) -> list[tuple[Key, Key | None]]:
    """Return the fewest keys that must be moved so that those in both orders stand as in the second.

    Each comes with the one that it stands after now, if there is one. What stays is a longest increasing subsequence
    (Fredman, 1975); keys are unique in each order.
    """
    places = {key: place for place, key in enumerate(before)}
    common = [key for key in after if key in places]
    ends: list[int] = []  # for each length, the sequence of this length that ends earliest: where it ends ...
    last: list[int] = []  # ... and with which of the common ones
    previous: list[int] = []
    for index, key in enumerate(common):
        length = bisect_left(ends, places[key])
        previous.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [places[key]]
        last[length : length + 1] = [index]
    stays = set()
    index = last[-1] if last else -1
    while index >= 0:
        stays.add(common[index])
        index = previous[index]
    return [(key, ahead) for key, ahead in with_predecessors(after) if key in places and key not in stays]


def with_predecessors[Key](order: Sequence[Key]) -> Iterator[tuple[Key, Key | None]]:
    """Return each key of an order with the one before it."""
    return zip(order, (None, *order), strict=False)


def told_by(
    tellers: Mapping[str, Teller], place: Place, within: Both, *, already: Collection[str] = ()
) -> list[Difference]:
    """Return what the teller of each changed key says; whatever none of them knows is told all the same."""
    found: list[Difference] = []
    for key, old, new in changed_keys(*within):
        if key in already:
            continue
        found += told(tellers.get(key), place.at(key), old, new, within)
    return found


def told(teller: Teller | None, place: Place, before: Any, after: Any, within: Both) -> Sequence[Difference]:
    """Return what a teller says of two values; without words of its own, or without a teller, only that they differ."""
    telling = None if teller is None else teller(place, before, after, within)
    return [place.state(OPAQUE, kind_of(before, after))] if telling is None else telling


def are_objects(*values: Any) -> bool:
    """Tell whether each of these is a JSON object, or not there."""
    return all(value is MISSING or isinstance(value, Mapping) for value in values)
