"""What a change (PATCH) and a replacement (PUT) make of stored values and metadata."""

from datetime import date
from typing import Any

import pytest

from engine.conclusion import Decision
from engine.definition import Definition
from engine.errors import Conflict
from engine.facts import Completed, MetadataChanged, Submitted
from engine.progress import Progress, Status
from engine.report import Ignored, Invalidated, Outcome
from engine.submission import TooManyValues
from engine.tests import builders
from engine.tests.builders import NUMBER, TEXT, TODAY, definition_of, info, row, step
from engine.workflow import write
from engine.writing import Writing

TOMORROW = date(2026, 3, 15)
CAR = row("kind", "==", "car")
OBJECT = {"type": "object"}


def progress(values: dict[str, Any] | None = None, **changes: Any) -> Progress:
    """Return the progress of a workflow of which the person has heard the last words already."""
    return builders.progress(values, said=frozenset({"end"}), **changes)


def loan(**properties: Any) -> Definition:
    """Return a template with a branch, and a piece of information that keeps it from ending."""
    return definition_of(
        step("what", "kind", "amount"),
        step("car", "plate", when=CAR),
        info("end"),
        properties={"kind": {"enum": ["car", "home"]}, "amount": {**NUMBER, "minimum": 5}, **properties},
        required=["kind"],
    )


def written(
    definition: Definition,
    before: Progress,
    values: dict[str, Any],
    *,
    replaces: bool = False,
    metadata: dict[str, Any] | None = None,
    **more: Any,
) -> Decision:
    """Write on the day after the tests; without more, neither the stored metadata nor the writing has any."""
    writing = Writing(values=values, replaces=replaces, metadata=more.pop("to", None), **more)
    return write(definition, before, writing, metadata=metadata or {}, today=TOMORROW)


def put(definition: Definition, before: Progress, values: dict[str, Any], **more: Any) -> Decision:
    return written(definition, before, values, replaces=True, **more)


def ignored(decision: Decision) -> list[tuple[str | None, str]]:
    return [(found.field, found.reason) for found in decision.report.ignored]


@pytest.mark.parametrize(
    ("stored", "change", "after"),
    [
        ({"a": {"x": 1, "y": {"z": 2}}}, {"a": {"y": {"z": None, "w": [3]}}}, {"a": {"x": 1, "y": {"w": [3]}}}),
        ({"a": {"x": [1, 2]}}, {"a": {"x": [3]}}, {"a": {"x": [3]}}),
        ({"a": {"x": 1}}, {"a": None}, {}),
        ({"a": {"x": 1}}, {"a": {}}, {"a": {"x": 1}}),
        ({}, {"a": {"x": None, "y": 1}}, {"a": {"y": 1}}),
        ({"b": "x", "c": None}, {"b": None, "c": None}, {}),
        ({"a": {"x": 1}, "b": "y"}, {"b": "z"}, {"a": {"x": 1}, "b": "z"}),
    ],
)
def test_a_change_merges_into_what_is_stored(stored: Any, change: Any, after: Any) -> None:
    properties = {"a": OBJECT, "b": TEXT, "c": {"type": ["string", "null"]}}
    definition = definition_of(step("one", *properties), info("end"), properties=properties, required=[])

    decision = written(definition, progress(stored), change)

    assert decision.progress.values == after


def test_a_change_keeps_what_it_does_not_speak_of() -> None:
    decision = written(loan(), progress({"kind": "car", "plate": "AB"}), {"amount": 7})

    assert decision.progress == progress({"kind": "car", "plate": "AB", "amount": 7}, today=TOMORROW)
    assert decision.report.outcome is Outcome.APPLIED
    assert decision.facts[0] == Submitted(source="client", set={"amount": 7})
    assert decision.metadata is None


def test_a_change_of_which_a_value_is_refused_stores_nothing_of_it() -> None:
    before = progress({"kind": "car"})

    decision = written(loan(), before, {"kind": None, "plate": "AB", "amount": 4}, to={"a": 1})

    assert decision.report.outcome is Outcome.REJECTED
    assert decision.progress == progress({"kind": "car"}, attempts={"amount": 1})
    assert decision.metadata is None
    assert [fact.type for fact in decision.facts] == ["workflow.submitted"]


def test_clearing_what_is_not_there_is_ignored_as_empty() -> None:
    before = progress({"kind": "car"})

    decision = written(loan(), before, {"amount": None, "colour": None})

    assert (decision.report.outcome, decision.progress, decision.facts) == (Outcome.NOOP, before, ())
    assert ignored(decision) == [("amount", "empty"), ("colour", "unknown_field")]


def test_a_change_can_clear_a_parked_value() -> None:
    assert written(loan(), progress({"kind": "home", "plate": "AB"}), {"plate": None}).progress.values == {
        "kind": "home"
    }


@pytest.mark.parametrize("value", [None, "other"])
@pytest.mark.parametrize("replaces", [True, False])
def test_what_only_the_start_may_give_is_neither_set_nor_cleared(value: Any, replaces: bool) -> None:
    definition = loan(kind={"enum": ["car", "home"], "readOnly": True})
    before = progress({"kind": "car"})

    decision = written(definition, before, {"kind": value}, replaces=replaces)

    assert decision.progress == before
    assert ignored(decision) == [("kind", "read_only")]


def test_a_replacement_gives_every_value_and_clears_every_live_one_that_is_not_given() -> None:
    definition = loan(given={**TEXT, "readOnly": True})
    before = progress({"kind": "car", "amount": 7, "plate": "AB", "given": "kept"})

    decision = put(definition, before, {"kind": "car", "amount": 8})

    assert decision.progress.values == {"kind": "car", "amount": 8, "given": "kept"}
    assert decision.facts[0] == Submitted(source="client", set={"amount": 8}, cleared=("plate",), corrected=("amount",))


def test_a_replacement_replaces_an_object_whole() -> None:
    definition = definition_of(step("one", "a"), info("end"), properties={"a": OBJECT})

    assert put(definition, progress({"a": {"x": 1}}), {"a": {"y": None}}).progress.values == {"a": {"y": None}}


def test_replacing_with_what_is_shown_changes_nothing_and_keeps_what_is_parked() -> None:
    before = progress({"kind": "home", "plate": "AB"})

    decision = put(loan(), before, {"kind": "home"})

    assert (decision.report.outcome, decision.progress, decision.facts) == (Outcome.NOOP, before, ())


def test_what_is_shown_changes_nothing_on_a_later_day_either() -> None:
    later = row("start", "<", ref="$today")
    definition = definition_of(step("one", "start"), step("late", "why", when=later), info("end"))
    before = progress({"start": "2026-03-14", "why": "parked until the fifteenth"})

    assert put(definition, before, {"start": "2026-03-14"}).progress == before


def test_what_is_parked_stays_while_other_values_are_replaced() -> None:
    decision = put(loan(), progress({"kind": "home", "plate": "AB", "amount": 7}), {"kind": "home", "amount": 8})

    assert decision.progress.values == {"kind": "home", "plate": "AB", "amount": 8}


def test_a_replacement_that_leaves_a_branch_clears_what_was_asked_there() -> None:
    decision = put(loan(), progress({"kind": "car", "plate": "AB"}), {"kind": "home"})

    assert decision.progress.values == {"kind": "home"}


def test_what_would_come_back_with_a_branch_and_is_not_given_is_cleared_so_that_sending_again_changes_nothing() -> None:
    before = progress({"kind": "home", "plate": "AB"})

    once = put(loan(), before, {"kind": "car"})
    again = put(loan(), once.progress, {"kind": "car"})

    assert once.progress.values == {"kind": "car"}
    assert (once.report.restored, once.report.corrected[0].after) == ((), "car")
    assert once.facts[0] == Submitted(source="client", set={"kind": "car"}, cleared=("plate",), corrected=("kind",))
    assert again.report.outcome is Outcome.NOOP


def test_clearing_goes_on_through_the_branches_that_it_opens() -> None:
    steps = [step(f"s{n}", f"f{n}", when=row(f"f{n - 1}", "empty")) for n in range(1, 5)]
    definition = definition_of(step("s0", "f0"), *steps, info("end"), required=[])
    before = progress({f"f{n}": "x" for n in range(5)})

    once = put(definition, before, {"f4": "x"})
    again = put(definition, once.progress, {"f4": "x"})

    assert once.progress.values == {"f4": "x"}
    assert again.report.outcome is Outcome.NOOP


@pytest.mark.parametrize("nothing", [None, "", "N/A"])
def test_no_answer_is_an_answer_left_out(nothing: Any) -> None:
    decision = put(loan(), progress({"kind": "car", "plate": "AB"}), {"kind": "car", "plate": nothing})

    assert decision.progress.values == {"kind": "car"}
    assert decision.report.rejected == ()


def test_no_answer_where_there_is_none_is_ignored_with_its_reason() -> None:
    before = progress({"kind": "home", "plate": "AB"})

    decision = put(loan(), before, {"kind": "home", "amount": None, "plate": ""})

    assert decision.progress == before
    assert ignored(decision) == [("kind", "unchanged"), ("amount", "null"), ("plate", "empty")]


def test_null_is_put_where_the_schema_takes_it_for_an_answer() -> None:
    definition = definition_of(step("one", "a"), info("end"), properties={"a": {"type": ["string", "null"]}})

    assert put(definition, progress({"a": "x"}), {"a": None}).progress.values == {"a": None}


def test_a_replacement_of_which_a_value_is_refused_clears_nothing() -> None:
    decision = put(loan(), progress({"kind": "car", "plate": "AB"}), {"amount": 4}, metadata={"a": 1})

    assert decision.report.outcome is Outcome.REJECTED
    assert decision.progress.values == {"kind": "car", "plate": "AB"}
    assert decision.metadata is None


def test_what_the_definition_does_not_know_is_kept() -> None:
    before = progress({"kind": "home", "of_an_older_version": 1})

    assert put(loan(), before, {"kind": "home"}).progress == before


@pytest.mark.parametrize("replaces", [True, False])
def test_what_came_back_as_its_mask_is_left_as_it_is_stored(replaces: bool) -> None:
    before = progress({"kind": "car", "plate": "AB"})
    values = {"kind": "car", "plate": "***", "amount": "***"}

    decision = written(loan(), before, values, replaces=replaces, untouched=frozenset({"plate", "amount"}))

    assert (decision.report.outcome, decision.progress) == (Outcome.NOOP, before)
    assert decision.report.ignored == (
        Ignored(field="kind", reason="unchanged"),
        Ignored(field="plate", reason="masked"),
        Ignored(field="amount", reason="masked"),
    )


@pytest.mark.parametrize("replaces", [True, False])
@pytest.mark.parametrize(
    ("values", "untouched"), [({"kind": "home", "city": "Bern"}, []), ({"kind": "home", "city": "***"}, ["city"])]
)
def test_a_value_written_once_more_is_not_reset_by_what_it_depends_on(
    replaces: bool, values: dict[str, Any], untouched: list[str]
) -> None:
    definition = loan(city={**TEXT, "x-depends-on": ["kind"], "x-on-change": "reset"})
    before = progress({"kind": "car", "city": "Bern"})

    decision = written(definition, before, values, replaces=replaces, untouched=frozenset(untouched))

    assert decision.progress.values == {"kind": "home", "city": "Bern"}
    assert decision.report.invalidated == ()


@pytest.mark.parametrize("change", [{"kind": "home"}, {"kind": "home", "city": ""}])
def test_a_value_that_is_not_written_is_reset(change: dict[str, Any]) -> None:
    definition = loan(city={**TEXT, "x-depends-on": ["kind"], "x-on-change": "reset"})

    decision = written(definition, progress({"kind": "car", "city": "Bern"}), change)

    assert decision.progress.values == {"kind": "home"}
    assert decision.report.invalidated == (Invalidated(field="city", because="kind"),)


def test_a_value_written_once_more_that_no_longer_holds_is_taken_out_all_the_same() -> None:
    definition = loan(city={**TEXT, "maxLength": 3, "x-depends-on": ["kind"], "x-on-change": "reset"})

    decision = written(definition, progress({"kind": "car", "city": "Bern"}), {"kind": "home", "city": "Bern"})

    assert decision.progress.values == {"kind": "home"}


def test_a_replacement_that_brings_a_contested_value_along_does_not_settle_it_and_a_change_does() -> None:
    before = progress({"kind": "car", "amount": 7}, contested=frozenset({"amount"}))

    brought = put(loan(), before, {"kind": "car", "amount": 7})
    meant = written(loan(), before, {"amount": 7})
    other = put(loan(), before, {"kind": "car", "amount": 8})

    assert (brought.report.outcome, brought.progress) == (Outcome.NOOP, before)
    assert (meant.report.outcome, meant.progress.contested) == (Outcome.APPLIED, frozenset())
    assert (other.report.outcome, other.progress.contested) == (Outcome.APPLIED, frozenset())


@pytest.mark.parametrize("replaces", [True, False])
def test_writing_ends_the_workflow_once_all_is_collected(replaces: bool) -> None:
    definition = definition_of(step("one", "a", "b"), required=["a"])

    decision = written(definition, progress({"b": "x"}), {"a": "x", "b": "x"}, replaces=replaces, to={"k": 1})

    assert decision.progress.status is Status.COMPLETED
    assert decision.facts[-2:] == (MetadataChanged(keys=("k",)), Completed(outcome="completed"))
    assert decision.metadata == {"k": 1}


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.ACTIVE}))
def test_only_an_active_workflow_is_written_to(status: Status) -> None:
    with pytest.raises(Conflict):
        written(loan(), progress(status=status), {})


@pytest.mark.parametrize(
    ("stored", "change", "replacement", "after", "keys"),
    [
        ({"a": 1}, {"b": {"c": 2, "d": None}}, None, {"a": 1, "b": {"c": 2}}, ("b",)),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": None}}, None, {"a": {"c": 2}}, ("a",)),
        ({"a": 1, "b": 2}, {"a": None}, None, {"b": 2}, ("a",)),
        ({"a": 1}, {"a": True}, None, {"a": True}, ("a",)),
        ({"a": None}, {"a": None}, None, {}, ("a",)),
        ({"a": 1, "b": 2}, None, {"b": 3, "c": None}, {"b": 3, "c": None}, ("a", "b", "c")),
        ({"a": 1}, None, {}, {}, ("a",)),
    ],
)
def test_metadata_is_merged_or_replaced_and_only_its_keys_are_told(
    stored: Any, change: Any, replacement: Any, after: Any, keys: tuple[str, ...]
) -> None:
    replaces = replacement is not None
    to = replacement if replaces else change

    decision = written(loan(), progress(), {}, replaces=replaces, metadata=stored, to=to)

    assert decision.metadata == after
    assert decision.facts == (MetadataChanged(keys=keys),)
    assert decision.report.outcome is Outcome.APPLIED
    assert decision.progress.today == TOMORROW


@pytest.mark.parametrize(
    ("stored", "to", "replaces"),
    [
        ({"a": 1}, None, False),
        ({"a": 1}, {}, False),
        ({"a": 1}, {"a": 1.0, "b": None}, False),
        ({"a": 1}, {"a": 1}, True),
    ],
)
def test_metadata_that_stays_as_it_is_is_no_change(stored: Any, to: Any, replaces: bool) -> None:
    decision = written(loan(), progress(), {}, replaces=replaces, metadata=stored, to=to)

    assert (decision.metadata, decision.facts, decision.report.outcome) == (None, (), Outcome.NOOP)
    assert decision.progress.today == TODAY


def test_a_replacement_that_does_not_speak_of_metadata_leaves_none() -> None:
    assert put(loan(), progress(), {}, metadata={"a": 1}).metadata == {}


def test_a_change_of_metadata_moves_the_day_by_which_the_workflow_is_judged() -> None:
    definition = definition_of(
        step("one", "start"), step("late", "why", when=row("start", "<", ref="$today")), info("end")
    )

    decision = written(definition, progress({"start": "2026-03-14"}), {}, to={"a": 1})

    assert decision.position.missing == ("why",)


@pytest.mark.parametrize("value", ["x", None])
def test_a_writing_names_no_more_fields_than_a_template_has(value: Any) -> None:
    most = dict.fromkeys(map(str, range(1000)), value)

    assert written(loan(), progress(), most).report.outcome is Outcome.NOOP
    with pytest.raises(TooManyValues):
        written(loan(), progress(), {**most, "one more": value})
