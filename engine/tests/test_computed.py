"""Computed fields: what follows from other answers, where it is known, and what is absent while an input is."""

from datetime import date
from typing import Any

import pytest

from engine.computed import Count, Difference, Formula, Sum, SumOf, YearsSince, compute, inputs_of, parse, places
from engine.conditions import Known
from engine.definition import Sensitivity
from engine.report import Ignored
from engine.summary import summary
from engine.tests.builders import (
    LIST,
    NUMBER,
    TEXT,
    TODAY,
    begin,
    current,
    definition_of,
    give,
    progress,
    row,
    rule,
    step,
)

TOTAL: dict[str, Any] = {"type": "number", "x-computed": {"sum": ["a", "b"]}}


def value(formula: Formula, values: dict[str, Any], *, today: date = TODAY) -> Any:
    return compute(formula, Known(values=values, today=today, attempts={}))


@pytest.mark.parametrize(
    ("source", "formula", "inputs"),
    [
        ({"sum": ["a", "b"]}, Sum(("a", "b")), ("a", "b")),
        ({"sum": {"list": "sites", "of": "staff"}}, SumOf("sites", "staff"), ("sites",)),
        ({"difference": ["a", "b"]}, Difference("a", "b"), ("a", "b")),
        ({"count": "people"}, Count("people"), ("people",)),
        ({"years_since": "born"}, YearsSince("born"), ("born",)),
    ],
)
def test_every_formula_is_read(source: dict[str, Any], formula: Formula, inputs: tuple[str, ...]) -> None:
    assert (parse(source), inputs_of(formula)) == (formula, inputs)


@pytest.mark.parametrize(
    ("formula", "values", "result"),
    [
        (Sum(("a", "b")), {"a": 1, "b": 2}, 3),
        (Sum(("a", "b")), {"a": 0.1, "b": 0.2}, 0.3),
        (Sum(("a", "b")), {"b": 2}, 2),
        (Sum(("a", "b")), {}, 0),
        (SumOf("s", "n"), {"s": [{"n": 1}, {"n": 2.5}, {}, "odd"]}, 3.5),
        (SumOf("s", "n"), {}, 0),
        (Difference("a", "b"), {"a": 1, "b": 0.9}, 0.1),
        (Difference("a", "b"), {"a": 1}, None),
        (Difference("a", "b"), {"b": 1}, None),
        (Count("l"), {"l": []}, 0),
        (Count("l"), {"l": [1, 2]}, 2),
        (Count("l"), {}, None),
        (Count("l"), {"l": None}, None),
        (Sum(("a", "b")), {"a": "1", "b": 2}, 2),
        (Sum(("a", "b")), {"a": True, "b": 2}, 2),
        (Difference("a", "b"), {"a": "1", "b": 2}, None),
        (Difference("a", "b"), {"a": 1, "b": [2]}, None),
        (SumOf("s", "n"), {"s": [{"n": "x"}, {"n": 2}]}, 2),
        (SumOf("s", "n"), {"s": 5}, 0),
    ],
)
def test_numbers_are_exact_and_what_has_no_answer_counts_for_nothing(
    formula: Formula, values: dict[str, Any], result: Any
) -> None:
    assert value(formula, values) == result


def test_whole_numbers_stay_whole() -> None:
    assert isinstance(value(Sum(("a", "b")), {"a": 1, "b": 2}), int)
    assert isinstance(value(Sum(("a", "b")), {"a": 1, "b": 2.0}), float)


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        ("2000-03-14", date(2026, 3, 13), 25),
        ("2000-03-14", date(2026, 3, 14), 26),
        ("2000-03-14T23:00:00Z", date(2026, 3, 14), 26),
        ("2004-02-29", date(2025, 2, 28), 20),
        ("2004-02-29", date(2025, 3, 1), 21),
        ("2004-04-01", date(2025, 3, 31), 20),
        ("nothing", date(2025, 3, 1), None),
        (None, date(2025, 3, 1), None),
    ],
)
def test_years_are_whole_and_begin_on_the_birthday(born: Any, today: date, years: int | None) -> None:
    assert value(YearsSince("born"), {"born": born} if born else {}, today=today) == years


def test_a_computed_field_stands_right_after_the_last_place_of_its_last_input() -> None:
    asked = [("", "loose"), ("one", "a"), ("two", "b"), ("three", "a")]
    formulas: dict[str, Formula] = {"late": Sum(("more", "loose")), "more": Sum(("a", "b")), "early": Count("loose")}

    assert places(formulas, asked) == {
        ("", "loose"): (("early", Count("loose")),),
        ("three", "a"): (("more", Sum(("a", "b"))), ("late", Sum(("more", "loose")))),
    }


def test_conditions_and_rules_use_it_and_a_broken_rule_asks_for_its_inputs() -> None:
    definition = definition_of(
        step("one", "a", "b", rules=[rule(row("total", "<=", 10), "Too much.")]),
        step("two", "c", when=row("total", ">", 5)),
        properties={"a": NUMBER, "b": NUMBER, "c": TEXT, "total": TOTAL},
        required=["a", "c"],
    )

    broken = give(definition, progress(), {"a": 8, "b": 4})
    fine = give(definition, broken.progress, {"b": 2})

    assert [(unmet.step, unmet.fields) for unmet in broken.position.unmet] == [("one", ("a", "b"))]
    assert (current(fine.position), fine.position.live["total"], fine.position.missing) == ("two", 10, ("c",))
    assert [line.field for line in summary(definition, fine.position)] == ["a", "b", "total"]


def test_what_a_step_that_does_not_apply_would_ask_counts_as_nothing() -> None:
    definition = definition_of(
        step("one", "a"),
        step("two", "b", when=row("a", ">", 5)),
        step("three", "c", when=row("total", "<", 5)),
        properties={"a": NUMBER, "b": NUMBER, "total": TOTAL},
        required=["a", "b"],
    )

    assert give(definition, progress(), {"a": 1}).position.live == {"a": 1, "total": 1}
    assert "total" not in give(definition, progress(), {"a": 6}).position.live


def test_a_skipped_step_counts_as_nothing() -> None:
    definition = definition_of(
        step("one", "a"), step("two", "b", required=False), step("three", "c"),
        properties={"a": NUMBER, "b": NUMBER, "total": TOTAL}, required=["a", "b", "c"],
    )  # fmt: skip

    assert give(definition, progress({"a": 1}), skip=("two",)).position.live == {"a": 1, "total": 1}


def test_the_whole_schema_judges_it_and_asks_for_its_inputs() -> None:
    definition = definition_of(
        step("one", "a", "b"), properties={"a": NUMBER, "b": NUMBER, "total": {**TOTAL, "maximum": 5}}
    )

    decision = give(definition, progress(), {"a": 3, "b": 4})

    assert [(unmet.step, unmet.fields) for unmet in decision.position.unmet] == [("one", ("a", "b"))]


def test_nobody_gives_or_clears_it() -> None:
    definition = definition_of(step("one", "a", "b"), properties={"a": NUMBER, "b": NUMBER, "total": TOTAL})

    given = give(definition, progress(), {"total": 5})
    cleared = give(definition, progress(), clear=("total",))
    begun = begin(definition, {"total": 5})

    ignored = (Ignored(field="total", reason="computed"),)
    assert (given.report.ignored, cleared.report.ignored, begun.report.ignored) == (ignored, ignored, ignored)


def test_it_is_as_private_as_the_most_private_input() -> None:
    definition = definition_of(
        step("one", "a", "b", "l"),
        properties={
            "a": {**NUMBER, "x-sensitive": "mask"},
            "b": {**NUMBER, "x-sensitive": "never_llm"},
            "l": LIST,
            "total": TOTAL,
            "more": {"x-computed": {"sum": ["total"]}},
            "count": {"x-computed": {"count": "l"}},
            "doubled": {"x-sensitive": "mask", "x-computed": {"sum": ["count"]}},
        },
        required=[],
    )

    assert {name: field.sensitive for name, field in definition.fields.items() if field.computed} == {
        "total": Sensitivity.NEVER_LLM,
        "more": Sensitivity.NEVER_LLM,
        "count": None,
        "doubled": Sensitivity.MASK,
    }


def test_a_sum_waits_for_what_its_parts_wait_for() -> None:
    definition = definition_of(
        step("one", "low", "extra"),
        properties={
            "low": NUMBER,
            "extra": NUMBER,
            "total": {"x-computed": {"sum": ["low"]}},
            "grand": {"x-computed": {"sum": ["total", "extra"]}},
        },
        required=["low"],
    )

    assert definition.sources == {"total": ("low",), "grand": ("low", "extra")}
    assert give(definition, progress(), {"extra": 5}).position.live == {"extra": 5}
    assert give(definition, progress(), {"low": 1}).position.live == {"low": 1, "total": 1, "grand": 1}


def test_long_chains_take_no_longer_than_they_are() -> None:
    properties: dict[str, Any] = {"a": NUMBER, "b": NUMBER}
    names = list(properties)
    for number in range(300):
        properties[f"x{number}"] = {"x-computed": {"sum": names[-2:]}}
        names.append(f"x{number}")
    check = rule(row(names[-1], "<", 0))

    definition = definition_of(step("one", "a", "b", rules=[check]), properties=properties, required=["a", "b"])
    decision = give(definition, progress(), {"a": 0, "b": 1})

    assert decision.position.live["x9"] == 89
    assert [set(unmet.fields) for unmet in decision.position.unmet] == [{"a", "b"}]


def test_what_follows_from_fields_of_no_step_is_known_before_the_first_one() -> None:
    definition = definition_of(
        step("one", "c", when=row("total", ">", 2)), step("two", "d"),
        properties={"a": NUMBER, "b": NUMBER, "total": TOTAL, "c": TEXT, "d": TEXT}, required=["c", "d"],
    )  # fmt: skip

    assert [current(give(definition, progress(), {"a": 1, "b": n}).position) for n in (1, 2)] == ["two", "one"]
