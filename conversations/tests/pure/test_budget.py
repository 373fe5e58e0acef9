"""Budgets: within them or at the floor, the more the larger, and nothing left out without need."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.briefing.budget import LEAST, OVER, size
from conversations.briefing.context import context_without_workflow
from conversations.briefing.facts import Resumable, Startable
from conversations.tests.pure.briefs import around, told
from engine.definition import Definition
from engine.report import Rejected
from engine.saying import Say
from engine.tests.builders import definition_of, progress, row, rule, step

FIELDS = 30
NAMES = [f"field_{number}" for number in range(FIELDS)]
ALWAYS = ("workflow", "progress", "current_step", "ask_next", "allowed_actions", "confirmation", "page")


def _definition() -> Definition:
    steps = [
        step("first", *NAMES[:10], description="d" * 300),
        step("hidden", *NAMES[10:15], when=row(NAMES[0], "==", "never")),
        step("second", *NAMES[15:22], rules=[rule(row(NAMES[15], "==", "x"), "m" * 200, field=NAMES[15])]),
        step("third", *NAMES[22:]),
    ]
    return definition_of(*steps, required=NAMES[:20])


LARGE = _definition()

LENGTHS = st.lists(st.sampled_from([None, 0, 20, 90, 450, 1_500]), min_size=FIELDS, max_size=FIELDS)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Mapping[str, Any], Any]:
    """Return values and surroundings, some of them large."""
    lengths = zip(NAMES, draw(LENGTHS), strict=True)
    values = {name: "v" + "é<\n" * (length // 3) for name, length in lengths if length is not None}
    refused = Rejected(field=NAMES[1], code="x", message="r" * draw(st.integers(1, 900)), attempts=1)
    facts = around(
        rejected=(refused,) * draw(st.integers(0, 3)),
        say=tuple(Say(step=f"s{n}", name="S", text="t" * 700) for n in range(draw(st.integers(0, 3)))),
        resumable=tuple(Resumable(id=str(n), template="x" * 40, paused_at="") for n in range(draw(st.integers(0, 12)))),
        switchable=tuple(f"template {n}" for n in range(draw(st.integers(0, 30)))),
    )
    return values, facts


def _counts(context: Mapping[str, Any]) -> dict[str, int]:
    """Return how much of each member is left, texts by their length."""
    sized = ("missing", "optional", "filled", "rejected", "unmet", "not_applicable", "say", "resumable", "switchable")
    return {name: len(str(context[name])) for name in sized}


@given(situation=situations(), budgets=st.tuples(st.integers(LEAST, 40_000), st.integers(LEAST, 40_000)))
@settings(max_examples=40, deadline=None)
def test_a_context_is_within_its_budget_or_at_the_floor_and_grows_with_it(
    situation: tuple[Mapping[str, Any], Any], budgets: tuple[int, int]
) -> None:
    values, facts = situation
    small, large = sorted(budgets)

    whole = told(LARGE, progress(values), facts)
    less, more = (told(LARGE, progress(values), facts, max_chars=budget) for budget in (small, large))

    for budget, context in ((small, less), (large, more)):
        is_over = any(entry["name"] == OVER for entry in context["omitted"])
        assert (size(context) <= budget) != is_over
        assert (context["omitted"] == []) == (size(whole) <= budget)
        assert all(context[name] == whole[name] for name in ALWAYS if name != "current_step")
        assert context["current_step"]["id"] == whole["current_step"]["id"] if whole["current_step"] else True
        assert [told["step"] for told in context["say"]] == [told["step"] for told in whole["say"]]
    few, many = _counts(less), _counts(more)
    assert all(few[name] <= many[name] for name in few)
    assert whole["omitted"] == []


def test_without_a_budget_nothing_is_left_out() -> None:
    values = dict.fromkeys(NAMES, "x" * 20_000)

    context = told(LARGE, progress(values))

    assert context["omitted"] == []
    assert len(context["filled"]) == FIELDS - 5
    assert context["filled"][NAMES[0]]["value"] == "x" * 20_000


def test_the_least_useful_is_left_out_first() -> None:
    values = dict.fromkeys(NAMES[:10], "x" * 100)
    paused = tuple(Resumable(id=str(n), template="x" * 40, paused_at="") for n in range(5))
    facts = around(switchable=tuple(f"template {n}" for n in range(30)), resumable=paused)
    whole = size(told(LARGE, progress(values), facts))

    left_out: list[str] = []
    for max_chars in range(whole - 1, LEAST, -100):
        context = told(LARGE, progress(values), facts, max_chars=max_chars)
        left_out += [found["name"] for found in context["omitted"] if found["name"] not in left_out]

    order = ["not_applicable", "switchable", "resumable", "optional", "filled", "missing", "texts", "unmet", OVER]
    assert [name for name in order if name in left_out] == left_out


def test_everything_gives_way_in_its_order_at_first_down_to_ten() -> None:
    unknown, open_, other, again = ([f"{letter * 80}_{number}" for number in range(12)] for letter in "abcd")
    definition = definition_of(
        step("only", *again, *open_, *other),
        step("hidden", *unknown, when=row(again[0], "==", "never")),
        required=open_,
    )
    given = progress(dict.fromkeys(again, "t" * 200), contested=frozenset(again))
    facts = around(
        resumable=tuple(Resumable(id=str(n), template="x" * 80, paused_at="") for n in range(12)),
        switchable=tuple("z" * 80 + str(n) for n in range(12)),
    )

    context = told(definition, given, facts)
    left_out = []
    while not any(entry["name"] == OVER for entry in context["omitted"]):
        assert told(definition, given, facts, max_chars=size(context)) == context
        context = told(definition, given, facts, max_chars=size(context) - 1)
        left_out.append([(entry["name"], entry["count"]) for entry in context["omitted"]][-1])

    assert left_out == [
        ("not_applicable", 2),
        ("not_applicable", 12),
        ("switchable", 2),
        ("switchable", 12),
        ("resumable", 2),
        ("resumable", 12),
        ("optional", 2),
        ("optional", 12),
        ("missing", 2),
        ("missing", 12),
        ("texts", 12),
        ("filled", 2),
        ("filled", 12),
        ("rejected", 12),
        (OVER, 1),
    ]


def test_what_was_left_out_is_counted_and_told_to_the_model() -> None:
    values = dict.fromkeys(NAMES[:20], "x" * 100)

    context = told(LARGE, progress(values), max_chars=LEAST)

    counted = {entry["name"]: entry["count"] for entry in context["omitted"]}
    assert counted["not_applicable"] == 5
    assert counted["filled"] == 15
    assert '"omitted": [{"name":"not_applicable","count":5}' in context["prompt"]["dynamic"]


def test_answers_of_the_current_step_and_those_asked_again_stay_longest() -> None:
    values = dict.fromkeys(NAMES, "y" * 60)
    stored = progress(values, contested=frozenset({NAMES[3]}))

    whole = size(told(LARGE, stored))
    kept = (told(LARGE, stored, max_chars=budget)["filled"] for budget in range(whole, LEAST, -100))
    less = [list(filled) for filled in kept]

    stays = [*NAMES[:10], NAMES[15]]
    assert [*stays, *NAMES[23:]] in less
    assert stays in less


def test_a_value_that_is_cut_is_told_as_no_value() -> None:
    context = told(LARGE, progress({NAMES[0]: "x" * 5_000, NAMES[1]: "short"}), max_chars=6_000)

    assert context["filled"][NAMES[0]] == {
        "label": "Field 0",
        "words": "x" * 500 + "…",
        "source": "client",
        "step": "first",
        "cut": True,
    }
    assert context["filled"][NAMES[1]]["value"] == "short"
    assert {"name": "texts", "count": 1} in context["omitted"]
    assert '"cut":true' in context["prompt"]["dynamic"]


def test_only_what_is_too_long_is_cut_and_short_words_for_a_long_value_stay_whole() -> None:
    choice = {"oneOf": [{"const": "c" * 501, "title": "See"}]}
    definition = definition_of(step("only", "long", "over", "fits", "choice"), properties={"choice": choice})
    given = progress({"long": "x" * 5_000, "over": "o" * 501, "fits": "f" * 500, "choice": "c" * 501})

    context = told(definition, given, max_chars=10_000)

    told_now = {name: (entry.get("value"), entry["words"]) for name, entry in context["filled"].items()}
    assert told_now == {
        "long": (None, "x" * 500 + "…"),
        "over": (None, "o" * 500 + "…"),
        "fits": ("f" * 500, "f" * 500),
        "choice": (None, "See"),
    }
    assert context["omitted"] == [{"name": "texts", "count": 3}]


def test_long_texts_are_cut_wherever_they_stand_and_counted() -> None:
    broken = rule(row("a", "==", "x"), "m" * 600, field="a")
    definition = definition_of(step("only", "a", rules=[broken], description="d" * 600))
    said = (Say(step="s", name="S", text="t" * 600), Say(step="s", name="S", text="u" * 500))
    facts = around(say=said, rejected=(Rejected(field="a", code="x", message="r" * 600),))
    whole = told(definition, progress({"a": "y" * 600}), facts)

    context = told(definition, progress({"a": "y" * 600}), facts, max_chars=size(whole) - 1)

    assert context["omitted"] == [{"name": "texts", "count": 5}]
    assert context["current_step"]["description"] == "d" * 500 + "…"
    assert [found["text"] for found in context["say"]] == ["t" * 500 + "…", "u" * 500]
    assert context["unmet"][0]["message"] == "m" * 500 + "…"
    assert context["rejected"][0]["message"] == "r" * 500 + "…"


def test_of_many_answers_that_are_asked_again_the_first_few_stay_longest() -> None:
    names = [f"n{number}" for number in range(20)]
    again = progress(dict.fromkeys(names, "y" * 90), contested=frozenset(names))
    definition = definition_of(step("only", *names))

    budgets = range(size(told(definition, again)), LEAST, -100)
    left = {len(told(definition, again, max_chars=budget)["filled"]) for budget in budgets}

    assert left == {20, 10, 0}


def test_what_is_wrong_goes_last_and_only_what_went_is_counted() -> None:
    definition = definition_of(step("only", "a", "b", rules=[rule(row("a", "==", "x"), "No.", field="a")]))
    facts = around(confirmation={"words": "x" * 9_000}, rejected=(Rejected(field="a", code="x", message="No."),))

    context = told(definition, progress({"a": "y"}), facts, max_chars=LEAST)

    counted = [(entry["name"], entry["count"]) for entry in context["omitted"]]
    assert counted[:-1] == [("missing", 1), ("filled", 1), ("unmet", 1), ("rejected", 1)]
    assert counted[-1][0] == OVER
    assert (context["missing"], context["filled"], context["unmet"], context["rejected"]) == ([], {}, [], [])


@pytest.mark.parametrize("characters", [3_000, 100_000])
def test_what_is_never_left_out_may_be_larger_than_the_budget_and_says_so(characters: int) -> None:
    facts = around(confirmation={"token": "t", "summary": [{"words": "x" * characters}], "action": None})

    context = told(LARGE, progress({NAMES[0]: "y"}), facts, max_chars=LEAST)

    assert context["confirmation"] == facts.confirmation
    over = context["omitted"][-1]
    assert over["name"] == OVER
    assert characters <= over["count"] < size(context)


def test_what_can_be_started_gives_way_too() -> None:
    offered = tuple(Startable(workflow=f"w{n}", description="d" * 200) for n in range(50))

    context = context_without_workflow(
        offered, (), may_start=True, may_resume=True, stable="S", max_chars=LEAST + 4_000
    )

    assert list(context) == ["workflow", "startable", "resumable", "allowed_actions", "omitted", "prompt"]
    assert [found["workflow"] for found in context["startable"]] == [f"w{n}" for n in range(10)]
    assert {"name": "startable", "count": 40} in context["omitted"]
    assert context["startable"][0]["description"] == "d" * 100 + "…"


def test_the_size_is_that_of_what_changes() -> None:
    context = dict(told(LARGE, progress()))
    prompt = {**context["prompt"], "stable": "x" * 100_000}

    assert size({**context, "prompt": prompt, "tools": ["x" * 100_000]}) == size(context)
    assert size(context) > len(context["prompt"]["dynamic"])
