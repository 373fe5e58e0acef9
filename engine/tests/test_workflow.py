from datetime import date
from typing import Any

import pytest

from engine.conclusion import fail
from engine.definition import Definition, EndAction, EndActionType
from engine.errors import Conflict, Invalid
from engine.facts import Activated, Cancelled, Completed, EndActionRequested, Failed, StepCompleted, Submitted
from engine.progress import Status, locate
from engine.report import Outcome, Report
from engine.submission import Submission
from engine.tests.builders import (
    NUMBER,
    TEXT,
    TODAY,
    begin,
    current,
    definition_of,
    give,
    info,
    progress,
    row,
    rule,
    step,
)
from engine.workflow import Next, ReadOnlyMissing, activate, cancel, next_of, start, submit

TOMORROW = date(2026, 3, 15)
CALL = {"end_action_type": "api_call", "end_action_target": "https://bank.example/loans"}
TOOL = {"end_action_type": "tool_call", "end_action_target": "send_email"}
CHAIN = {"end_action_type": "workflow", "end_action_target": "feedback", "end_action_config": {"state": {"x": "a"}}}


def one_field(**changes: Any) -> Definition:
    return definition_of(step("one", "a"), **changes)


def test_a_workflow_starts_active_at_its_first_step() -> None:
    decision = begin(one_field())

    assert decision.progress == progress()
    assert current(decision.position) == "one"
    assert decision.facts == (Activated(),)
    assert decision.report.outcome is Outcome.NOOP
    assert decision.outcome == ""
    assert decision.hands_over_to is None


def test_a_workflow_can_be_made_without_being_activated() -> None:
    decision = begin(one_field(), {"a": "x"}, activate=False)

    assert decision.progress == progress({"a": "x"}, status=Status.CREATED)
    assert decision.position.is_collected
    assert decision.facts == (Submitted(source="client", set={"a": "x"}), StepCompleted(step="one"))


def test_prefill_is_reported_like_any_submission() -> None:
    definition = definition_of(step("one", "a", "b"), properties={"b": NUMBER})

    decision = begin(definition, {"a": "x", "b": "no"})

    assert decision.report.outcome is Outcome.PARTIAL
    assert decision.report.rejected[0].field == "b"
    assert decision.progress == progress({"a": "x"}, attempts={"b": 1})
    assert decision.facts[0] == Submitted(source="client", set={"a": "x"}, rejected=({"at": "b", "code": "type"},))


def test_a_prefill_that_answers_everything_ends_the_workflow() -> None:
    decision = begin(one_field(), {"a": "x"})

    assert decision.progress.status is Status.COMPLETED
    assert decision.facts[-2:] == (Activated(), Completed(outcome="completed"))


def test_a_start_without_what_only_the_client_can_give_is_refused() -> None:
    properties = {"b": {**TEXT, "readOnly": True}, "a": {**NUMBER, "readOnly": True}}
    definition = definition_of(step("one", "a", "b", "c"), properties=properties)

    with pytest.raises(ReadOnlyMissing) as caught:
        begin(definition, {"a": "five"})

    assert caught.value.code == "read_only_missing"
    assert caught.value.message == "Only the client that starts the workflow can give these, in state_data: a, b."
    assert caught.value.details == {
        "fields": ["a", "b"],
        "rejected": [{"field": "a", "code": "type", "message": "A must be a number."}],
    }
    assert isinstance(caught.value, Invalid)


def test_read_only_fields_that_are_given_or_not_required_start() -> None:
    properties = {"a": {**TEXT, "readOnly": True}, "b": {**TEXT, "readOnly": True}}
    definition = definition_of(step("one", "a", "b"), properties=properties, required=["a"])

    assert begin(definition, {"a": "x"}).progress.values == {"a": "x"}


def test_a_start_takes_read_only_values_only_as_prefill() -> None:
    definition = definition_of(step("one", "a"), properties={"a": {**TEXT, "readOnly": True}})

    with pytest.raises(ReadOnlyMissing):
        start(definition, Submission(data={"a": "x"}), today=TODAY)


def test_a_submission_moves_the_workflow_on() -> None:
    definition = definition_of(step("one", "a"), step("two", "b"))

    decision = give(definition, progress(), {"a": "x"})

    assert decision.progress == progress({"a": "x"})
    assert current(decision.position) == "two"
    assert decision.facts == (Submitted(source="client", set={"a": "x"}), StepCompleted(step="one"))
    assert decision.report.completed_steps == ("one",)


def test_a_submission_to_a_workflow_that_is_not_active_is_refused() -> None:
    with pytest.raises(Conflict) as caught:
        give(one_field(), progress(status=Status.PAUSED), {"a": "x"})

    assert caught.value.code == "workflow_paused"
    assert caught.value.details == {"act": "submit", "workflow_status": "paused"}


def test_a_submission_is_merged_on_the_day_it_is_made() -> None:
    decision = submit(one_field(), progress(), Submission(data={"a": "x"}), today=TOMORROW)

    assert decision.progress.today == TOMORROW


@pytest.mark.parametrize(
    "last_act",
    [Submission(skip=("one",)), Submission(acknowledge=("one",)), Submission(data={"a": "x"})],
)
def test_whatever_completes_the_last_step_ends_the_workflow(last_act: Submission) -> None:
    definition = definition_of(step("one", "a", required=False), required=[])

    decision = submit(definition, progress(), last_act, today=TODAY)

    assert decision.progress.status is Status.COMPLETED


def test_clearing_what_broke_a_rule_may_end_the_workflow() -> None:
    definition = definition_of(step("one", "a", required=False, rules=[rule(row("a", "==", "x"))]))

    decision = give(definition, progress({"a": "y"}, skipped=frozenset({"one"})), clear=("a",))

    assert decision.progress.status is Status.COMPLETED


def test_an_end_without_action_completes_at_once() -> None:
    decision = give(one_field(), progress(), {"a": "x"})

    assert decision.progress == progress({"a": "x"}, status=Status.COMPLETED)
    assert decision.outcome == "completed"
    assert decision.hands_over_to is None
    assert decision.facts[-1] == Completed(outcome="completed")


def test_an_end_with_a_workflow_completes_and_hands_over() -> None:
    decision = give(one_field(**CHAIN), progress(), {"a": "x"})

    assert decision.progress.status is Status.COMPLETED
    assert decision.outcome == "completed"
    assert decision.hands_over_to == EndAction(
        type=EndActionType.WORKFLOW, target="feedback", config={"state": {"x": "a"}}
    )
    assert decision.facts[-1] == Completed(outcome="completed")


@pytest.mark.parametrize("action", [CALL, TOOL])
def test_an_end_that_leaves_the_building_is_finishing(action: dict[str, str]) -> None:
    decision = give(one_field(**action), progress(), {"a": "x"})

    assert decision.progress == progress({"a": "x"}, status=Status.FINISHING)
    assert decision.outcome == ""
    assert decision.hands_over_to is None
    assert decision.facts == (
        Submitted(source="client", set={"a": "x"}),
        StepCompleted(step="one"),
        EndActionRequested(action=action["end_action_type"], target=action["end_action_target"]),
    )
    assert decision.report.accepted == ("a",)


def test_what_is_unmet_keeps_a_workflow_from_its_end() -> None:
    decision = give(one_field(root={"minProperties": 2}), progress(), {"a": "x"})

    assert decision.progress.status is Status.ACTIVE
    assert decision.position.current_step is None
    assert decision.position.unmet


def test_a_created_workflow_is_activated() -> None:
    decision = activate(one_field(), progress(status=Status.CREATED), today=TOMORROW)

    assert decision.progress == progress(today=TOMORROW)
    assert decision.facts == (Activated(),)
    assert decision.report == Report(outcome=Outcome.APPLIED)
    assert current(decision.position) == "one"


def test_an_activated_workflow_with_everything_collected_ends() -> None:
    decision = activate(one_field(), progress({"a": "x"}, status=Status.CREATED), today=TODAY)

    assert decision.progress.status is Status.COMPLETED
    assert decision.facts == (Activated(), Completed(outcome="completed"))


def test_activation_decides_on_the_day_it_happens() -> None:
    late = info("late", when=row("day", "<", ref="$today"))
    definition = definition_of(step("one", "day"), late)

    decision = activate(definition, progress({"day": "2026-03-14"}, status=Status.CREATED), today=TOMORROW)

    assert current(decision.position) == "late"


def test_an_active_workflow_is_not_activated_again() -> None:
    with pytest.raises(Conflict) as caught:
        activate(one_field(), progress(), today=TODAY)

    assert caught.value.code == "workflow_already_active"
    assert caught.value.details["act"] == "activate"


def test_a_cancelled_workflow_keeps_what_was_collected() -> None:
    decision = cancel(one_field(), progress({"a": "x"}), reason="changed my mind", today=TOMORROW)

    assert decision.progress == progress({"a": "x"}, status=Status.CANCELLED, today=TOMORROW)
    assert decision.facts == (Cancelled(reason="changed my mind"),)
    assert decision.report == Report(outcome=Outcome.APPLIED)
    assert decision.position.live == {"a": "x"}
    assert decision.outcome == ""


def test_a_finishing_workflow_cannot_be_cancelled() -> None:
    with pytest.raises(Conflict) as caught:
        cancel(one_field(), progress(status=Status.FINISHING), reason="", today=TODAY)

    assert caught.value.details == {"act": "cancel", "workflow_status": "finishing"}


def test_a_completion_turns_into_a_failure() -> None:
    completed = give(one_field(**CHAIN), progress(), {"a": "x"})

    failed = fail(completed, code="not_granted", reason="Feedback is not granted.")

    assert failed.progress == progress({"a": "x"}, status=Status.FAILED)
    assert failed.outcome == ""
    assert failed.hands_over_to is None
    assert failed.facts == (
        Submitted(source="client", set={"a": "x"}),
        StepCompleted(step="one"),
        Failed(code="not_granted", reason="Feedback is not granted."),
    )
    assert failed.report == completed.report
    assert failed.position == completed.position


@pytest.mark.parametrize(
    ("status", "following"),
    [
        (Status.CREATED, Next.WAIT),
        (Status.ACTIVE, Next.COLLECT),
        (Status.PAUSED, Next.WAIT),
        (Status.FINISHING, Next.FINISHING),
        (Status.COMPLETED, Next.DONE),
        (Status.FAILED, Next.DONE),
        (Status.CANCELLED, Next.DONE),
    ],
)
def test_each_status_says_what_is_next(status: Status, following: Next) -> None:
    definition, stored = one_field(), progress({"a": "x"}, status=status)

    assert next_of(definition, stored, locate(definition, stored)) is following


def test_the_facts_have_the_names_that_listeners_know() -> None:
    facts = (Submitted, StepCompleted, Activated, EndActionRequested, Completed, Failed, Cancelled)

    assert [fact.type for fact in facts] == [
        "workflow.submitted",
        "workflow.step_completed",
        "workflow.activated",
        "workflow.end_action_requested",
        "workflow.completed",
        "workflow.failed",
        "workflow.cancelled",
    ]
