"""Where each value came from, and that a model gives none that no model may see."""

from datetime import date
from typing import Any

import pytest

from engine.definition import Definition
from engine.merging import merge
from engine.report import Outcome, Rejected
from engine.sources import Source
from engine.submission import Submission
from engine.tests.builders import TEXT, TODAY, begin, definition_of, give, progress, row, step
from engine.workflow import write
from engine.writing import Writing

LIST: dict[str, Any] = {"type": "array", "items": TEXT}
PRIVATE = (
    "Diagnosis is not a model's to give or to change. The person gives it on the page of the workflow, or the client "
    "gives it itself, with source client."
)


def loan() -> Definition:
    return definition_of(
        step("what", "purpose", "people"),
        step("car", "plate", when=row("purpose", "==", "car")),
        step("end", "colour"),
        properties={"people": LIST, "colour": {**TEXT, "x-depends-on": ["purpose"], "x-on-change": "reset"}},
    )


def test_a_value_has_the_source_of_the_submission_that_gave_it_last() -> None:
    first = give(loan(), progress(), {"purpose": "car", "plate": "A 1"}, source="llm")
    second = give(loan(), first.progress, {"plate": "A 2"}, source="user")

    assert first.progress.sources == {"purpose": "llm", "plate": "llm"}
    assert second.progress.sources == {"purpose": "llm", "plate": "user"}


def test_what_is_said_again_keeps_its_source_unless_it_was_in_question() -> None:
    before = progress({"purpose": "car", "plate": "A"}, contested=frozenset({"plate"}))

    after = give(loan(), before, {"purpose": "car", "plate": "A"}, source="user").progress

    assert after.sources == {"purpose": "client", "plate": "user"}
    assert give(loan(), after, {"purpose": "car"}, source="llm").progress == after


def test_a_changed_list_is_from_whoever_changed_it_last() -> None:
    first = give(loan(), progress(), append={"people": ["Ada", "Bo"]}, source="llm")
    second = give(loan(), first.progress, remove={"people": [1, 7]}, source="user")
    third = give(loan(), second.progress, remove={"people": [1]}, append={"people": [""]}, source="operator")

    assert [found.progress.sources for found in (first, second, third)] == [
        {"people": "llm"},
        {"people": "user"},
        {"people": "operator"},
    ]
    gone = give(loan(), second.progress, remove={"people": [1]}, source="operator")
    assert gone.progress == second.progress


def test_what_is_cleared_or_taken_out_loses_its_source_and_what_is_set_aside_keeps_it() -> None:
    before = progress({"purpose": "car", "plate": "A", "colour": "red", "people": []})

    after = give(loan(), before, {"purpose": "home"}, clear=("people",), source="user").progress

    assert after.sources == {"purpose": "user", "plate": "client"}


def test_refused_values_and_atomic_ones_that_were_given_up_leave_sources_alone() -> None:
    before = progress({"purpose": "car"})

    decision = give(loan(), before, {"purpose": "home", "plate": 5}, source="llm", atomic=True)

    assert decision.progress.sources == before.sources


def test_a_value_from_before_sources_were_kept_has_none_until_it_is_given_again() -> None:
    before = progress({"purpose": "car", "plate": "A"}, sources={})

    assert give(loan(), before, {"purpose": "home"}, source="llm").progress.sources == {"purpose": "llm"}


def test_what_is_written_is_from_the_client() -> None:
    before = progress({"purpose": "car"}, sources={"purpose": "llm"})

    writing = Writing(values={"purpose": "car", "plate": "A"}, replaces=True)
    after = write(loan(), before, writing, metadata={}, today=TODAY).progress

    assert after.sources == {"purpose": "llm", "plate": "client"}


def patient() -> Definition:
    return definition_of(
        step("one", "name", "diagnosis", "drugs"),
        step("two", "drug"),
        properties={
            "diagnosis": {"enum": ["gout", "flu"], "x-sensitive": "never_llm"},
            "drugs": {**LIST, "x-sensitive": "never_llm"},
            "drug": {**TEXT, "x-choices": {"ref": "drugs"}},
            "name": {**TEXT, "x-sensitive": "mask"},
        },
    )


HELD: dict[str, Any] = {"diagnosis": "gout", "drugs": ["a", "b"]}


@pytest.mark.parametrize("held", [{}, HELD])
@pytest.mark.parametrize(
    "hand",
    [
        {"data": {"diagnosis": "flu"}},
        {"data": {"diagnosis": "gout"}},
        {"data": {"diagnosis": 5}},
        {"data": {"diagnosis": None}},
        {"data": {"diagnosis": "flu"}, "evidence": {"diagnosis": "not said"}, "message": "Hello."},
        {"clear": ("diagnosis",)},
    ],
)
def test_a_model_lays_no_hand_on_what_no_model_may_see(held: dict[str, Any], hand: dict[str, Any]) -> None:
    before = progress(held)

    decision = give(patient(), before, source="llm", **hand)

    assert decision.report.outcome is Outcome.REJECTED
    assert decision.report.rejected == (Rejected(field="diagnosis", code="sensitive", message=PRIVATE),)
    assert decision.report.ignored == ()
    assert decision.progress == before


@pytest.mark.parametrize(
    "hand",
    [
        {"append": {"drugs": ["c"]}},
        {"append": {"drugs": []}},
        {"remove": {"drugs": [1]}},
        {"remove": {"drugs": [99]}},
        {"data": {"drug": "a"}},
        {"data": {"drug": "z"}},
    ],
)
def test_neither_on_its_entries_nor_on_what_is_chosen_from_them(hand: dict[str, Any]) -> None:
    before = begin(patient(), HELD).progress

    decision = give(patient(), before, source="llm", **hand)

    assert [(found.code, found.attempts) for found in decision.report.rejected] == [("sensitive", None)]
    assert (decision.progress, decision.report.ignored) == (before, ())


@pytest.mark.parametrize("source", [source for source in Source if source is not Source.LLM])
def test_everybody_else_may_give_it(source: Source) -> None:
    decision = give(patient(), progress(), {"diagnosis": "gout"}, source=source)

    assert decision.progress.sources == {"diagnosis": source}


def test_a_model_may_give_what_is_only_masked_and_the_rest_counts_beside_what_is_refused() -> None:
    decision = give(patient(), progress(), {"name": "Ada", "diagnosis": "gout"}, source="llm")

    assert decision.report.outcome is Outcome.PARTIAL
    assert decision.progress.values == {"name": "Ada"}


def test_what_only_the_start_or_a_formula_gives_is_told_so_to_a_model_too() -> None:
    definition = definition_of(
        step("one", "born", "file"),
        properties={
            "born": {**TEXT, "format": "date", "x-sensitive": "never_llm"},
            "age": {"type": "integer", "x-computed": {"years_since": "born"}},
            "file": {**TEXT, "readOnly": True, "x-sensitive": "never_llm"},
        },
    )

    merged = merge(
        definition, progress(), Submission(data={"age": 3, "file": "x"}, source="llm"), today=date(2026, 3, 14)
    )

    assert [(found.field, found.reason) for found in merged.report.ignored] == [
        ("age", "computed"),
        ("file", "read_only"),
    ]
