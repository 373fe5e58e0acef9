"""Marks on steps, values that are parked and come back, and the facts a submission leads to."""

from typing import Any

import pytest

from engine.changes import Merged
from engine.definition import Definition
from engine.facts import StepCompleted, Submitted
from engine.merging import merge
from engine.progress import Progress
from engine.report import Ignored, Outcome, Rejected
from engine.submission import Submission
from engine.tests.builders import NUMBER, TEXT, TODAY, definition_of, info, progress, row, rule, step


def loan() -> Definition:
    """Return a definition with a branch for cars, optional in one step, and information at the end."""
    return definition_of(
        step("what", "purpose"),
        step("car", "plate", when=row("purpose", "==", "car")),
        step("extra", "remark", required=False),
        info("terms"),
    )


def merged(before: Progress, definition: Definition | None = None, **submission: Any) -> Merged:
    return merge(definition or loan(), before, Submission(**submission), today=TODAY)


def test_an_optional_step_is_skipped() -> None:
    result = merged(progress(), skip=("extra", "extra"))

    assert result.report.outcome is Outcome.APPLIED
    assert result.report.completed_steps == ("extra",)
    assert result.progress.skipped == {"extra"}


def test_marks_add_up() -> None:
    before = progress(skipped=frozenset({"car"}), acknowledged=frozenset({"extra"}))

    result = merged(before, skip=("extra",), acknowledge=("terms", "terms"))

    assert result.progress.skipped == {"car", "extra"}
    assert result.progress.acknowledged == {"extra", "terms"}


def test_skipping_again_is_unchanged() -> None:
    result = merged(progress(skipped=frozenset({"extra"})), skip=("extra",))

    assert result.report.outcome is Outcome.NOOP
    assert result.report.ignored == (Ignored(step="extra", reason="unchanged"),)


def test_a_required_step_cannot_be_skipped() -> None:
    result = merged(progress(), skip=("what",))

    assert result.report.outcome is Outcome.REJECTED
    assert result.report.rejected == (Rejected(step="what", code="step_required", message="What cannot be skipped."),)
    assert result.progress == progress()


def test_information_is_acknowledged() -> None:
    result = merged(progress(), acknowledge=("terms",))

    assert result.report.outcome is Outcome.APPLIED
    assert result.report.completed_steps == ("terms",)
    assert result.progress.acknowledged == {"terms"}


def test_acknowledging_again_is_unchanged() -> None:
    result = merged(progress(acknowledged=frozenset({"terms"})), acknowledge=("terms",))

    assert result.report.outcome is Outcome.NOOP
    assert result.report.ignored == (Ignored(step="terms", reason="unchanged"),)


def test_a_step_whose_fields_are_all_required_is_answered_not_acknowledged() -> None:
    definition = definition_of(step("you", "name", "age"))

    result = merged(progress(), definition, acknowledge=("you",))

    assert result.report.rejected == (
        Rejected(step="you", code="step_needs_answers", message="You is not acknowledged but answered: name, age."),
    )


@pytest.mark.parametrize(("required", "values"), [([], {}), (["a"], {"a": "A"})])
def test_a_step_whose_open_fields_are_optional_can_be_acknowledged(required: list[str], values: dict[str, str]) -> None:
    definition = definition_of(step("one", "a", "b"), required=required)

    result = merged(progress(), definition, data=values, acknowledge=("one",))

    assert result.progress.acknowledged == {"one"}


def test_a_step_is_not_acknowledged_while_it_waits_for_an_answer() -> None:
    result = merged(progress(), definition_of(step("one", "a", "b"), required=["a"]), acknowledge=("one",))

    assert [(found.code, found.message) for found in result.report.rejected] == [
        ("step_needs_answers", "One is not acknowledged but answered: a.")
    ]


@pytest.mark.parametrize("submission", [Submission(skip=("extar",)), Submission(acknowledge=("extar",))])
def test_an_unknown_step_is_refused_with_the_nearest_id(submission: Submission) -> None:
    result = merge(loan(), progress(), submission, today=TODAY)

    words = "There is no step 'extar'. Did you mean 'extra'?"
    assert result.report.rejected == (Rejected(step="extar", code="unknown_step", message=words),)
    assert result.report.outcome is Outcome.REJECTED


def test_a_long_unknown_step_is_cut_in_the_message() -> None:
    result = merged(progress(), skip=("x" * 101,))

    assert result.report.rejected[0].message == f"There is no step '{'x' * 100}'."


def test_good_values_beside_a_refused_mark_are_partial() -> None:
    result = merged(progress(), data={"purpose": "car"}, skip=("what",))

    assert result.report.outcome is Outcome.PARTIAL
    assert result.progress.values == {"purpose": "car"}


def test_a_value_for_a_field_that_is_not_asked_is_stored_as_parked() -> None:
    result = merged(progress(), data={"plate": "AB 12"})

    assert result.report.outcome is Outcome.APPLIED
    assert result.report.accepted == ("plate",)
    assert result.report.parked == ("plate",)
    assert result.progress.values == {"plate": "AB 12"}
    assert result.position.live == {}


def test_a_branch_flipped_there_and_back_parks_and_restores() -> None:
    there = merged(progress({"purpose": "car", "plate": "AB 12"}), data={"purpose": "home"})
    back = merged(there.progress, data={"purpose": "car"})

    assert there.report.parked == ("plate",)
    assert there.report.restored == ()
    assert there.position.live == {"purpose": "home"}
    assert back.report.parked == ()
    assert back.report.restored == ("plate",)
    assert back.report.completed_steps == ("car",)
    assert back.position.live == {"purpose": "car", "plate": "AB 12"}


def test_what_was_parked_already_is_not_told_again() -> None:
    result = merged(progress({"purpose": "home", "plate": "AB 12"}), data={"remark": "x"})

    assert result.report.parked == ()


def test_a_value_given_with_its_branch_is_neither_parked_nor_restored() -> None:
    result = merged(progress({"purpose": "home", "plate": "old"}), data={"purpose": "car", "plate": "new"})

    assert result.report.parked == result.report.restored == ()
    assert result.position.live == {"purpose": "car", "plate": "new"}


def test_a_cleared_value_is_not_parked() -> None:
    result = merged(progress({"purpose": "car", "plate": "AB 12"}), clear=("purpose", "plate"))

    assert result.report.parked == ()


def test_a_cleared_branch_parks_too() -> None:
    result = merged(progress({"purpose": "car", "plate": "AB 12"}), clear=("purpose",))

    assert result.report.parked == ("plate",)


def test_a_parked_value_can_be_corrected_where_it_is() -> None:
    result = merged(progress({"purpose": "home", "plate": "old"}), data={"plate": "new"})

    assert result.progress.values["plate"] == "new"
    assert result.report.corrected == ()  # it would show what is parked
    assert result.report.parked == ("plate",)


def test_a_skip_parks_and_comes_back_with_its_step() -> None:
    definition = definition_of(
        step("what", "purpose"), step("car", "plate", when=row("purpose", "==", "car"), required=False), info("end")
    )
    skipped = merged(progress({"purpose": "car"}), definition, skip=("car",))

    there = merged(skipped.progress, definition, data={"purpose": "home"})
    back = merged(there.progress, definition, data={"purpose": "car"})

    assert there.progress.skipped == {"car"}
    assert "car" not in there.position.complete
    assert "car" in back.position.complete
    assert back.report.completed_steps == ("car",)


def test_a_refusal_alone_can_open_a_branch() -> None:
    definition = definition_of(
        step("one", "a"),
        step("two", "b", when=row("a", "attempts>=", 1)),
        properties={"a": NUMBER, "b": TEXT},
    )

    result = merged(progress({"b": "x"}), definition, data={"a": "no number"})

    assert result.report.outcome is Outcome.REJECTED
    assert result.report.restored == ("b",)
    assert result.report.completed_steps == ("two",)


def test_a_broken_rule_never_refuses_a_value() -> None:
    dates = rule(row("end", ">", ref="start"), "End must be after start.")
    definition = definition_of(step("dates", "start", "end", rules=[dates]))

    first = merged(progress({"start": "2026-01-01", "end": "2026-01-05"}), definition, data={"start": "2026-02-01"})
    second = merged(first.progress, definition, data={"end": "2026-02-05"})

    assert first.report.outcome is Outcome.APPLIED
    assert first.position.unmet[0].message == "End must be after start."
    assert first.position.complete == frozenset()
    assert second.position.is_collected
    assert second.report.completed_steps == ("dates",)


def test_what_became_true_is_told() -> None:
    result = merged(
        progress({"remark": "x", "purpose": "home", "plate": "AB 12"}),
        data={"purpose": "car", "ghost": 1},
        clear=("remark",),
        skip=("extra", "what"),
        acknowledge=("terms",),
        source="llm",
    )

    assert result.facts == (
        Submitted(
            source="llm",
            set={"purpose": "car"},
            corrected=("purpose",),
            cleared=("remark",),
            skipped=("extra",),
            acknowledged=("terms",),
            parked=(),
            restored=("plate",),
            rejected=({"at": "what", "code": "step_required"},),
        ),
        StepCompleted(step="car"),
        StepCompleted(step="terms"),
    )


def test_what_is_parked_is_told_too() -> None:
    result = merged(progress({"purpose": "car", "plate": "AB 12"}), data={"purpose": "home"})

    assert result.facts == (
        Submitted(source="client", set={"purpose": "home"}, corrected=("purpose",), parked=("plate",)),
    )


def test_a_rejection_is_a_fact_without_the_value() -> None:
    definition = definition_of(step("one", "a"), properties={"a": NUMBER})

    result = merged(progress(), definition, data={"a": "secret"})

    assert result.facts == (Submitted(source="client", rejected=({"at": "a", "code": "type"},)),)
    assert "secret" not in repr(result.facts)
