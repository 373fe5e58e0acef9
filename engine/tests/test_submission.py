"""What counts of a submission and what does not."""

from datetime import date
from typing import Any

import pytest

from engine.changes import Merged
from engine.definition import Definition
from engine.errors import Invalid
from engine.merging import merge
from engine.progress import Progress
from engine.report import Corrected, Ignored, Outcome, Rejected
from engine.submission import FieldGivenAndCleared, Submission
from engine.tests.builders import NUMBER, TEXT, TODAY, definition_of, info, progress, step

TOMORROW = date(2026, 3, 15)
PROPERTIES = {"name": TEXT, "age": {"type": "integer", "minimum": 18}, "pet": TEXT}


def person() -> Definition:
    return definition_of(step("you", "name", "age"), step("pet", "pet", required=False), properties=PROPERTIES)


def merged(before: Progress, definition: Definition | None = None, **submission: Any) -> Merged:
    return merge(definition or person(), before, Submission(**submission), today=TOMORROW)


def test_good_values_are_applied() -> None:
    result = merged(progress(), data={"age": 36, "name": "Ada"})

    assert result.report.outcome is Outcome.APPLIED
    assert result.report.accepted == ("age", "name")
    assert result.report.completed_steps == ("you",)
    assert result.progress.values == {"age": 36, "name": "Ada"}
    assert result.position.live == {"name": "Ada", "age": 36}


def test_values_may_belong_to_any_step() -> None:
    result = merged(progress(), data={"pet": "cat"})

    assert result.report.completed_steps == ("pet",)
    assert result.progress.values == {"pet": "cat"}


def test_nothing_stored_before_is_touched() -> None:
    before = progress({"name": "Ada"}, attempts={"age": 1})

    merged(before, data={"name": "Eve", "age": 1})

    assert before == progress({"name": "Ada"}, attempts={"age": 1})


def test_of_some_good_and_some_bad_values_the_good_ones_are_stored() -> None:
    result = merged(progress(), data={"name": "Ada", "age": 5})

    assert result.report.outcome is Outcome.PARTIAL
    assert result.report.accepted == ("name",)
    assert result.report.rejected == (
        Rejected(field="age", code="minimum", message="Age must be at least 18.", attempts=1),
    )
    assert result.progress.values == {"name": "Ada"}


def test_only_bad_values_are_rejected_and_change_nothing_but_marks() -> None:
    result = merged(progress({"age": 36}), data={"age": "old", "name": 5})

    assert result.report.outcome is Outcome.REJECTED
    assert [(found.field, found.code, found.attempts) for found in result.report.rejected] == [
        ("age", "type", 1),
        ("name", "type", 1),
    ]
    assert result.progress.values == {"age": 36}
    assert result.progress.attempts == {"age": 1, "name": 1}


def test_refusals_add_up() -> None:
    result = merged(progress(attempts={"age": 2, "name": 1}), data={"age": 5})

    assert result.progress.attempts == {"age": 3, "name": 1}
    assert result.report.rejected[0].attempts == 3


def test_one_refused_value_is_one_attempt_whatever_is_wrong_with_it() -> None:
    definition = definition_of(step("one", "a"), properties={"a": {**TEXT, "minLength": 3, "pattern": "^x"}})

    result = merged(progress(), definition, data={"a": "b"})

    assert sorted((found.code, found.attempts) for found in result.report.rejected) == [
        ("minLength", 1),
        ("pattern", 1),
    ]
    assert result.progress.attempts == {"a": 1}


def test_a_complaint_says_which_entry_it_is_about() -> None:
    part = {"type": "array", "items": TEXT, "x-messages": {"*": "Names only."}}
    definition = definition_of(step("one", "a"), properties={"a": part})

    result = merged(progress(), definition, data={"a": [1, 2, 3]})

    assert result.report.rejected == tuple(
        Rejected(field="a", path=f"/data/a/{index}", code="type", message="Names only.", attempts=1)
        for index in range(3)
    )


def test_all_or_nothing_stores_nothing_if_something_is_refused() -> None:
    before = progress({"name": "Ada", "pet": "cat"})

    result = merged(before, data={"name": "Eve", "age": 5}, clear=("pet",), skip=("pet",), atomic=True)

    assert result.report.outcome is Outcome.REJECTED
    assert result.report.accepted == ()
    assert result.report.corrected == ()
    assert result.report.parked == ()
    assert result.progress == progress({"name": "Ada", "pet": "cat"}, attempts={"age": 1})


def test_all_or_nothing_keeps_no_acknowledgement_either() -> None:
    definition = definition_of(info("hello"), step("one", "a"))

    result = merged(progress(), definition, data={"a": 5}, acknowledge=("hello",), atomic=True)

    assert result.progress.acknowledged == frozenset()
    assert result.report.outcome is Outcome.REJECTED


def test_all_or_nothing_stores_all_if_nothing_is_refused() -> None:
    result = merged(progress(), data={"name": "Ada", "age": 36, "ghost": 1}, atomic=True)

    assert result.report.outcome is Outcome.APPLIED
    assert result.progress.values == {"name": "Ada", "age": 36}


def test_an_empty_submission_is_a_noop() -> None:
    before = progress({"name": "Ada"})

    result = merged(before)

    assert result.report.outcome is Outcome.NOOP
    assert result.facts == ()
    assert result.progress == before


def test_the_same_value_again_is_unchanged() -> None:
    result = merged(progress({"age": 36}), data={"age": 36.0})

    assert result.report.outcome is Outcome.NOOP
    assert result.report.ignored == (Ignored(field="age", reason="unchanged"),)


def test_true_is_not_the_same_as_one() -> None:
    definition = definition_of(step("one", "a"), properties={"a": {"type": ["boolean", "integer"]}})

    result = merged(progress({"a": 1}), definition, data={"a": True})

    assert result.report.corrected == (Corrected(field="a", before=1, after=True),)


def test_another_value_corrects_the_stored_one() -> None:
    result = merged(progress({"name": "Ada", "age": 36}), data={"name": "Eve"})

    assert result.report.outcome is Outcome.APPLIED
    assert result.report.accepted == ("name",)
    assert result.report.corrected == (Corrected(field="name", before="Ada", after="Eve"),)
    assert result.report.completed_steps == ()
    assert result.progress.values == {"name": "Eve", "age": 36}


def test_a_refused_value_leaves_the_stored_one() -> None:
    result = merged(progress({"age": 36}), data={"age": 5})

    assert result.progress.values == {"age": 36}


def test_null_is_ignored() -> None:
    result = merged(progress({"name": "Ada"}), data={"name": None, "age": None})

    assert result.report.outcome is Outcome.NOOP
    assert result.report.ignored == (Ignored(field="name", reason="null"), Ignored(field="age", reason="null"))
    assert result.progress == progress({"name": "Ada"})


def test_null_is_an_answer_where_the_schema_allows_it() -> None:
    definition = definition_of(step("one", "a"), properties={"a": {"type": ["string", "null"]}})

    first = merged(progress(), definition, data={"a": None})
    again = merged(first.progress, definition, data={"a": None})

    assert first.progress.values == {"a": None}
    assert first.report.accepted == ("a",)
    assert again.report.ignored == (Ignored(field="a", reason="unchanged"),)


@pytest.mark.parametrize("part", [TEXT, {**TEXT, "minLength": 1}, {**TEXT, "enum": ["a", "b"]}, NUMBER])
def test_an_empty_text_is_no_answer(part: dict[str, Any]) -> None:
    definition = definition_of(step("one", "a"), properties={"a": part})

    result = merged(progress(), definition, data={"a": ""})

    assert result.report.outcome is Outcome.NOOP
    assert result.report.ignored == (Ignored(field="a", reason="empty"),)
    assert result.progress == progress()


@pytest.mark.parametrize(
    "part",
    [
        {**TEXT, "enum": ["", "a"]},
        {**TEXT, "const": ""},
        {**TEXT, "oneOf": [{"const": "a", "title": "A"}, {"const": "", "title": "None"}]},
    ],
)
def test_an_empty_text_is_an_answer_where_the_schema_lists_it(part: dict[str, Any]) -> None:
    definition = definition_of(step("one", "a"), properties={"a": part})

    result = merged(progress(), definition, data={"a": ""})

    assert result.progress.values == {"a": ""}


def test_a_listed_empty_text_that_something_else_forbids_is_refused() -> None:
    definition = definition_of(step("one", "a"), properties={"a": {**TEXT, "enum": ["", "abc"], "minLength": 2}})

    result = merged(progress(), definition, data={"a": ""})

    assert [found.code for found in result.report.rejected] == ["minLength"]


def test_a_choice_among_schemas_that_are_no_constants_lists_no_empty_text() -> None:
    definition = definition_of(step("one", "a"), properties={"a": {"oneOf": [True, False]}})

    assert merged(progress(), definition, data={"a": ""}).report.ignored == (Ignored(field="a", reason="empty"),)


@pytest.mark.parametrize("value", [False, 0, [], {}])
def test_false_zero_and_nothing_in_a_list_are_answers(value: Any) -> None:
    definition = definition_of(step("one", "a"), properties={"a": {}})

    result = merged(progress(), definition, data={"a": value})

    assert result.progress.values == {"a": value}
    assert result.report.completed_steps == ("one",)


def test_what_only_the_starting_client_may_give_is_ignored_later() -> None:
    definition = definition_of(step("one", "a", "b"), properties={"a": {**TEXT, "readOnly": True}})

    given = merged(progress({"a": "x"}), definition, data={"a": "y"})
    cleared = merged(progress({"a": "x"}), definition, clear=("a",))

    assert given.report.ignored == cleared.report.ignored == (Ignored(field="a", reason="read_only"),)
    assert given.progress == cleared.progress == progress({"a": "x"})


def test_prefill_gives_and_clears_what_is_read_only() -> None:
    definition = definition_of(step("one", "a", "b"), properties={"a": {**TEXT, "readOnly": True}})

    given = merged(progress(), definition, data={"a": "y"}, is_prefill=True)
    cleared = merged(progress({"a": "x"}), definition, clear=("a",), is_prefill=True)

    assert given.progress.values == {"a": "y"}
    assert cleared.progress.values == {}


def test_an_unknown_field_is_ignored_with_the_nearest_name() -> None:
    result = merged(progress(), data={"nmae": "Ada", "xyz": 1}, clear=("agee",))

    assert result.report.outcome is Outcome.NOOP
    assert result.report.ignored == (
        Ignored(field="agee", reason="unknown_field", suggestion="age"),
        Ignored(field="nmae", reason="unknown_field", suggestion="name"),
        Ignored(field="xyz", reason="unknown_field"),
    )


def test_a_value_is_cleared() -> None:
    result = merged(progress({"name": "Ada", "age": 36}), clear=("name", "name"))

    assert result.report.outcome is Outcome.APPLIED
    assert result.report.accepted == ()
    assert result.report.ignored == ()
    assert result.progress.values == {"age": 36}


def test_clearing_what_is_not_there_changes_nothing() -> None:
    result = merged(progress(), clear=("name",))

    assert result.report.outcome is Outcome.NOOP
    assert result.report.ignored == (Ignored(field="name", reason="empty"),)


def test_a_field_cannot_be_given_and_cleared_at_once() -> None:
    with pytest.raises(FieldGivenAndCleared) as caught:
        merged(progress(), data={"name": "Ada", "age": 1, "pet": "x"}, clear=("name", "age"))

    assert caught.value.code == "field_given_and_cleared"
    assert caught.value.message == "Give these a value or clear them, not both: age, name."
    assert caught.value.details == {"fields": ["age", "name"]}
    assert isinstance(caught.value, Invalid)


def test_the_day_moves_when_something_changes() -> None:
    assert merged(progress(), data={"name": "Ada"}).progress.today == TOMORROW
    assert merged(progress({"name": "Ada"}), clear=("name",)).progress.today == TOMORROW
    assert merged(progress(), skip=("pet",)).progress.today == TOMORROW


@pytest.mark.parametrize("data", [{}, {"name": 5}, {"age": 36}, {"age": None}, {"ghost": 1}])
def test_the_day_stays_when_nothing_changes(data: dict[str, Any]) -> None:
    assert merged(progress({"age": 36}), data=data).progress.today == TODAY
