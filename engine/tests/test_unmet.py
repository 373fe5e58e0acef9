"""Why the end is not reached although values are there: broken rules, and the schema of the whole."""

from typing import Any

import pytest

from engine.definition import Definition
from engine.progress import Position, Unmet, locate
from engine.tests.builders import NUMBER, TEXT, current, definition_of, info, progress, row, rule, step

DATES = rule(row("end", ">", ref="start"), "End must be after start.", field="end")


def stand(definition: Definition, values: dict[str, Any] | None = None, **marks: Any) -> Position:
    return locate(definition, progress(values, **marks))


def test_a_broken_rule_keeps_its_step_open_and_says_why() -> None:
    definition = definition_of(step("dates", "start", "end", rules=[DATES]), step("last", "a"))

    position = stand(definition, {"start": "2026-02-02", "end": "2026-02-01", "a": "x"})

    assert position.unmet == (Unmet(step="dates", fields=("end",), message="End must be after start."),)
    assert position.complete == {"last"}
    assert current(position) == "dates"
    assert not position.is_collected


@pytest.mark.parametrize("values", [{"start": "b"}, {"end": "a"}, {}])
def test_a_rule_that_is_unknown_is_not_broken(values: dict[str, str]) -> None:
    definition = definition_of(step("dates", "start", "end", rules=[DATES]), required=[])

    assert stand(definition, values).unmet == ()


def test_a_rule_that_holds_is_silent() -> None:
    definition = definition_of(step("dates", "start", "end", rules=[DATES]))

    assert stand(definition, {"start": "a", "end": "b"}).is_collected


def test_every_broken_rule_is_told() -> None:
    rules = [rule(row("a", "!=", "x"), "Not x."), rule(row("b", "!=", "y"), "Not y."), rule(row("a", "==", "x"))]
    definition = definition_of(step("one", "a", "b", rules=rules))

    position = stand(definition, {"a": "x", "b": "y"})

    assert [unmet.message for unmet in position.unmet] == ["Not x.", "Not y."]


def test_a_rule_without_fields_of_its_own_asks_all_it_mentions_again() -> None:
    definition = definition_of(step("dates", "start", "end", rules=[rule(row("end", ">", ref="start"))]))

    (unmet,) = stand(definition, {"start": "b", "end": "a"}).unmet

    assert unmet.fields == ("end", "start")


def test_a_field_that_is_not_asked_is_not_asked_again() -> None:
    definition = definition_of(
        step("one", "a"),
        step("two", "b", when=row("a", "==", "b")),
        step("three", "c", rules=[rule(row("c", "!=", "x"), field=["b", "c"])]),
    )

    (unmet,) = stand(definition, {"a": "x", "c": "x"}).unmet

    assert unmet.fields == ("c",)


def test_the_rules_of_a_step_that_does_not_apply_are_silent() -> None:
    definition = definition_of(
        step("one", "a"), step("two", "b", when=row("a", "==", "b"), rules=[rule(row("a", "!=", "x"))])
    )

    assert stand(definition, {"a": "x"}).unmet == ()


def test_a_broken_rule_of_an_information_step_keeps_it_open() -> None:
    definition = definition_of(step("one", "a"), info("check", rules=[rule(row("a", "!=", "x"), "Not x.")]))

    position = stand(definition, {"a": "x"}, acknowledged=frozenset({"check"}))

    assert current(position) == "check"


def test_a_broken_rule_keeps_a_skipped_step_open() -> None:
    definition = definition_of(step("one", "a"), step("two", "b", required=False, rules=[rule(row("a", "!=", "x"))]))

    assert current(stand(definition, {"a": "x"}, skipped=frozenset({"two"}))) == "two"


def test_the_whole_is_not_judged_before_everything_is_there() -> None:
    definition = definition_of(step("one", "a"), step("two", "b"), root={"dependentRequired": {"a": ["c"]}})

    assert stand(definition, {"a": "x"}).unmet == ()


def test_the_whole_is_not_judged_while_a_rule_is_broken() -> None:
    definition = definition_of(step("one", "a", rules=[rule(row("a", "!=", "x"), "Not x.")]), root={"minProperties": 3})

    assert [unmet.message for unmet in stand(definition, {"a": "x"}).unmet] == ["Not x."]


def test_what_if_and_then_demand_opens_the_step_of_the_field() -> None:
    root = {"if": {"properties": {"a": {"const": "x"}}}, "then": {"properties": {"b": {"minimum": 3}}}}
    properties = {"b": {**NUMBER, "title": "The B", "x-unit": "EUR"}}
    definition = definition_of(step("one", "a"), step("two", "b"), properties=properties, root=root)

    position = stand(definition, {"a": "x", "b": 1})

    assert position.unmet == (Unmet(step="two", fields=("b",), message="The B must be at least 3 EUR."),)
    assert position.complete == {"one"}
    assert current(position) == "two"
    assert stand(definition, {"a": "y", "b": 1}).is_collected


def test_the_authors_words_are_used_for_the_whole_too() -> None:
    root = {"if": {"properties": {"a": {"const": "x"}}}, "then": {"properties": {"b": {"minimum": 3}}}}
    properties = {"b": {**NUMBER, "x-messages": {"minimum": "With x it must be more."}}}
    definition = definition_of(step("one", "a", "b"), properties=properties, root=root)

    assert [unmet.message for unmet in stand(definition, {"a": "x", "b": 1}).unmet] == ["With x it must be more."]


def test_a_field_that_another_one_demands_is_missing() -> None:
    definition = definition_of(
        step("one", "a"), step("two", "b", "c"), required=["a", "b"], root={"dependentRequired": {"a": ["c"]}}
    )

    position = stand(definition, {"a": "x", "b": "y"})

    assert position.unmet == (Unmet(step="two", fields=("c",), message="C is missing."),)
    assert current(position) == "two"


def test_a_demanded_field_that_is_not_asked_is_told_without_a_step() -> None:
    definition = definition_of(
        step("one", "a"), step("two", "b", when=row("a", "==", "b")), root={"dependentRequired": {"a": ["b"]}}
    )

    position = stand(definition, {"a": "x"})

    assert position.unmet == (Unmet(step=None, fields=(), message="B is missing."),)
    assert position.current_step is None
    assert not position.is_collected


def test_a_demanded_name_that_is_no_field_is_told_all_the_same() -> None:
    definition = definition_of(step("one", "a"), root={"dependentRequired": {"a": ["ghost"]}})

    position = stand(definition, {"a": "x"})

    assert position.unmet == (Unmet(step=None, fields=(), message="What was collected lacks 'ghost'."),)


def test_any_of_names_no_field_and_is_never_a_silent_end() -> None:
    root = {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    definition = definition_of(step("one", "a", "b"), required=[], root=root)

    position = stand(definition, acknowledged=frozenset({"one"}))

    assert position.unmet == (Unmet(step=None, fields=(), message="What was collected does not fit (anyOf)."),)
    assert not position.is_collected


def test_a_field_that_the_whole_does_not_admit_opens_its_step() -> None:
    root = {"allOf": [{"properties": {"a": True}, "additionalProperties": False}]}
    definition = definition_of(step("one", "a"), step("two", "b", "c"), root=root)

    position = stand(definition, {"a": "x", "b": "y", "c": "z"})

    assert position.unmet == (
        Unmet(step="two", fields=("b", "c"), message="What was collected has unknown keys: b, c."),
    )
    assert position.complete == {"one"}


def test_keys_of_no_property_are_not_the_persons_fault() -> None:
    definition = definition_of(step("one", "a"), root={"additionalProperties": False})

    assert stand(definition, {"a": "x"}).is_collected


def test_everything_wrong_with_the_whole_is_told() -> None:
    root = {"maxProperties": 1, "dependentRequired": {"a": ["c"]}}
    definition = definition_of(step("one", "a", "b"), step("two", "c"), root=root, required=["a", "b"])

    position = stand(definition, {"a": "x", "b": "y"}, acknowledged=frozenset({"two"}))

    assert sorted(unmet.message for unmet in position.unmet) == [
        "C is missing.",
        "What was collected must have at most 1 entries.",
    ]


def test_a_violation_of_the_first_field_opens_the_first_step_that_asks_for_it() -> None:
    root = {"allOf": [{"properties": {"a": {"maxLength": 1}}}]}
    definition = definition_of(step("one", "b"), step("two", "a"), step("three", "a"), root=root)

    position = stand(definition, {"a": "xx", "b": "y"})

    assert position.unmet[0].step == "two"
    assert position.complete == {"one", "three"}


def test_a_required_field_of_no_step_that_is_missing_is_told() -> None:
    properties = {"score": {**NUMBER, "title": "Score"}, "a": TEXT}
    definition = definition_of(step("one", "a"), properties=properties, required=["a", "score"])

    position = stand(definition, {"a": "x"})

    assert position.unmet == (Unmet(step=None, fields=("score",), message="Score is missing."),)
    assert stand(definition, {"a": "x", "score": 1}).is_collected


def test_the_required_field_of_a_skipped_step_is_excused() -> None:
    definition = definition_of(step("one", "a", required=False), step("two", "b"))

    assert stand(definition, {"b": "x"}, skipped=frozenset({"one"})).is_collected


def test_a_field_asked_by_two_steps_is_excused_only_if_both_are_skipped() -> None:
    definition = definition_of(step("one", "a", required=False), step("two", "a", required=False))

    assert current(stand(definition, skipped=frozenset({"one"}))) == "two"
    assert stand(definition, skipped=frozenset({"one", "two"})).is_collected
