"""What a person must confirm, and what pausing keeps."""

from datetime import date
from typing import Any

import pytest

from engine.definition import Definition
from engine.errors import Conflict, WorkflowEnded, WorkflowPaused
from engine.facts import Completed, Confirmed, Paused, Resumed
from engine.filling import words
from engine.progress import Status
from engine.report import Outcome
from engine.submission import Submission
from engine.summary import Line, summary
from engine.tests.builders import BOOL, NUMBER, TEXT, TODAY, begin, definition_of, give, progress, row, step
from engine.workflow import Next, NothingToConfirm, activate, admit, confirm, next_of, pause, resume, start, submit

HOME = {"oneOf": [{"const": "home", "title": "A house"}, {"const": "car"}]}


TOMORROW = date(2026, 3, 15)


def careful(**changes: Any) -> Definition:
    return definition_of(step("one", "a"), confirmation="required", **changes)


def test_what_must_be_confirmed_does_not_end_by_itself() -> None:
    definition = careful()

    decision = give(definition, progress(), {"a": "A"})

    assert decision.progress.status is Status.ACTIVE
    assert next_of(definition, decision.progress, decision.position) is Next.CONFIRM


def test_confirming_ends_it() -> None:
    decision = confirm(careful(), progress({"a": "A"}), today=TODAY)

    assert decision.progress.status is Status.COMPLETED
    assert decision.facts == (Confirmed(), Completed(outcome="completed"))
    assert decision.report.outcome is Outcome.APPLIED


def test_an_api_call_is_asked_for_only_after_confirming() -> None:
    definition = careful(end_action_type="api_call", end_action_target="https://bank.example/loans")

    waiting = give(definition, progress(), {"a": "A"})
    confirmed = confirm(definition, waiting.progress, today=TODAY)

    assert [fact.type for fact in waiting.facts] == ["workflow.submitted", "workflow.step_completed"]
    assert confirmed.progress.status is Status.FINISHING


@pytest.mark.parametrize("values", [{}, {"a": "A", "b": 1}])
def test_there_is_nothing_to_confirm_while_something_is_open(values: dict[str, Any]) -> None:
    definition = careful(properties={"a": TEXT, "b": NUMBER}, required=["a"], root={"dependentRequired": {"b": ["c"]}})

    with pytest.raises(NothingToConfirm) as caught:
        confirm(definition, progress(values), today=TODAY)

    assert caught.value.code == "nothing_to_confirm"
    assert caught.value.message == "There is nothing to confirm now. Look at next, and at what is missing."


def test_a_template_that_asks_for_no_confirmation_has_nothing_to_confirm() -> None:
    with pytest.raises(NothingToConfirm):
        confirm(definition_of(step("one", "a")), progress({"a": "A"}), today=TODAY)


def test_only_what_is_active_is_confirmed() -> None:
    with pytest.raises(WorkflowEnded):
        confirm(careful(), progress({"a": "A"}, status=Status.COMPLETED), today=TODAY)


def test_a_prefill_that_answers_all_waits_to_be_confirmed() -> None:
    assert begin(careful(), {"a": "A"}).progress.status is Status.ACTIVE


def test_pausing_keeps_everything() -> None:
    before = progress({"a": "A"}, attempts={"a": 1})

    decision = pause(careful(), before, reason="a digression", today=TODAY)

    assert (decision.progress.status, decision.progress.values) == (Status.PAUSED, {"a": "A"})
    assert decision.facts == (Paused(reason="a digression"),)
    assert decision.report.outcome is Outcome.APPLIED
    assert next_of(careful(), decision.progress, decision.position) is Next.WAIT


def test_only_what_is_active_is_paused() -> None:
    with pytest.raises(WorkflowPaused):
        pause(careful(), progress(status=Status.PAUSED), reason="", today=TODAY)


def test_resuming_goes_on_where_it_was() -> None:
    decision = resume(definition_of(step("one", "a")), progress(status=Status.PAUSED), Submission(), today=TODAY)

    assert decision.progress.status is Status.ACTIVE
    assert (decision.report.outcome, decision.facts) == (Outcome.APPLIED, (Resumed(),))


def test_resuming_takes_what_was_said_on_coming_back() -> None:
    paused = progress(status=Status.PAUSED)

    decision = resume(definition_of(step("one", "a")), paused, Submission(data={"a": "A"}), today=TODAY)

    assert (decision.progress.status, decision.progress.values) == (Status.COMPLETED, {"a": "A"})
    assert [fact.type for fact in decision.facts][:2] == ["workflow.resumed", "workflow.submitted"]


def test_what_was_said_on_coming_back_counts_for_the_day_it_was_said() -> None:
    definition = definition_of(step("one", "a"), step("two", "b"))

    decision = resume(definition, progress(status=Status.PAUSED), Submission(data={"a": "A"}), today=TOMORROW)

    assert (decision.progress.status, decision.progress.today) == (Status.ACTIVE, TOMORROW)


def test_a_refused_value_on_coming_back_is_told_and_the_workflow_resumed_all_the_same() -> None:
    definition = definition_of(step("one", "a"), properties={"a": NUMBER})

    decision = resume(definition, progress(status=Status.PAUSED), Submission(data={"a": "x"}), today=TODAY)

    assert (decision.progress.status, decision.report.outcome) == (Status.ACTIVE, Outcome.PARTIAL)
    assert [no.field for no in decision.report.rejected] == ["a"]


def test_only_what_is_paused_is_resumed() -> None:
    with pytest.raises(Conflict) as caught:
        resume(careful(), progress(), Submission(), today=TODAY)

    assert caught.value.code == "workflow_already_active"


def test_the_summary_has_the_live_answers_in_the_words_of_people() -> None:
    definition = definition_of(
        step("what", "purpose", "amount"),
        step("car", "plate", when=row("purpose", "==", "car")),
        properties={"purpose": HOME, "amount": {**NUMBER, "title": "How much", "x-unit": "EUR"}, "late": BOOL},
        required=["purpose"],
    )
    position = give(definition, progress({"late": False, "plate": "AB"}), {"amount": 5, "purpose": "home"}).position

    assert summary(definition, position) == (
        Line(field="late", label="Late", value=False, words="No"),
        Line(field="purpose", label="Purpose", value="home", words="A house"),
        Line(field="amount", label="How much", value=5, words="5 EUR"),
    )


@pytest.mark.parametrize(
    ("schema", "value", "read"),
    [
        (BOOL, True, "Yes"),
        (HOME, "car", "car"),
        ({"type": "array", "items": HOME}, ["home", "car"], "A house, car"),
        ({"type": "array"}, [1, 2], "1, 2"),
        ({"type": "object"}, {"a": 1, "b": True}, "a: 1; b: Yes"),
        ({"enum": [1, True]}, True, "True"),
        (TEXT, "as it is", "as it is"),
    ],
)
def test_values_are_put_in_words(schema: dict[str, Any], value: Any, read: str) -> None:
    assert words(schema, value) == read


def test_every_act_moves_the_day() -> None:
    definition = definition_of(step("one", "a"))
    paused, ready = progress(status=Status.PAUSED), progress({"a": "A"})
    created = progress({"a": "A"}, status=Status.CREATED)
    prefill = Submission(data={"a": "A"}, is_prefill=True)

    decisions = [
        pause(definition, ready, reason="", today=TOMORROW),
        resume(definition, paused, Submission(), today=TOMORROW),
        resume(definition, paused, Submission(data={"a": "A"}), today=TOMORROW),
        confirm(careful(), ready, today=TOMORROW),
        activate(definition, created, today=TOMORROW),
        admit(definition, start(definition, prefill, today=TOMORROW), activate=True),
    ]

    assert [decision.progress.today for decision in decisions] == [TOMORROW] * 6
    assert all(decision.position.live_fields == ("a",) for decision in decisions)
    assert [decision.report.outcome for decision in decisions] == [Outcome.APPLIED] * 6


def test_a_refusal_that_ends_a_workflow_moves_the_day_too() -> None:
    untried = {"not": row("z", "attempts>=", 1)}
    definition = definition_of(
        step("one", "z", required=False), step("two", "a", when=untried), properties={"z": NUMBER}, required=["a"]
    )
    before = progress(skipped=frozenset({"one"}))

    decision = submit(definition, before, Submission(data={"z": "x"}), today=TOMORROW)

    assert (decision.progress.status, decision.progress.today) == (Status.COMPLETED, TOMORROW)
