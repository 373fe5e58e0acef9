"""What differs between the steps of two documents."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from engine.action_differences import END_ACTION, action_differences, step_action_differences
from engine.conditions import key_of, same
from engine.difference import (
    MISSING,
    OPAQUE,
    Both,
    Difference,
    Kind,
    Place,
    Saying,
    Teller,
    Telling,
    clause,
    flag,
    moved,
    noun,
    phrase,
    text,
    told_by,
    with_predecessors,
    wording,
)
from engine.plain_words import is_text, listed, quoted, readable
from engine.wording import Vocabulary, as_list, as_mapping, condition_in_words, plain_value

type Key = tuple[str, str]
"""By what a step is known: its id; one that has none, or that of another step, by its place."""


def steps_differences(place: Place, before: Any, after: Any, within: Both) -> Telling:
    """Return what differs between two lists of steps."""
    if not all(steps is MISSING or isinstance(steps, list) for steps in (before, after)):
        return None
    old, new = keyed_steps(as_list(before)), keyed_steps(as_list(after))
    places = {key: index for order in (old, new) for index, key in enumerate(order)}
    names = {
        **{key: step_name(key, step, place.before) for key, step in old.items()},
        **{key: step_name(key, step, place.after) for key, step in new.items()},
    }
    at = {key: place.at(places[key], subject=f"Step {quoted(name)}") for key, name in names.items()}
    found = [
        at[key].state("removed", Kind.REMOVED, before=_asks(step, place.before))
        for key, step in old.items()
        if key not in new
    ]
    for key, ahead in with_predecessors(list(new)):
        if key not in old:
            where = f"after {quoted(names[ahead])}" if ahead else "at the beginning"
            found.append(at[key].state(f"added {where}", Kind.ADDED, after=_asks(new[key], place.after)))
        elif not same(old[key], new[key]):
            found += _steps(at[key], old[key], new[key])
    for key, ahead in moved(list(old), list(new)):
        where = f"after {quoted(names[ahead])}" if ahead else "to the beginning"
        found.append(at[key].state(f"moved {where}", Kind.MOVED))
    found += _fields_of_steps(at, old, new)
    return found or None


def keyed_steps(steps: Sequence[Any]) -> dict[Key, Any]:
    """Return steps by what they are known by, in their order."""
    found: dict[Key, Any] = {}
    for index, step in enumerate(steps):
        step_id = as_mapping(step).get("id")
        key = ("id", step_id) if isinstance(step_id, str) else ("place", str(index))
        found[key if key not in found else ("place", str(index))] = step
    return found


def step_name(key: Key, step: Any, words: Vocabulary) -> str:
    """Return what people call a step."""
    name = as_mapping(step).get("name")
    if is_text(name):
        return words.text(name)
    return readable(key[1]) if key[0] == "id" else f"number {int(key[1]) + 1}"


def _asks(step: Any, words: Vocabulary) -> str:
    """Return what a step that comes or goes is for."""
    return f"asks for {listed([words.label(name) for name in _names(step)])}"


def _names(step: Any) -> list[str]:
    return [name for name in as_list(as_mapping(step).get("fields")) if isinstance(name, str)]


def _fields_of_steps(at: Mapping[Key, Place], old: Mapping[Key, Any], new: Mapping[Key, Any]) -> list[Difference]:
    """Return which fields are asked in another step now, in a further one, or in one step less.

    With a step that comes or goes it is told what it asks for.
    """
    left, come = _beyond(old, new), _beyond(new, old)
    found: list[Difference] = []
    for name in {**left, **come}:
        sources, targets = left.get(name, []), come.get(name, [])
        for source, target in zip(sources, targets, strict=False):
            if source in new or target in old:
                left_step = step_name(source, old[source], at[source].before)
                joined_step = step_name(target, new[target], at[target].after)
                words = f"moved from step {quoted(left_step)} to step {quoted(joined_step)}"
                field = at[target].at("fields", subject=f"Field {quoted(at[target].after.label(name))}")
                found.append(field.state(words, Kind.MOVED))
        for key in (key for key in sources[len(targets) :] if key in new):
            label = quoted(at[key].before.label(name))
            found.append(at[key].at("fields").state(f"no longer asks for {label}", before=label))
        for key in (key for key in targets[len(sources) :] if key in old):
            label = quoted(at[key].after.label(name))
            found.append(at[key].at("fields").state(f"now asks for {label}", after=label))
    return found


def _beyond(steps: Mapping[Key, Any], others: Mapping[Key, Any]) -> dict[str, list[Key]]:
    """Return for each field the steps that ask for it on this side alone."""
    found: dict[str, list[Key]] = {}
    for key, step in steps.items():
        there = set(_names(others.get(key)))
        for name in dict.fromkeys(_names(step)):
            if name not in there:
                found.setdefault(name, []).append(key)
    return found


def _steps(place: Place, before: Any, after: Any) -> Sequence[Difference]:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return [place.state(OPAQUE)]
    return told_by(_TELLERS, place, (before, after))


def _step_name(place: Place, before: Any, after: Any, _within: Both) -> Telling:
    if not (is_text(before) and is_text(after)):
        return None
    old, new = quoted(place.before.text(before)), quoted(place.after.text(after))
    if old == new:
        return None
    return [place.at(subject=f"Step {old}").state(f"is now called {new}", before=old, after=new)]


def _order_of_fields(place: Place, before: Any, after: Any, within: Both) -> Telling:
    """Return which fields are asked earlier or later in their step; which are new or gone is told with all steps."""
    old, new = (list(dict.fromkeys(_names(step))) for step in within)
    found = []
    for name, ahead in moved(old, new):
        where = f"after {quoted(place.after.label(ahead))}" if ahead is not None else "to the beginning"
        found.append(place.tell(f"{quoted(place.after.label(name))} moved {where}", Kind.MOVED))
    return found if found or set(old) != set(new) else None


def _rules(place: Place, before: Any, after: Any, _within: Both) -> Telling:
    if not all(rules is MISSING or isinstance(rules, list) for rules in (before, after)):
        return None
    old, new = as_list(before), as_list(after)
    pairs = _paired(old, new)
    found: list[Difference] = []
    for index in sorted(set(range(len(old))) - {left for left, _ in pairs}):
        words = rule_in_words(old[index], place.before)
        found.append(place.at(index).tell(f"rule removed, {words}", Kind.REMOVED, before=words))
    for index in sorted(set(range(len(new))) - {right for _, right in pairs}):
        words = rule_in_words(new[index], place.after)
        found.append(place.at(index).tell(f"rule added, {words}", Kind.ADDED, after=words))
    for left, right in pairs:
        at = place.at(right, subject=f"{place.subject}, rule {_rule_name(new[right], place.after)}")
        found += told_by(_RULE_TELLERS, at, (as_mapping(old[left]), as_mapping(new[right])))
    lasting = dict(pairs)
    for left, ahead in moved(sorted(lasting), [left for left, _ in sorted(pairs, key=lambda pair: pair[1])]):
        where = f"after {_rule_name(old[ahead], place.before)}" if ahead is not None else "to the beginning"
        name = _rule_name(old[left], place.before)
        found.append(place.at(lasting[left]).tell(f"rule {name} moved {where}", Kind.MOVED))
    return found or None


def _paired(before: Sequence[Any], after: Sequence[Any]) -> list[tuple[int, int]]:
    """Return which rule became which: the same, else one of the same check, else one of the same message."""
    pairs: list[tuple[int, int]] = []
    left, right = dict.fromkeys(range(len(before))), dict.fromkeys(range(len(after)))
    for identity in _IDENTITIES:
        there: dict[Hashable, list[int]] = {}
        for index in right:
            there.setdefault(identity(after[index]), []).append(index)
        for index in list(left):
            key = identity(before[index])
            if key is not None and there.get(key):
                pairs.append((index, there[key].pop(0)))
                del left[index], right[pairs[-1][1]]
    return pairs


_IDENTITIES: tuple[Callable[[Any], Hashable], ...] = (
    key_of,
    lambda rule: key_of(as_mapping(rule).get("check")),
    lambda rule: key_of(as_mapping(rule).get("message")),
)


def _rule_name(rule: Any, words: Vocabulary) -> str:
    message = as_mapping(rule).get("message")
    return quoted(words.text(message)) if is_text(message) else "without a message"


def rule_in_words(rule: Any, words: Vocabulary) -> str:
    """Return what a rule checks, and what it says if that is not so."""
    return f"{condition_in_words(as_mapping(rule).get('check'), words)} ({_rule_name(rule, words)})"


def _end(place: Place, before: Any, after: Any, _within: Both) -> Telling:
    old, new = as_mapping(before), as_mapping(after)
    if new and not old:
        return [place.state("now ends the workflow", after=outcome_in_words(new))]
    if old and not new:
        return [place.state("no longer ends the workflow", before=outcome_in_words(old))]
    found = told_by(_END_TELLERS, place, (old, new), already=END_ACTION)
    found += action_differences(place, old, new, prefix="end_action_", lead="then ")
    return found or None


def outcome_in_words(end: Mapping[str, Any]) -> str:
    """Return with what a workflow ends at a step."""
    return f"outcome {plain_value(end.get('outcome'))}"


def _condition(value: Any, _within: Mapping[str, Any], words: Vocabulary) -> str | None:
    return None if value is None else condition_in_words(value, words)


def _asked_again(value: Any, _within: Mapping[str, Any], words: Vocabulary) -> str | None:
    names = [words.label(name) for name in ([value] if isinstance(value, str) else as_list(value)) if is_text(name)]
    return listed(names) if names else None


_CHECK = Saying(
    reading=_condition,
    fact="checks that {value}",
    added="now checks that {after}",
    removed="no longer checks that {before}",
    changed="now checks that {after}; before, that {before}",
)
_RULE_TELLERS: Mapping[str, Teller] = {
    "check": _CHECK.told,
    "message": noun("message", wording).told,
    "field": phrase("asks again for", _asked_again).told,
}
_END_TELLERS: Mapping[str, Teller] = {
    "outcome": noun("outcome", text).told,
    "message": noun("last message", wording).told,
}
STEP_SAYINGS: Mapping[str, Saying] = {
    "description": noun("description", wording),
    "required": flag("optional", when=False),
    "when": clause("applies only", "if", _condition),
    "uses": noun("reusable step", text),
}
_TELLERS: Mapping[str, Teller] = {
    **{key: saying.told for key, saying in STEP_SAYINGS.items()},
    "name": _step_name,
    "fields": _order_of_fields,
    "rules": _rules,
    "end": _end,
    "action": step_action_differences,
}
