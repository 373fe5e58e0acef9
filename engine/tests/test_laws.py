"""Laws that hold whatever people say in whatever order, on a template that has a bit of everything."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry

from engine.conditions import Known, evaluate
from engine.errors import Conflict
from engine.facts import Fact, Submitted
from engine.items import ItemIds
from engine.progress import Position, Progress, Status, locate
from engine.submission import Submission
from engine.tests.builders import TODAY, begin
from engine.tests.everything import CONVERSATIONS, DEFINITION, Said, act_on, values_of
from engine.workflow import Decision, pause, resume, submit

LAW = settings(max_examples=60, derandomize=True, deadline=None, database=None)


def told(said: Iterable[Said]) -> list[Decision]:
    """Return what each act of a conversation leads to, from the start on; what is refused leads to nothing."""
    decisions = [begin(DEFINITION)]
    for one in said:
        decision = act_on(decisions[-1].progress, one)
        if decision is not None:
            decisions.append(decision)
    return decisions


def holds(name: str, value: Any) -> bool:
    """Ask another judge whether a value is one the field may have."""
    return bool(Draft202012Validator(dict(DEFINITION.fields[name].schema), registry=Registry()).is_valid(value))


@LAW
@given(CONVERSATIONS)
def test_what_is_stored_is_valid_but_for_lists_that_are_still_filled(said: list[Said]) -> None:
    for decision in told(said):
        position = decision.position
        for name, value in decision.progress.values.items():
            is_short = name == "people" and len(value) < 2
            assert is_short or holds(name, value)
        for complete in (found for found in position.steps if found.id in position.complete):
            assert all(holds(name, position.live[name]) for name in complete.fields if name in position.live)
        assert "ok" not in decision.progress.values or isinstance(decision.progress.values["ok"], bool)


@LAW
@given(CONVERSATIONS)
def test_every_entry_has_an_id_and_no_id_comes_twice(said: list[Said]) -> None:
    seen: set[int] = set()
    for before, after in zip(told(said), told(said)[1:], strict=False):
        values, ids = after.progress.values, after.progress.item_ids
        assert {name: len(known) for name, known in ids.items()} == {
            name: len(value) for name, value in values.items() if isinstance(value, list)
        }
        now = [one for known in ids.values() for one in known]
        assert len(now) == len(set(now))
        fresh = set(now) - {one for known in before.progress.item_ids.values() for one in known}
        assert fresh.isdisjoint(seen)
        seen |= set(now)


@LAW
@given(CONVERSATIONS)
def test_a_submission_said_again_changes_nothing(said: list[Said]) -> None:
    progress = begin(DEFINITION).progress
    for one in said:
        plain = replace(one, append={}) if isinstance(one, Submission) else one
        decision = act_on(progress, plain)
        progress = decision.progress if decision is not None else progress
        if isinstance(plain, Submission) and "ok" not in plain.data and progress.status is Status.ACTIVE:
            again = submit(DEFINITION, progress, plain, today=TODAY).progress
            assert again == replace(progress, attempts=again.attempts)


@LAW
@given(CONVERSATIONS)
def test_the_facts_fold_back_into_the_state(said: list[Said]) -> None:
    decisions = told(said)

    values, ids, skipped, contested = folded([fact for decision in decisions for fact in decision.facts])

    last = decisions[-1].progress
    assert (values, ids) == (last.values, last.item_ids)
    assert (skipped, contested) == (last.skipped, last.contested)


@LAW
@given(CONVERSATIONS)
def test_a_pause_changes_nothing_but_the_status(said: list[Said]) -> None:
    before = told(said)[-1].progress
    try:
        paused = pause(DEFINITION, before, reason="", today=TODAY).progress
    except Conflict:
        assert before.status is not Status.ACTIVE
        return

    assert paused == replace(before, status=Status.PAUSED)
    assert resume(DEFINITION, paused, Submission(), today=TODAY).progress == before


@LAW
@given(CONVERSATIONS)
def test_what_is_to_be_confirmed_holds_as_a_whole(said: list[Said]) -> None:
    for decision in told(said):
        position = locate(DEFINITION, decision.progress)
        if position.is_collected:
            assert (position.missing, position.contested, position.unmet) == ((), (), ())
            assert DEFINITION.state_schema.judge_whole(position.live) == ()
            assert position.live["low"] <= position.live["high"]


@LAW
@given(CONVERSATIONS, st.booleans())
def test_what_was_parked_comes_back_untouched(said: list[Said], is_car: bool) -> None:
    here, there = ("car", "home") if is_car else ("home", "car")
    before = told([*said, Submission(data={"kind": here})])[-1].progress
    if before.status is not Status.ACTIVE:
        return

    away = submit(DEFINITION, before, Submission(data={"kind": there}), today=TODAY).progress
    if away.status is not Status.ACTIVE:
        return
    back = submit(DEFINITION, away, Submission(data={"kind": here}), today=TODAY).progress

    assert (back.values, back.skipped, back.acknowledged) == (before.values, before.skipped, before.acknowledged)
    assert locate(DEFINITION, back).live == locate(DEFINITION, before).live


@LAW
@given(CONVERSATIONS, values_of("kind"), values_of("free"), values_of("high"), values_of("people"))
def test_the_order_of_independent_submissions_does_not_matter(
    said: list[Said], kind: Any, free: Any, high: Any, people: Any
) -> None:
    before = told(said)[-1].progress
    one = Submission(data={"kind": kind, "free": free})
    other = Submission(data={"high": high, "people": people})

    ways = [in_turn(before, first, second) for first, second in ((one, other), (other, one))]

    if None not in ways:
        assert ways[0] == ways[1]


@LAW
@given(CONVERSATIONS)
def test_where_it_stands_is_what_a_plain_reading_says(said: list[Said]) -> None:
    for decision in told(said):
        position = decision.position
        steps, complete, live = read_plainly(decision.progress)
        assert [step.id for step in position.steps] == steps
        assert dict(position.live) == live
        assert position.complete - whole_schema_opens(position) == complete - whole_schema_opens(position)


def in_turn(progress: Progress, *submissions: Submission) -> Progress | None:
    """Return where submissions lead one after the other, or None if the workflow does not take them all."""
    for submission in submissions:
        if progress.status is not Status.ACTIVE:
            return None
        progress = submit(DEFINITION, progress, submission, today=TODAY).progress
    return replace(progress, said=frozenset()) if progress.status is Status.ACTIVE else None


def whole_schema_opens(position: Position) -> frozenset[str]:
    """Return the steps that are open only because the whole does not fit; a plain reading does not look at that."""
    return frozenset(unmet.step for unmet in position.unmet if unmet.step is not None)


def read_plainly(progress: Progress) -> tuple[list[str], frozenset[str], dict[str, Any]]:
    """Return which steps apply and are complete, and the live values, as one would read the template aloud."""
    live: dict[str, Any] = {"free": progress.values["free"]} if "free" in progress.values else {}
    applying, complete = [], set()
    for step in DEFINITION.steps:
        known = Known(values=live, today=progress.today, attempts=progress.attempts)
        if step.when is None or evaluate(step.when, known) is True:
            applying.append(step.id)
            if step.ending is not None:
                break
            live |= {name: progress.values[name] for name in step.fields if name in progress.values}
            rules_hold = all(evaluate(rule.check, replace(known, values=live)) is not False for rule in step.rules)
            is_full = len(live.get("people", ["", ""])) >= 2 or "people" not in step.fields
            is_sure = progress.contested.isdisjoint(step.fields)
            is_left_out = not step.required and step.id in progress.skipped
            is_answered = all(name in live for name in step.fields) or is_left_out
            is_told = not step.required or step.id in progress.acknowledged
            is_done = is_answered if step.fields else is_told
            if rules_hold and is_full and is_sure and is_done:
                complete.add(step.id)
        if "high" in step.fields and {"low", "high"} <= live.keys():
            live["total"] = live["low"] + live["high"]
    return applying, frozenset(complete), live


def folded(facts: list[Fact]) -> tuple[dict[str, Any], dict[str, tuple[int, ...]], frozenset[str], frozenset[str]]:
    """Return the values, the ids of list entries and the marks that facts alone tell of."""
    values: dict[str, Any] = {}
    ids = ItemIds({}, 0)
    skipped: set[str] = set()
    contested: set[str] = set()
    for fact in (fact for fact in facts if isinstance(fact, Submitted)):
        for name in (*fact.cleared, *fact.invalidated):
            ids.replace(name, values.pop(name, None), None)
        for name, gone in fact.removed.items():
            for one in gone:
                where = ids.remove(name, one)
                values[name] = [*values[name][:where], *values[name][where + 1 :]]
        for name, value in fact.set.items():
            ids.replace(name, values.get(name), value)
            values[name] = value
        for name, entries in fact.appended.items():
            values[name] = [*values.get(name, []), *entries.values()]
            assert [ids.append(name) for _ in entries] == list(entries)
        settled = {*fact.set, *fact.cleared, *fact.removed, *fact.appended, *fact.invalidated}
        contested = (contested - settled) | set(fact.contested)
        skipped |= set(fact.skipped)
    return values, ids.ids, frozenset(skipped), frozenset(contested)
