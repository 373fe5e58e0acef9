"""Lists entry by entry: ids that are never used twice, entries judged one by one, and lists that are not full yet."""

from typing import Any

import pytest

from engine.facts import Submitted
from engine.items import ItemIds
from engine.merging import merge
from engine.report import Coerced, Corrected, Ignored, Outcome, Rejected
from engine.submission import FieldGivenAndCleared, ListGivenAndChanged, Submission, TooManyValues
from engine.tests.builders import TEXT, TODAY, begin, current, definition_of, document, found, give, progress, step

PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {"name": TEXT, "age": {"type": "integer", "minimum": 0, "x-messages": {"minimum": "Not born yet."}}},
    "required": ["name"],
}
ADA, BO = {"name": "Ada"}, {"name": "Bo"}


def household(**people: Any) -> Any:
    return definition_of(
        step("one", "people"), step("two", "city"), properties={"people": {"type": "array", "items": PERSON, **people}}
    )


def test_entries_get_ids_in_order_and_never_one_twice() -> None:
    two = give(household(), progress(), append={"people": [ADA, BO]})
    one = give(household(), two.progress, remove={"people": [2]})
    again = give(household(), one.progress, append={"people": [BO]})

    assert (two.progress.values, two.progress.item_ids) == ({"people": [ADA, BO]}, {"people": (1, 2)})
    assert (two.report.accepted, two.report.appended) == (("people",), {"people": (1, 2)})
    assert (one.progress.values, one.report.removed) == ({"people": [ADA]}, {"people": (2,)})
    assert again.progress.item_ids == {"people": (1, 3)}
    assert again.report.corrected == ()


def test_the_facts_tell_what_was_put_in_and_taken_out() -> None:
    two = give(household(), progress(), append={"people": [ADA, BO]})
    one = give(household(), two.progress, remove={"people": [1]}, append={"people": [ADA]})

    first, second = two.facts[0], one.facts[0]
    assert isinstance(first, Submitted)
    assert isinstance(second, Submitted)
    assert (first.appended, first.set) == ({"people": {1: ADA, 2: BO}}, {})
    assert (second.removed, second.appended) == ({"people": (1,)}, {"people": {3: ADA}})


def test_replacing_a_list_keeps_the_ids_of_what_is_in_both() -> None:
    ids = ItemIds({"people": [4, 5, 6]}, 6)

    ids.replace("people", [ADA, BO, ADA], [BO, {"name": "Cy"}, ADA, ADA, ADA])

    assert (ids.ids, ids.last) == ({"people": (5, 7, 4, 6, 8)}, 8)
    ids.replace("people", [1], None)
    assert ids.ids == {}


def test_a_list_given_whole_has_ids_too_and_loses_them_when_it_is_cleared() -> None:
    begun = begin(household(), {"people": [ADA]})

    cleared = give(household(), begun.progress, clear=("people",))

    assert (begun.progress.item_ids, cleared.progress.item_ids) == ({"people": (1,)}, {})
    assert cleared.progress.last_item_id == 1


def test_entries_are_judged_one_by_one_and_refused_by_their_place() -> None:
    decision = give(household(), progress(), append={"people": [{"name": "Ada", "age": -1}, BO, "Cy"]})

    assert (decision.report.outcome, decision.progress.values) == (Outcome.PARTIAL, {"people": [BO]})
    assert decision.report.rejected == (
        Rejected(field="people", path="/append/people/0/age", code="minimum", message="Not born yet.", attempts=1),
        Rejected(
            field="people",
            path="/append/people/2",
            code="type",
            message="People must be a group of values.",
            attempts=1,
        ),
    )
    assert (decision.progress.contested, decision.progress.attempts) == (frozenset(), {"people": 1})


def test_a_list_takes_no_more_than_it_may_and_nothing_twice() -> None:
    full = give(household(maxItems=1), progress(), append={"people": [ADA, BO]})
    twice = give(household(uniqueItems=True), progress(), append={"people": [ADA, ADA]})

    assert [(no.code, no.path) for no in full.report.rejected] == [("maxItems", "/append/people/1")]
    assert [(no.code, no.path) for no in twice.report.rejected] == [("uniqueItems", "/append/people/1")]


def test_a_list_that_is_not_full_yet_keeps_its_step_open() -> None:
    definition = household(minItems=2)

    one = give(definition, progress(), append={"people": [ADA]})
    two = give(definition, one.progress, append={"people": [BO]})
    back = give(definition, two.progress, remove={"people": [1]})

    assert (current(one.position), current(two.position), current(back.position)) == ("one", "two", "one")
    (unmet,) = one.position.unmet
    assert (unmet.step, unmet.fields, unmet.message) == ("one", ("people",), "People must have at least 2 entries.")
    assert one.report.outcome is Outcome.APPLIED


def test_what_is_gone_is_no_mistake() -> None:
    decision = give(household(), progress(), remove={"people": [7], "zzz": [1]})

    assert decision.report.outcome is Outcome.NOOP
    assert decision.report.ignored == (
        Ignored(field="people", path="/remove/people/0", reason="unknown_item"),
        Ignored(field="zzz", reason="unknown_field"),
    )


def test_only_lists_have_entries() -> None:
    decision = give(household(), progress(), append={"city": ["Rome"], "zzz": [1]})

    assert decision.report.rejected == (
        Rejected(
            field="city",
            path="/append/city",
            code="type",
            message="City is no list. Give its value in data.",
            attempts=1,
        ),
    )
    assert decision.report.ignored == (Ignored(field="zzz", reason="unknown_field"),)


def test_entries_are_read_if_asked_to_and_placeholders_are_left_out() -> None:
    definition = definition_of(
        step("one", "dates"), properties={"dates": {"type": "array", "items": {"type": "number"}}}
    )

    decision = give(definition, progress(), append={"dates": ["5,000", "N/A", "1.000"]}, coerce=True)

    assert decision.progress.values == {"dates": [5000]}
    assert decision.report.coerced == (Coerced(field="dates", sent="5,000"),)
    assert decision.report.ignored == (Ignored(field="dates", path="/append/dates/1", reason="placeholder"),)
    assert [(no.code, no.path) for no in decision.report.rejected] == [("ambiguous", "/append/dates/2")]


def test_a_list_without_a_schema_for_its_entries_takes_any() -> None:
    definition = definition_of(step("one", "things"), properties={"things": {"type": ["array", "null"]}})

    decision = give(definition, progress({"things": None}), append={"things": [1, "a"]})

    assert decision.progress.values == {"things": [1, "a"]}


def test_an_entry_settles_what_was_contested() -> None:
    before = progress({"people": [ADA]}, item_ids={"people": (1,)}, last_item_id=1, contested=frozenset({"people"}))

    assert give(household(), before, append={"people": [BO]}).progress.contested == frozenset()


def test_all_or_nothing_gives_up_entries_too() -> None:
    before = progress({"people": [ADA]}, item_ids={"people": (1,)}, last_item_id=1)

    decision = give(household(), before, append={"people": [BO, 5]}, remove={"people": [1]}, atomic=True)

    assert decision.report.outcome is Outcome.REJECTED
    assert decision.progress == progress(
        before.values, item_ids={"people": (1,)}, last_item_id=1, attempts={"people": 1}
    )


def test_a_list_replaced_whole_is_a_correction() -> None:
    before = progress({"people": [ADA]}, item_ids={"people": (1,)}, last_item_id=1)

    decision = give(household(), before, {"people": [ADA, BO]})

    assert decision.report.corrected == (Corrected(field="people", before=[ADA], after=[ADA, BO]),)
    assert decision.progress.item_ids == {"people": (1, 2)}


@pytest.mark.parametrize(
    "submission",
    [
        Submission(data={"people": []}, append={"people": [ADA]}),
        Submission(clear=("people",), remove={"people": [1]}),
    ],
)
def test_a_list_is_given_whole_or_changed(submission: Submission) -> None:
    with pytest.raises(ListGivenAndChanged) as caught:
        merge(household(), progress(), submission, today=TODAY)

    assert caught.value.details == {"fields": ["people"]}
    assert caught.value.message == (
        "Replace or clear these as a whole, or change single entries of them, not both: people."
    )


def test_a_value_is_not_given_and_cleared() -> None:
    with pytest.raises(FieldGivenAndCleared):
        merge(household(), progress(), Submission(data={"city": "x"}, clear=("city",)), today=TODAY)


def test_a_submission_changes_a_hundred_entries_at_most() -> None:
    many = progress({"people": [ADA]}, item_ids={"people": (1,)}, last_item_id=1)
    assert len(give(household(), progress(), append={"people": [ADA] * 100}).progress.values["people"]) == 100
    assert len(give(household(), many, remove={"people": [7] * 100}).report.ignored) == 100

    with pytest.raises(TooManyValues) as appended:
        give(household(), progress(), append={"people": [ADA] * 60, "city": ["x"] * 41})
    with pytest.raises(TooManyValues) as removed:
        give(household(), progress(), remove={"people": list(range(101))})

    assert appended.value.message == "One submission appends at most 100 entries, not 101."
    assert removed.value.message == "One submission removes at most 100 entries, not 101."
    assert appended.value.details == removed.value.details == {"count": 101}


def test_a_value_of_a_hundred_and_one_entries_is_fine_whole() -> None:
    assert found(document(step("one", "people"), properties={"people": {"type": "array"}})) == []
    assert give(household(), progress(), {"people": [ADA] * 101}).report.accepted == ("people",)


def test_a_list_that_is_still_filled_stays_when_what_it_depends_on_changes() -> None:
    definition = household(minItems=2, **{"x-depends-on": ["city"]})
    one = give(definition, progress({"city": "Rome"}), append={"people": [ADA]})

    moved = give(definition, one.progress, {"city": "Bern"})

    assert (moved.report.invalidated, moved.progress.values["people"]) == ((), [ADA])


def test_words_for_an_entry_that_are_no_words_are_passed_over() -> None:
    odd = {"type": "array", "items": {"type": "number", "x-messages": "Numbers!"}}
    definition = definition_of(step("one", "l"), properties={"l": odd})

    (no,) = give(definition, progress(), append={"l": ["x"]}).report.rejected

    assert no.message == "L must be a number."


def three() -> Any:
    return progress(
        {"people": [ADA, BO, {"name": "Cy"}]}, item_ids={"people": (1, 2, 3)}, last_item_id=3,
        contested=frozenset({"people"}),
    )  # fmt: skip


def test_an_entry_from_the_middle_leaves_those_around_it_and_settles_the_list() -> None:
    first = give(household(), three(), remove={"people": [1]})

    assert first.progress.values == {"people": [BO, {"name": "Cy"}]}
    assert (first.progress.item_ids, first.progress.contested) == ({"people": (2, 3)}, frozenset())


def test_an_entry_is_read_only_if_asked_to() -> None:
    numbers = definition_of(step("one", "n"), properties={"n": {"type": "array", "items": {"type": "integer"}}})

    read = give(numbers, progress(), append={"n": ["5", 6]}, coerce=True)
    plain = give(numbers, progress(), append={"n": ["5", 6]})
    trimmed = give(numbers, progress(), append={"n": [6]}, coerce=True)

    assert (read.progress.values, read.report.coerced) == ({"n": [5, 6]}, (Coerced(field="n", sent="5"),))
    assert ([no.code for no in plain.report.rejected], plain.progress.values) == (["type"], {"n": [6]})
    assert trimmed.report.coerced == ()


def test_the_words_of_the_list_do_for_its_entries() -> None:
    worded = definition_of(
        step("one", "n"), properties={"n": {"type": "array", "items": TEXT, "x-messages": {"type": "Names only."}}}
    )

    assert [no.message for no in give(worded, progress(), append={"n": [5]}).report.rejected] == ["Names only."]


def test_an_entry_that_is_too_short_itself_is_refused() -> None:
    pairs = definition_of(
        step("one", "pairs"), properties={"pairs": {"type": "array", "items": {"type": "array", "minItems": 2}}}
    )

    decision = give(pairs, progress(), append={"pairs": [[1], [1, 2]]})

    assert [(no.code, no.path) for no in decision.report.rejected] == [("minItems", "/append/pairs/0")]
    assert decision.progress.values == {"pairs": [[1, 2]]}


@pytest.mark.parametrize("items", [{}, {"items": True}])
def test_a_list_of_anything_takes_no_placeholder(items: Any) -> None:
    anything = definition_of(step("one", "n"), properties={"n": {"type": "array", **items}})

    decision = give(anything, progress(), append={"n": ["N/A"]})

    assert decision.report.ignored == (Ignored(field="n", path="/append/n/0", reason="placeholder"),)


def test_all_lists_that_are_given_and_changed_at_once_are_named() -> None:
    given = Submission(data={"a": [], "b": []}, append={"b": [1], "a": [1]})

    with pytest.raises(ListGivenAndChanged, match="not both: a, b\\."):
        merge(household(), progress(), given, today=TODAY)
