"""What differs between two documents, in the words of their authors. Nothing is hidden, and nothing raises."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.action_differences import END_ACTION, action_differences
from engine.conditions import same
from engine.difference import (
    MISSING,
    MOST_INLINE,
    OPAQUE,
    Both,
    Difference,
    Kind,
    Part,
    Place,
    Saying,
    Teller,
    Telling,
    are_objects,
    changed_keys,
    clause,
    kind_of,
    moved,
    noun,
    phrase,
    told,
    told_by,
)
from engine.field_differences import schema_differences
from engine.plain_words import is_text, quoted
from engine.step_differences import steps_differences
from engine.wording import Vocabulary, as_list, as_mapping, condition_in_words, duration_in_words, plain_value

_PARTS = {
    Part.ABOUT: {
        "name": "Name",
        "description": "Description",
        "category": "Category",
        "is_active": "The template",
        "guidelines": "Guidelines",
        "time_zone": "Time zone",
        "metadata": "Metadata",
        "tests": "Tests",
    },
    Part.INFORMATION: {"state_schema": "The information"},
    Part.STEPS: {"steps": "The steps"},
    Part.FINISH: {
        **dict.fromkeys(END_ACTION, "End action"),
        "confirmation": "Confirmation",
        "expires_after": "Expiry",
        "prerequisites": "Prerequisites",
    },
}
_SUBJECTS = {key: (part, subject) for part, keys in _PARTS.items() for key, subject in keys.items()}


def differences(before: Any, after: Any) -> tuple[Difference, ...]:
    """Return everything that differs between two documents, of which either may be wrong in any way.

    Equal ones (`engine.conditions.same`) have no difference, all others at least one.
    """
    place = Place(part=Part.ABOUT, subject="The document", before=Vocabulary.of(before), after=Vocabulary.of(after))
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return () if same(before, after) else (place.state(OPAQUE),)
    return tuple(sorted(_all(place, before, after), key=lambda found: _ORDER[found.part]))


_ORDER = {part: index for index, part in enumerate(Part)}


def _all(place: Place, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    found: list[Difference] = []
    for key, old, new in changed_keys(before, after):
        if key not in END_ACTION:
            part, subject = _SUBJECTS.get(key, (Part.ABOUT, f"Key {quoted(key)}"))
            at = replace(place, part=part, subject=subject).at(key)
            found += told(_TELLERS.get(key), at, old, new, (before, after))
    end = replace(place, part=Part.FINISH, subject="End action")
    return [*found, *action_differences(end, before, after, prefix="end_action_")]


def _text(place: Place, before: Any, after: Any, _within: Both) -> Telling:
    old, new = (quoted(part) if isinstance(part, str) and part else None for part in (before, after))
    if old == new:
        return None
    is_short = old is not None and new is not None and len(old) + len(new) <= MOST_INLINE
    words = f"{old} becomes {new}" if is_short else str(kind_of(old, new, absent=None))
    return [place.state(words, kind_of(old, new, absent=None), before=old, after=new)]


def _is_active(place: Place, before: Any, after: Any, _within: Both) -> Telling:
    was, now = (is_active is MISSING or is_active is True for is_active in (before, after))
    if was == now:
        return None
    states = {True: "switched on", False: "switched off"}
    return [place.state(f"is now {states[now]}", before=states[was], after=states[now])]


def _confirmation(place: Place, before: Any, after: Any, _within: Both) -> Telling:
    was, now = (confirmation == "required" for confirmation in (before, after))
    if was == now:
        return None
    return [place.state("is now asked for before the end" if now else "is no longer asked for before the end")]


def _metadata(place: Place, before: Any, after: Any, _within: Both) -> Telling:
    if not are_objects(before, after):
        return None
    both = as_mapping(before), as_mapping(after)
    tellers = {key: noun(quoted(key), _any_value).told for key in (*both[0], *both[1])}
    return told_by(tellers, place, both) or None


def _prerequisites(place: Place, before: Any, after: Any, _within: Both) -> Telling:
    if not all(entries is MISSING or isinstance(entries, list) for entries in (before, after)):
        return None
    old, new = _by_template(as_list(before)), _by_template(as_list(after))
    places = {name: index for entries in (old, new) for index, name in enumerate(entries)}
    found = [
        place.at(places[name]).tell(f"{name} removed", Kind.REMOVED, before=name) for name in old if name not in new
    ]
    for name, entry in new.items():
        at = place.at(places[name])
        if name not in old:
            found.append(at.tell(f"{name} added", Kind.ADDED, after=name))
        elif not same(old[name], entry):
            both = ({"check": _check(old[name])}, {"check": _check(entry)})
            found += told(_met_if(name).told, at, both[0]["check"], both[1]["check"], both)
    for name, ahead in moved(list(old), list(new)):
        where = f"after {ahead}" if ahead is not None else "to the beginning"
        found.append(place.at(places[name]).tell(f"{name} moved {where}", Kind.MOVED))
    return found or None


def _by_template(entries: Sequence[Any]) -> dict[str, Any]:
    """Return what must be completed first, by what it is called; what names no template by its place."""
    found: dict[str, Any] = {}
    for index, entry in enumerate(entries):
        name = entry if isinstance(entry, str) else as_mapping(entry).get("template")
        called = quoted(name) if isinstance(name, str) else ""
        found[called if called and called not in found else f"number {index + 1}"] = entry
    return found


def _check(entry: Any) -> Any:
    return as_mapping(entry).get("check", MISSING)


def _met_if(name: str) -> Saying:
    return clause(f"{name} counts only", "if", _condition)


def _condition(value: Any, _within: Mapping[str, Any], _words: Vocabulary) -> str | None:
    return condition_in_words(value, Vocabulary())  # the fields are those of another template


def _idle_time(value: Any, _within: Mapping[str, Any], _words: Vocabulary) -> str | None:
    return duration_in_words(value) if is_text(value) else None


def _any_value(value: Any, _within: Mapping[str, Any], _words: Vocabulary) -> str | None:
    return plain_value(value)


_TELLERS: Mapping[str, Teller] = {
    "name": _text,
    "description": _text,
    "category": _text,
    "guidelines": _text,
    "time_zone": _text,
    "is_active": _is_active,
    "metadata": _metadata,
    "state_schema": schema_differences,
    "steps": steps_differences,
    "confirmation": _confirmation,
    "expires_after": phrase("after", _idle_time).told,
    "prerequisites": _prerequisites,
}
