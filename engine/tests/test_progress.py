"""Where a workflow stands: steps that apply, fields that are live, what is complete."""

from typing import Any

import pytest

from engine.definition import Definition
from engine.progress import ENDED, Position, Status, locate
from engine.tests.builders import NUMBER, TEXT, current, definition_of, info, progress, row, step

IF_CAR = row("purpose", "==", "car")


def stand(definition: Definition, values: dict[str, Any] | None = None, **marks: Any) -> Position:
    return locate(definition, progress(values, **marks))


def ids(position: Position) -> list[str]:
    return [found.id for found in position.steps]


def test_at_the_beginning_the_first_step_is_current() -> None:
    position = stand(definition_of(step("one", "a"), step("two", "b")))

    assert ids(position) == ["one", "two"]
    assert current(position) == "one"
    assert position.complete == frozenset()
    assert position.live_fields == ("a", "b")
    assert position.live == {}
    assert position.unmet == ()
    assert not position.is_collected


def test_what_is_required_asked_and_unanswered_is_missing() -> None:
    definition = definition_of(
        step("one", "a", "b"),
        step("two", "c", when=row("a", "==", "yes")),
        step("three", "d", required=False),
        properties={"loose": TEXT},
        required=["a", "c", "d", "loose"],
    )

    assert stand(definition).missing == ("loose", "a", "d")
    assert stand(definition, {"a": "yes", "loose": "x"}).missing == ("c", "d")
    assert stand(definition, {"a": "no", "loose": "x"}, skipped=frozenset({"three"})).missing == ()


def test_answered_steps_skip_themselves() -> None:
    definition = definition_of(step("one", "a"), step("two", "b"), step("three", "c"))

    position = stand(definition, {"c": "x", "a": "y"})

    assert position.complete == {"one", "three"}
    assert current(position) == "two"


def test_with_every_step_complete_all_is_collected() -> None:
    position = stand(definition_of(step("one", "a"), step("two", "b")), {"a": "x", "b": "y"})

    assert position.current_step is None
    assert position.is_collected
    assert position.live == {"a": "x", "b": "y"}


@pytest.mark.parametrize(
    ("values", "applies"),
    [({}, False), ({"purpose": "home"}, False), ({"purpose": None}, False), ({"purpose": "car"}, True)],
)
def test_a_step_applies_only_when_its_condition_is_true(values: dict[str, Any], applies: bool) -> None:
    definition = definition_of(step("what", "purpose"), step("car", "plate", when=IF_CAR))

    assert ("car" in ids(stand(definition, values))) is applies


def test_a_condition_that_is_unknown_negated_does_not_apply_either() -> None:
    definition = definition_of(step("what", "purpose"), step("other", "plate", when={"not": IF_CAR}))

    assert ids(stand(definition)) == ["what"]


def test_the_values_of_a_step_that_does_not_apply_are_parked() -> None:
    definition = definition_of(step("what", "purpose"), step("car", "plate", when=IF_CAR))

    position = stand(definition, {"purpose": "home", "plate": "AB 12"})

    assert position.live == {"purpose": "home"}
    assert position.live_fields == ("purpose",)
    assert position.is_collected


def test_a_parked_value_decides_nothing() -> None:
    definition = definition_of(
        step("what", "purpose"),
        step("car", "plate", when=IF_CAR),
        step("abroad", "country", when=row("plate", "==", "foreign")),
    )

    assert ids(stand(definition, {"purpose": "home", "plate": "foreign"})) == ["what"]
    assert ids(stand(definition, {"purpose": "car", "plate": "foreign"})) == ["what", "car", "abroad"]


@pytest.mark.parametrize(("values", "live"), [({"a": "no", "b": "x"}, ("a",)), ({"a": "yes", "b": "x"}, ("a", "b"))])
def test_a_field_is_asked_only_if_its_own_condition_is_true(values: dict[str, str], live: tuple[str, ...]) -> None:
    definition = definition_of(step("one", "a", "b"), properties={"b": {**TEXT, "x-when": row("a", "==", "yes")}})

    position = stand(definition, values)

    assert position.live_fields == live
    assert position.is_collected


def test_a_required_field_that_is_not_asked_holds_nothing_up() -> None:
    definition = definition_of(step("one", "a", "b"), properties={"b": {**TEXT, "x-when": row("a", "==", "yes")}})

    assert stand(definition, {"a": "no"}).is_collected
    assert current(stand(definition, {"a": "yes"})) == "one"


def test_a_step_none_of_whose_fields_is_asked_is_complete() -> None:
    definition = definition_of(
        step("one", "a"), step("two", "b"), properties={"b": {**TEXT, "x-when": row("a", "==", "yes")}}
    )

    assert stand(definition, {"a": "no"}).complete == {"one", "two"}


def test_a_field_in_two_steps_is_live_if_one_of_them_applies() -> None:
    definition = definition_of(
        step("what", "purpose"),
        step("car", "plate", when=IF_CAR),
        step("again", "plate"),
        required=["purpose", "plate"],
    )

    position = stand(definition, {"purpose": "home", "plate": "AB 12"})

    assert ids(position) == ["what", "again"]
    assert position.live["plate"] == "AB 12"
    assert position.live_fields == ("purpose", "plate")


def test_a_field_in_two_applying_steps_answers_both() -> None:
    definition = definition_of(step("one", "a"), step("two", "a", "b"))

    position = stand(definition, {"a": "x"})

    assert position.complete == {"one"}
    assert position.live_fields == ("a", "b")


def test_a_field_not_asked_at_its_first_step_may_be_at_a_later_one() -> None:
    definition = definition_of(
        step("one", "b", required=False),
        step("two", "a"),
        step("three", "b"),
        properties={"b": TEXT, "a": TEXT},
    )
    definition_later = definition_of(step("one", "c"), step("two", "a", "b"), step("three", "b"))

    assert stand(definition).live_fields == ("b", "a")
    assert stand(definition_later).live_fields == ("c", "a", "b")


@pytest.mark.parametrize(("values", "complete"), [({}, False), ({"a": "x"}, True), ({"b": "x"}, False)])
def test_only_required_fields_hold_a_step_up(values: dict[str, str], complete: bool) -> None:
    definition = definition_of(step("one", "a", "b"), required=["a"])

    assert stand(definition, values).is_collected is complete


@pytest.mark.parametrize(
    ("values", "complete"), [({}, False), ({"a": "x"}, False), ({"b": "x"}, False), ({"a": "x", "b": "y"}, True)]
)
def test_a_step_of_optional_fields_is_complete_when_all_are_answered(values: dict[str, str], complete: bool) -> None:
    definition = definition_of(step("one", "a", "b"), required=[])

    assert stand(definition, values).is_collected is complete


def test_a_step_of_optional_fields_is_complete_when_it_is_acknowledged() -> None:
    definition = definition_of(step("one", "a", "b"), required=[])

    assert stand(definition, acknowledged=frozenset({"one"})).is_collected


def test_a_step_with_a_required_field_is_not_complete_by_acknowledgement() -> None:
    definition = definition_of(step("one", "a", "b"), required=["a"])

    assert not stand(definition, acknowledged=frozenset({"one"})).is_collected


def test_an_acknowledged_step_whose_required_field_is_not_asked_is_complete() -> None:
    definition = definition_of(
        step("one", "a"),
        step("two", "b", "c"),
        properties={"b": {**TEXT, "x-when": row("a", "==", "yes")}},
        required=["a", "b"],
    )

    assert stand(definition, {"a": "no"}, acknowledged=frozenset({"two"})).is_collected
    assert not stand(definition, {"a": "yes"}, acknowledged=frozenset({"two"})).is_collected


def test_null_is_an_answer_where_it_is_stored() -> None:
    definition = definition_of(step("one", "a"), properties={"a": {"type": ["string", "null"]}})

    assert stand(definition, {"a": None}).is_collected


@pytest.mark.parametrize(("marks", "complete"), [(frozenset(), False), (frozenset({"hello"}), True)])
def test_required_information_must_be_acknowledged(marks: frozenset[str], complete: bool) -> None:
    assert stand(definition_of(info("hello")), acknowledged=marks).is_collected is complete


def test_optional_information_never_blocks() -> None:
    assert stand(definition_of(info("hello", required=False))).is_collected


@pytest.mark.parametrize(("marks", "complete"), [(frozenset(), False), (frozenset({"one"}), True)])
def test_an_optional_step_can_be_skipped_although_its_field_is_required(marks: frozenset[str], complete: bool) -> None:
    definition = definition_of(step("one", "a", required=False))

    assert stand(definition, skipped=marks).is_collected is complete


def test_an_optional_step_can_be_answered_as_well() -> None:
    assert stand(definition_of(step("one", "a", required=False)), {"a": "x"}).is_collected


def test_a_mark_on_a_required_step_skips_nothing() -> None:
    assert not stand(definition_of(step("one", "a")), skipped=frozenset({"one"})).is_collected


def test_the_skip_of_a_step_that_does_not_apply_waits_with_it() -> None:
    definition = definition_of(step("what", "purpose"), step("car", "plate", when=IF_CAR, required=False))
    marks = {"skipped": frozenset({"car"})}

    assert ids(stand(definition, {"purpose": "home"}, **marks)) == ["what"]
    assert stand(definition, {"purpose": "car"}, **marks).complete == {"what", "car"}


def test_fields_of_no_step_are_live_before_the_first_step() -> None:
    definition = definition_of(
        step("one", "a", when=row("score", ">", 5)), properties={"score": NUMBER, "a": TEXT}, required=["a"]
    )

    position = stand(definition, {"score": 7})

    assert ids(position) == ["one"]
    assert position.live_fields == ("score", "a")


def test_a_loose_field_may_depend_on_one_before_it() -> None:
    properties = {
        "second": {**TEXT, "x-order": 2, "x-when": row("first", "==", "yes")},
        "first": {**TEXT, "x-order": 1},
    }
    definition = definition_of(info("hello"), properties=properties, required=[])

    assert stand(definition, {"first": "yes", "second": "x"}).live == {"first": "yes", "second": "x"}
    assert stand(definition, {"first": "no", "second": "x"}).live == {"first": "no"}


def test_refusals_can_open_a_way_out() -> None:
    definition = definition_of(step("one", "a"), info("help", when=row("a", "attempts>=", 3)))

    assert ids(stand(definition, attempts={"a": 2})) == ["one"]
    assert ids(stand(definition, attempts={"a": 3})) == ["one", "help"]


def test_today_is_the_stored_day() -> None:
    definition = definition_of(step("one", "born"), info("minor", when=row("born", ">", ref="$today", offset="-P18Y")))

    assert ids(stand(definition, {"born": "2008-03-15"})) == ["one", "minor"]
    assert ids(stand(definition, {"born": "2008-03-14"})) == ["one"]


def test_three_statuses_are_ends() -> None:
    assert {Status.COMPLETED, Status.FAILED, Status.CANCELLED} == ENDED
