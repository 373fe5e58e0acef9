"""What failed is asked for again: under the same key if it is the same request, and never twice if it must not be."""

from datetime import timedelta

import pytest

from engine.action_runs import AlreadyDone, NothingToRetry, OutcomeUnknown
from engine.actions import ActionStatus
from engine.asking import ask_next
from engine.conclusion import Decision
from engine.facts import (
    ActionOutdated,
    ActionRequested,
    Retried,
)
from engine.progress import Status
from engine.report import Outcome
from engine.submission import Submission
from engine.tests.actions import answer, call, failure, funds
from engine.tests.builders import NUMBER, TODAY, begin, current, definition_of, give, info, row, step
from engine.workflow import Next, next_of, retry

START = {"account": "A1"}
TOMORROW = TODAY + timedelta(days=1)


def state_of(decision: Decision) -> tuple[str, str, str]:
    state = decision.position.actions["funds"]
    return state.status, state.code, state.reason


def test_a_failed_workflow_asks_again_under_the_same_run() -> None:
    definition = funds()
    failed = failure(definition, begin(definition, START))
    digest = failed.progress.actions["funds"].digest

    again = retry(definition, failed.progress, None, today=TODAY)

    assert again.facts == (Retried(is_changed=False), ActionRequested(step="funds", run=1, digest=digest, again=True))
    assert (again.progress.status, again.progress.failed_step, again.report.outcome) == (
        Status.ACTIVE,
        "",
        Outcome.APPLIED,
    )
    assert state_of(again) == ("requested", "", "")
    assert again.progress.actions == again.position.actions
    assert answer(definition, again, {"available": 1}).progress.values["balance"] == 1


def test_the_day_on_which_it_is_asked_for_again_is_the_day_it_is() -> None:
    definition = funds()
    failed = failure(definition, begin(definition, START))

    again = retry(definition, failed.progress, None, today=TOMORROW)

    assert again.progress.today == TOMORROW
    assert again.progress.actions["funds"].today == TODAY


def test_with_values_it_asks_for_something_else_or_for_the_same_again() -> None:
    definition = funds()
    failed = failure(definition, begin(definition, START))

    other = retry(definition, failed.progress, Submission(data={"account": "A2"}), today=TODAY)
    same = retry(definition, failed.progress, Submission(data={"amount": 40}), today=TODAY)

    assert (other.progress.actions["funds"].run, other.facts[-1]) == (
        2,
        ActionRequested(step="funds", run=2, digest=other.progress.actions["funds"].digest),
    )
    assert (same.progress.actions["funds"].run, same.progress.values["amount"]) == (1, 40)
    assert isinstance(same.facts[-1], ActionRequested)
    assert same.facts[-1].again


def test_a_branch_away_from_what_failed_needs_no_retry_of_it() -> None:
    definition = definition_of(
        step("which", "account"),
        step("funds", "balance", action=call(), when=row("account", "!=", "none")),
        step("then", "a"),
        properties={"balance": NUMBER},
    )
    failed = failure(definition, begin(definition, START))

    elsewhere = retry(definition, failed.progress, Submission(data={"account": "none"}), today=TODAY)

    assert (elsewhere.progress.status, current(elsewhere.position)) == (Status.ACTIVE, "then")
    assert elsewhere.progress.actions == failed.progress.actions


def test_what_cannot_be_done_twice_is_asked_for_again_only_if_it_was_certainly_not_done() -> None:
    definition = funds(idempotent=False)
    waiting = begin(definition, START)
    not_done, unknown = failure(definition, waiting), failure(definition, waiting, may_have_been_done=True)
    useless = answer(definition, waiting, {})

    assert retry(definition, not_done.progress, None, today=TODAY).progress.status is Status.ACTIVE
    with pytest.raises(OutcomeUnknown) as not_known:
        retry(definition, unknown.progress, None, today=TODAY)
    with pytest.raises(AlreadyDone) as done:
        retry(definition, useless.progress, Submission(data={"amount": 1}), today=TODAY)
    assert (not_known.value.code, done.value.code) == ("outcome_unknown", "action_already_sent")
    assert not_known.value.details == done.value.details == {"step": "funds"}
    assert not_known.value.message == (
        "Whether 'Funds' was done is not known, and it must not be done twice. "
        "Ask an operator to find out, and to send the delivery again if it was not."
    )
    assert done.value.message == (
        "'Funds' was done and must not be done twice, although its answer cannot be used. "
        "Ask an operator to look at the delivery, or cancel the workflow."
    )


def test_an_answer_that_an_operator_brought_about_later_lets_it_go_on() -> None:
    definition = funds(idempotent=False, then=(), confirmation="required")
    failed = failure(definition, begin(definition, START), may_have_been_done=True)

    found = answer(definition, failed, {"available": 1})
    back = retry(definition, found.progress, None, today=TODAY)

    assert (found.progress.status, found.progress.values["balance"]) == (Status.FAILED, 1)
    assert state_of(found) == ("succeeded", "", "")
    assert (back.progress.status, next_of(definition, back.progress, back.position)) == (Status.ACTIVE, Next.CONFIRM)
    assert failure(definition, failed).progress == failed.progress


def test_what_a_person_answered_instead_stands() -> None:
    definition = funds(on_failure="ask")
    failed = failure(definition, begin(definition, START))
    given = give(definition, failed.progress, {"balance": 70})

    late = answer(definition, given, {"available": 1})

    assert late.facts == (ActionOutdated(step="funds", run=1),)
    assert answer(definition, failed, {"available": 1}).progress.values["balance"] == 1


@pytest.mark.parametrize("on_failure", ["skip", "ask"])
def test_a_workflow_that_goes_on_can_ask_again_too(on_failure: str) -> None:
    definition = funds(on_failure=on_failure)
    failed = failure(definition, begin(definition, START))

    again = retry(definition, failed.progress, None, today=TODAY)

    assert next_of(definition, again.progress, again.position) is Next.WAIT
    assert again.facts[0] == Retried(is_changed=False)
    found = answer(definition, again, {"available": 1})
    assert (found.progress.values["balance"], current(found.position)) == (1, "transfer")


def test_asking_again_settles_what_was_called_into_question_about_the_answer_of_the_person() -> None:
    definition = funds(on_failure="ask")
    failed = failure(definition, begin(definition, START))
    given = give(definition, give(definition, failed.progress, {"balance": 70}).progress, {"balance": "lots"})
    assert given.position.contested == ("balance",)

    again = retry(definition, given.progress, None, today=TODAY)

    assert (again.position.contested, ask_next(definition, again.progress, again.position)) == ((), ())


def test_the_first_of_several_failures_is_asked_for_again() -> None:
    definition = definition_of(
        info("one", action={"type": "tool_call", "target": "a", "idempotent": True, "on_failure": "skip"}),
        info("two", action={"type": "tool_call", "target": "b", "idempotent": True, "on_failure": "skip"}),
        step("then", "a"),
    )
    first = failure(definition, begin(definition), step_id="one")
    second = failure(definition, first, step_id="two", run=2)

    again = retry(definition, second.progress, Submission(data={"a": "x"}), today=TODAY)

    assert again.position.actions["one"].status is ActionStatus.REQUESTED
    assert again.position.actions["two"].status is ActionStatus.FAILED


def test_a_workflow_in_which_nothing_failed_has_nothing_to_retry() -> None:
    definition = funds()

    with pytest.raises(NothingToRetry) as caught:
        retry(definition, begin(definition, START).progress, None, today=TODAY)

    assert caught.value.code == "nothing_to_retry"
    assert caught.value.message == "Nothing has failed. Go on with what next says."
