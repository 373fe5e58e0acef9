"""Laws that hold whatever people say in whatever order, on a template that has a bit of everything."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry

from engine.definition import Definition
from engine.errors import Conflict
from engine.facts import Fact, Submitted
from engine.items import ItemIds
from engine.progress import Status, locate
from engine.submission import Submission
from engine.tests.builders import NUMBER, TEXT, TODAY, begin, definition_of, info, row, rule, step
from engine.workflow import Decision, pause, resume, submit

DEFINITION = definition_of(
    info("hello", required=False),
    step("one", "kind", "low", "high", rules=[rule(row("low", "<=", ref="high"))]),
    step("two", "plate", "colour", when=row("kind", "==", "car")),
    step("three", "people", "speaker", required=False),
    info("stop", when=row("total", ">", 15), end={"outcome": "too_much"}),
    step("four", "ok"),
    properties={
        "kind": {"enum": ["car", "home"]},
        "low": {"type": "integer", "minimum": 0, "maximum": 9},
        "high": {"type": "integer", "minimum": 0, "maximum": 9},
        "total": {"type": "integer", "x-computed": {"sum": ["low", "high"]}},
        "plate": {**TEXT, "maxLength": 2, "x-depends-on": ["low"], "x-on-change": "reset"},
        "colour": {**TEXT, "x-depends-on": ["plate"], "x-on-change": "reset"},
        "people": {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 2, "maxItems": 4},
        "speaker": {"type": "string", "x-choices": {"ref": "people"}},
        "ok": {"type": "boolean", "x-ask-first": True},
        "free": NUMBER,
    },
    required=["kind", "low", "high", "plate", "colour", "people", "speaker", "ok"],
    confirmation="required",
)

VALUES = st.one_of(
    st.sampled_from(["car", "home", "", "a", "bb", "ccc", "null", None, True, False]),
    st.integers(-1, 10),
    st.lists(st.sampled_from(["a", "b", "", 5]), max_size=5),
)
NAMES = st.sampled_from([*DEFINITION.fields, "unknown"])
LISTS = st.lists(st.sampled_from(["a", "b", "c", "", 7]), max_size=3)


@st.composite
def submissions(draw: st.DrawFn) -> Submission:
    """Return something that somebody may hand over: values for some fields, and changes of others."""
    names = draw(st.lists(NAMES, max_size=4, unique=True))
    cut = draw(st.integers(0, len(names)))
    lists = draw(st.booleans()) and "people" not in names
    return Submission(
        data={name: draw(VALUES) for name in names[:cut]},
        clear=tuple(names[cut:]),
        append={"people": draw(LISTS)} if lists else {},
        remove={"people": draw(st.lists(st.integers(1, 6), max_size=2))} if lists else {},
        skip=tuple(draw(st.lists(st.sampled_from(["three", "four"]), max_size=1))),
        acknowledge=tuple(draw(st.lists(st.sampled_from(["hello", "three", "four"]), max_size=1))),
        atomic=draw(st.booleans()),
        coerce=draw(st.booleans()),
    )


CONVERSATIONS = st.lists(submissions(), min_size=1, max_size=8)
LAW = settings(max_examples=25, derandomize=True, deadline=None, database=None)


def told(said: list[Submission]) -> list[Decision]:
    """Return what each submission of a conversation leads to, as long as the workflow takes any."""
    decisions = [begin(DEFINITION)]
    for submission in said:
        if decisions[-1].progress.status is not Status.ACTIVE:
            break
        decisions.append(submit(DEFINITION, decisions[-1].progress, submission, today=TODAY))
    return decisions


def holds(definition: Definition, name: str, value: Any) -> bool:
    """Ask another judge whether a value is one the field may have."""
    return bool(Draft202012Validator(dict(definition.fields[name].schema), registry=Registry()).is_valid(value))


@LAW
@given(CONVERSATIONS)
def test_what_is_stored_is_valid_but_for_lists_that_are_still_filled(said: list[Submission]) -> None:
    for decision in told(said):
        position = decision.position
        for name, value in decision.progress.values.items():
            is_short = name == "people" and len(value) < 2
            assert is_short or holds(DEFINITION, name, value)
        for complete in (found for found in position.steps if found.id in position.complete):
            assert all(
                holds(DEFINITION, name, position.live[name]) for name in complete.fields if name in position.live
            )
        assert "ok" not in decision.progress.values or isinstance(decision.progress.values["ok"], bool)


@LAW
@given(CONVERSATIONS)
def test_every_entry_has_an_id_and_no_id_comes_twice(said: list[Submission]) -> None:
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
def test_a_submission_said_again_changes_nothing(said: list[Submission]) -> None:
    plain = [replace(submission, append={}) for submission in said]
    for submission, decision in zip(plain, told(plain)[1:], strict=False):
        if decision.progress.status is Status.ACTIVE and not {"ok"} & submission.data.keys():
            again = submit(DEFINITION, decision.progress, submission, today=TODAY)
            assert again.progress == replace(decision.progress, attempts=again.progress.attempts)


@LAW
@given(CONVERSATIONS)
def test_the_facts_fold_back_into_the_state(said: list[Submission]) -> None:
    decisions = told(said)

    values, ids, skipped, contested = folded([fact for decision in decisions for fact in decision.facts])

    last = decisions[-1].progress
    assert (values, ids) == (last.values, last.item_ids)
    assert (skipped, contested) == (last.skipped, last.contested)


@LAW
@given(CONVERSATIONS)
def test_a_pause_changes_nothing_but_the_status(said: list[Submission]) -> None:
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
def test_what_is_to_be_confirmed_holds_as_a_whole(said: list[Submission]) -> None:
    for decision in told(said):
        position = locate(DEFINITION, decision.progress)
        if position.is_collected:
            assert (position.missing, position.contested, position.unmet) == ((), (), ())
            assert DEFINITION.state_schema.judge_whole(position.live) == ()
            assert position.live["low"] <= position.live["high"]


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
