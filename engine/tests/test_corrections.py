"""People change their minds: what is called into question, what follows a change, and what is left in peace."""

from typing import Any

from engine.changes import Merged
from engine.definition import Definition
from engine.facts import Submitted
from engine.merging import merge
from engine.progress import Progress, Status
from engine.report import Coerced, Corrected, Ignored, Invalidated, Outcome
from engine.submission import Submission
from engine.tests.builders import NUMBER, TEXT, TODAY, begin, current, definition_of, give, progress, row, step

ADULT: dict[str, Any] = {"type": "integer", "minimum": 18}


def person() -> Definition:
    return definition_of(step("you", "name", "age"), step("more", "pet"), properties={"age": ADULT})


def sandwiches() -> Definition:
    return definition_of(
        step("order", "bread", "count"),
        step("fillings", "filling", "sauce"),
        properties={
            "count": NUMBER,
            "filling": {**TEXT, "x-depends-on": ["count"], "x-on-change": "reset"},
            "sauce": {**TEXT, "x-depends-on": ["filling"], "x-on-change": "reset"},
        },
    )


def merged(definition: Definition, before: Progress, **submission: Any) -> Merged:
    return merge(definition, before, Submission(**submission), today=TODAY)


def test_a_refused_correction_calls_the_stored_value_into_question() -> None:
    result = merged(person(), progress({"name": "Ada", "age": 36, "pet": "cat"}), data={"age": 5})

    assert result.report.outcome is Outcome.REJECTED
    assert result.progress.values == {"name": "Ada", "age": 36, "pet": "cat"}
    assert (result.progress.contested, result.position.contested) == (frozenset({"age"}), ("age",))
    assert current(result.position) == "you"
    assert not result.position.is_collected


def test_nothing_ends_while_something_is_contested() -> None:
    before = progress({"name": "Ada", "age": 36}, contested=frozenset({"age"}))

    decision = give(person(), before, {"pet": "cat"})

    assert decision.progress.status is Status.ACTIVE


def test_the_same_value_again_settles_it() -> None:
    before = progress({"name": "Ada", "age": 36, "pet": "cat"}, contested=frozenset({"age"}))

    decision = give(person(), before, {"age": 36})

    assert (decision.report.outcome, decision.report.accepted) == (Outcome.APPLIED, ("age",))
    assert (decision.report.corrected, decision.progress.contested) == ((), frozenset())
    assert decision.progress.status is Status.COMPLETED


def test_another_value_settles_it_and_is_a_correction() -> None:
    before = progress({"name": "Ada", "age": 36}, contested=frozenset({"age"}))

    result = merged(person(), before, data={"age": 37})

    assert result.report.corrected == (Corrected(field="age", before=36, after=37),)
    assert result.progress.contested == frozenset()


def test_clearing_settles_it_too() -> None:
    before = progress({"name": "Ada", "age": 36}, contested=frozenset({"age"}))

    result = merged(person(), before, clear=("age",))

    assert (result.progress.values, result.progress.contested) == ({"name": "Ada"}, frozenset())


def test_what_was_never_answered_is_not_contested() -> None:
    assert merged(person(), progress(), data={"age": 5}).progress.contested == frozenset()


def test_an_atomic_submission_calls_nothing_into_question() -> None:
    before = progress({"age": 36}, contested=frozenset({"name"}))

    result = merged(person(), before, data={"age": 5, "name": "Ada"}, atomic=True)

    assert result.progress.contested == frozenset({"name"})
    assert result.progress.previous == {}
    assert (result.progress.values, result.progress.attempts) == ({"age": 36}, {"age": 1})


def test_a_contested_value_that_is_parked_holds_nothing_up() -> None:
    definition = definition_of(
        step("what", "kind"),
        step("car", "plate", when=row("kind", "==", "car")),
        properties={"plate": {"minLength": 2}},
    )
    before = progress({"kind": "car", "plate": "AB"}, contested=frozenset({"plate"}))

    decision = give(definition, before, {"kind": "home"})

    assert decision.position.contested == ()
    assert decision.progress.status is Status.COMPLETED


def test_a_contested_field_of_no_step_holds_the_end_up() -> None:
    definition = definition_of(step("one", "a"), properties={"a": TEXT, "note": TEXT}, required=["a"])

    decision = give(definition, progress({"note": "x"}, contested=frozenset({"note"})), {"a": "A"})

    assert decision.progress.status is Status.ACTIVE
    assert [(unmet.fields, unmet.message) for unmet in decision.position.unmet] == [
        (("note",), "Note was called into question.")
    ]


def test_a_contested_answer_opens_even_an_optional_step() -> None:
    definition = definition_of(step("one", "a", required=False), properties={"a": NUMBER}, required=[])
    before = progress({"a": 1}, contested=frozenset({"a"}), skipped=frozenset({"one"}))

    assert current(merged(definition, before).position) == "one"


def test_a_change_takes_out_what_depends_on_it_and_what_depends_on_that() -> None:
    before = progress({"bread": "rye", "count": 1, "filling": "egg", "sauce": "mint"})

    result = merged(sandwiches(), before, data={"count": 2})

    assert result.report.invalidated == (
        Invalidated(field="filling", because="count"),
        Invalidated(field="sauce", because="filling"),
    )
    assert result.progress.values == {"bread": "rye", "count": 2}
    assert result.progress.previous == {"filling": "egg", "sauce": "mint"}
    assert current(result.position) == "fillings"


def test_unrelated_answers_are_left_in_peace() -> None:
    before = progress({"bread": "rye", "count": 1, "filling": "egg", "sauce": "mint"})

    result = merged(sandwiches(), before, data={"bread": "white", "filling": "ham"})

    assert result.report.invalidated == (Invalidated(field="sauce", because="filling"),)
    assert result.progress.values == {"bread": "white", "count": 1, "filling": "ham"}


def test_what_comes_with_the_change_is_not_taken_out() -> None:
    before = progress({"bread": "rye", "count": 1, "filling": "egg"})

    result = merged(sandwiches(), before, data={"count": 2, "filling": "ham"})

    assert (result.report.invalidated, result.progress.previous) == ((), {})


def test_what_is_said_again_beside_the_change_is_not_taken_out() -> None:
    before = progress({"bread": "rye", "count": 2, "filling": "cheese", "sauce": "mayo"})
    said = {"count": 3, "filling": "cheese"}

    once = merged(sandwiches(), before, data=said)
    twice = merged(sandwiches(), once.progress, data=said)

    assert once.progress.values == {"bread": "rye", "count": 3, "filling": "cheese", "sauce": "mayo"}
    assert once.report.invalidated == ()
    assert (twice.report.outcome, twice.progress) == (Outcome.NOOP, once.progress)


def test_what_came_back_as_its_mask_is_no_value_and_is_not_taken_out() -> None:
    before = progress({"bread": "rye", "count": 2, "filling": "cheese", "sauce": "mayo"})
    masked = frozenset({"filling", "sauce"})

    result = merged(sandwiches(), before, data={"count": 3, "filling": "***", "sauce": "***"}, untouched=masked)

    assert result.progress.values == {"bread": "rye", "count": 3, "filling": "cheese", "sauce": "mayo"}
    assert result.report.accepted == ("count",)
    assert result.report.ignored == (
        Ignored(field="filling", reason="masked"),
        Ignored(field="sauce", reason="masked"),
    )


def test_what_is_said_again_and_no_longer_holds_is_taken_out() -> None:
    choosing = definition_of(
        step("who", "people"),
        step("one", "speaker"),
        properties={
            "people": {"type": "array", "items": TEXT},
            "speaker": {**TEXT, "x-choices": {"ref": "people"}, "x-on-change": "reset"},
        },
    )
    before = progress({"people": ["Ada"], "speaker": "Ada"}, item_ids={"people": (1,)}, last_item_id=1)

    result = merged(choosing, before, data={"people": ["Bob"], "speaker": "Ada"})

    assert result.progress.values == {"people": ["Bob"]}
    assert result.report.invalidated == (Invalidated(field="speaker", because="people"),)


def test_giving_the_same_value_again_changes_no_dependent() -> None:
    before = progress({"count": 1, "filling": "egg"}, contested=frozenset({"count"}))

    result = merged(sandwiches(), before, data={"count": 1})

    assert (result.report.invalidated, result.progress.values) == ((), {"count": 1, "filling": "egg"})


def test_clearing_is_a_change_too() -> None:
    result = merged(sandwiches(), progress({"count": 1, "filling": "egg"}), clear=("count",))

    assert result.progress.values == {}
    assert result.progress.previous == {"filling": "egg"}


def test_a_new_answer_makes_the_previous_one_history() -> None:
    before = progress({"count": 2}, previous={"filling": "egg", "sauce": "mint"})

    result = merged(sandwiches(), before, data={"filling": "ham"})

    assert result.progress.previous == {"sauce": "mint"}


def test_a_parked_dependent_is_taken_out_as_well() -> None:
    definition = definition_of(
        step("what", "kind", "size"),
        step("car", "seats", when=row("kind", "==", "car")),
        properties={"seats": {**NUMBER, "x-depends-on": ["size"], "x-on-change": "reset"}},
    )

    result = merged(definition, progress({"kind": "home", "size": "s", "seats": 4}), data={"size": "m"})

    assert result.progress.values == {"kind": "home", "size": "m"}


def test_a_dependent_that_is_judged_anew_and_still_holds_stays() -> None:
    definition = definition_of(step("one", "a", "b"), properties={"b": {**TEXT, "x-depends-on": ["a"]}})

    result = merged(definition, progress({"a": "1", "b": "x"}), data={"a": "2"})

    assert (result.report.invalidated, result.progress.values) == ((), {"a": "2", "b": "x"})


def test_a_dependent_that_no_longer_holds_is_taken_out() -> None:
    definition = definition_of(step("one", "a", "b"), properties={"b": {**TEXT, "maxLength": 3, "x-depends-on": ["a"]}})

    result = merged(definition, progress({"a": "1", "b": "too long"}, contested=frozenset({"b"})), data={"a": "2"})

    assert result.report.invalidated == (Invalidated(field="b", because="a"),)
    assert result.progress.contested == frozenset()


def test_values_are_read_only_if_asked_to() -> None:
    definition = definition_of(step("one", "a"), properties={"a": NUMBER})

    refused = merged(definition, progress(), data={"a": "5,000"})
    taken = merged(definition, progress(), data={"a": "5,000"}, coerce=True)

    assert refused.report.outcome is Outcome.REJECTED
    assert (taken.progress.values, taken.report.coerced) == ({"a": 5000}, (Coerced(field="a", sent="5,000"),))


def test_a_value_that_needs_no_reading_is_not_reported_as_read() -> None:
    result = merged(person(), progress(), data={"age": 36, "name": "Ada"}, coerce=True)

    assert result.report.coerced == ()


def test_what_reads_as_the_stored_value_is_unchanged() -> None:
    result = merged(person(), progress({"age": 36}), data={"age": " 36 "}, coerce=True)

    assert (result.report.outcome, [found.reason for found in result.report.ignored]) == (Outcome.NOOP, ["unchanged"])


def test_two_readings_are_refused_with_both() -> None:
    definition = definition_of(step("one", "a"), properties={"a": {**NUMBER, "title": "Amount"}})

    (refused,) = merged(definition, progress(), data={"a": "1.000"}, coerce=True).report.rejected

    assert (refused.code, refused.message) == ("ambiguous", "Amount can be read as 1.0 or as 1000. Ask which.")


def test_a_placeholder_is_ignored_not_stored() -> None:
    result = merged(person(), progress(), data={"name": "N/A", "pet": "[missing]"})

    assert [(found.field, found.reason) for found in result.report.ignored] == [
        ("name", "placeholder"),
        ("pet", "placeholder"),
    ]


def test_what_changed_is_told() -> None:
    before = progress({"bread": "rye", "count": 1, "filling": "egg"})

    fact = merged(sandwiches(), before, data={"count": 2}).facts[0]

    assert getattr(fact, "corrected") == ("count",)  # noqa: B009  a fact is one of several kinds
    assert getattr(fact, "invalidated") == {"filling": "count"}  # noqa: B009


def test_a_start_contests_nothing() -> None:
    assert begin(person(), {"age": 5}).progress.contested == frozenset()


def test_what_is_invalidated_is_told_in_the_order_in_which_it_is_asked() -> None:
    follows = {**TEXT, "x-depends-on": ["count"], "x-on-change": "reset"}
    definition = definition_of(
        step("one", "count"), step("two", "longer", "b"), properties={"count": NUMBER, "b": follows, "longer": follows}
    )

    result = merged(definition, progress({"count": 1, "b": "x", "longer": "y"}), data={"count": 2})

    assert [found.field for found in result.report.invalidated] == ["longer", "b"]


def test_what_is_acknowledged_is_judged_by_what_is_left_after_a_reset() -> None:
    follows = {**TEXT, "x-depends-on": ["count"], "x-on-change": "reset"}
    definition = definition_of(step("one", "count"), step("two", "b"), properties={"count": NUMBER, "b": follows})
    before = progress({"count": 1, "b": "x"})

    first = merged(definition, before, data={"count": 2}, acknowledge=("two",))
    again = merged(definition, first.progress, data={"count": 2}, acknowledge=("two",))

    assert [refused.code for refused in first.report.rejected] == ["step_needs_answers"]
    assert again.progress == first.progress


def test_what_is_called_into_question_comes_before_later_steps_and_is_in_the_log() -> None:
    refused = merged(person(), progress({"name": "Ada", "age": 36}), data={"age": 5})

    assert current(refused.position) == "you"
    (fact,) = refused.facts
    assert isinstance(fact, Submitted)
    assert fact.contested == ("age",)


def test_a_dependent_without_an_answer_hides_none_of_the_others() -> None:
    definition = definition_of(
        step("one", "a", "b", "c"),
        properties={
            "b": {**TEXT, "x-depends-on": ["a"], "x-on-change": "reset"},
            "c": {**TEXT, "x-depends-on": ["a"], "x-on-change": "reset"},
        },
    )

    assert merged(definition, progress({"a": "x", "c": "z"}), data={"a": "y"}).progress.values == {"a": "y"}


def test_what_is_skipped_now_can_be_acknowledged_now() -> None:
    definition = definition_of(step("one", "a", required=False), step("two", "b"))

    assert merged(definition, progress(), skip=("one",), acknowledge=("one",)).report.rejected == ()
    assert merged(definition, progress(), acknowledge=("one",)).report.rejected[0].code == "step_needs_answers"


def test_who_skips_one_step_is_not_excused_from_the_others() -> None:
    definition = definition_of(step("one", "a", required=False), step("two", "b"))

    assert merged(definition, progress(), skip=("one",)).position.missing == ("b",)


def test_two_readings_of_what_is_private_are_not_told() -> None:
    private = definition_of(step("one", "n"), properties={"n": {**NUMBER, "x-sensitive": "mask"}})

    (no,) = merged(private, progress(), data={"n": "1.000"}, coerce=True).report.rejected

    assert (no.code, no.message) == ("ambiguous", "N can be read as one value or as another. Ask which.")
