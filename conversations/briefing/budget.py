"""A context within so many characters: the least useful is left out first, and it says so.

The order: what does not apply, what else could be started or resumed, optional fields, long texts, answers of other
steps (those asked first go first), the list of what is missing, texts again, all answers, and at last what does not fit
together and what was refused. What to ask, where this stands, what is allowed, what to confirm and what to say are
never left out.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from conversations.briefing.quoting import compact

LEAST, MOST = 2_000, 10_000_000

FEW = 10
LONG, SHORT = 500, 100

OVER = "over_budget"
"""What `omitted` names if what is never left out is larger than the budget; it counts the characters too many."""

type Members = dict[str, Any]
type Finish = Callable[[Members], Members]
type Cut = Callable[[Members], tuple[Members, int]]


def fitted(members: Members, finish: Finish, *, max_chars: int | None) -> Members:
    """Return the members, finished, with as little left out as makes them fit; without a budget, all of them."""
    finished = finish({**members, "omitted": []})
    if max_chars is None or size(finished) <= max_chars:
        return finished
    omitted: dict[str, int] = {}
    for name, cut in _cuts():
        members, count = cut(members)
        if not count:
            continue
        omitted[name] = omitted.get(name, 0) + count
        finished = finish({**members, "omitted": _told(omitted)})
        if size(finished) <= max_chars:
            return finished
    over = size(finished) - max_chars
    return finish({**members, "omitted": _told({**omitted, OVER: over})})


def size(finished: Mapping[str, Any]) -> int:
    """Return how many characters of a context change from turn to turn."""
    changing = {name: value for name, value in finished.items() if name != "tools"}
    prompt = {name: text for name, text in finished["prompt"].items() if name != "stable"}
    return len(compact({**changing, "prompt": prompt}))


def _told(omitted: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"name": name, "count": count} for name, count in omitted.items()]


def _cuts() -> Iterator[tuple[str, Cut]]:
    """Return what can be left out, the least useful first."""
    for name in ("not_applicable", "switchable", "resumable", "optional"):
        yield name, _shortened(name, FEW)
        yield name, _shortened(name, 0)
    yield "texts", _cut_texts(LONG)
    yield "filled", _without_other_steps(2)
    yield "filled", _without_other_steps(1)
    yield "missing", _shortened("missing", FEW)
    yield "missing", _shortened("missing", 0)
    yield "texts", _cut_texts(SHORT)
    yield "startable", _shortened("startable", FEW)
    yield "filled", _shortened("filled", FEW)
    yield "filled", _shortened("filled", 0)
    for name in ("unmet", "rejected"):
        yield name, _shortened(name, 0)


def _shortened(name: str, kept: int) -> Cut:
    """Return the cut that leaves the first few entries of a member."""

    def cut(members: Members) -> tuple[Members, int]:
        found = members.get(name) or []
        if len(found) <= kept:
            return members, 0
        left = dict(list(found.items())[:kept]) if isinstance(found, dict) else found[:kept]
        return {**members, name: left}, len(found) - kept

    return cut


def _without_other_steps(part: int) -> Cut:
    """Return the cut that leaves out the answers of other steps, or the first half of them.

    The answers of the current step and those that are asked again stay.
    """

    def cut(members: Members) -> tuple[Members, int]:
        step = (members.get("current_step") or {}).get("id")
        asked = {entry["field"] for entry in members.get("ask_next", ())}
        found = members.get("filled", {})
        others = [name for name, entry in found.items() if name not in asked and (not step or entry["step"] != step)]
        gone = frozenset(others[: -(-len(others) // part)])
        if not gone:
            return members, 0
        return {**members, "filled": {name: found[name] for name in found if name not in gone}}, len(gone)

    return cut


def _cut_texts(limit: int) -> Cut:
    """Return the cut that shortens texts longer than this; a value that is cut is no value, so its words stay alone."""

    def cut(members: Members) -> tuple[Members, int]:
        after, count = dict(members), 0
        for name in ("current_step", "say", "unmet", "rejected", "startable"):
            after[name], found = _cut_in(after.get(name), limit)
            count += found
        after["filled"] = {name: _cut_answer(entry, limit) for name, entry in members.get("filled", {}).items()}
        count += sum(after["filled"][name] != entry for name, entry in members.get("filled", {}).items())
        return {name: value for name, value in after.items() if name in members}, count

    return cut


def _cut_in(value: Any, limit: int) -> tuple[Any, int]:
    """Return a member with its long texts shortened, and how many those were; names are never long."""
    match value:
        case str() if len(value) > limit:
            return value[:limit] + "…", 1
        case list():
            parts = [_cut_in(part, limit) for part in value]
            return [part for part, _ in parts], sum(count for _, count in parts)
        case dict():
            found = {name: _cut_in(part, limit) for name, part in value.items()}
            return {name: part for name, (part, _) in found.items()}, sum(count for _, count in found.values())
        case _:
            return value, 0


def _cut_answer(entry: Mapping[str, Any], limit: int) -> Mapping[str, Any]:
    if len(entry.get("words", "")) <= limit and len(compact(entry.get("value"))) <= limit + 2:
        return entry
    left = {name: value for name, value in entry.items() if name != "value"}
    words, _ = _cut_in(entry["words"], limit)
    return {**left, "words": words, "cut": True}
