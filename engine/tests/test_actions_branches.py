"""Actions on branches that flip, and actions that a person has to confirm first."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine.action_runs import digest_of, inputs_of_request
from engine.actions import ActionStatus
from engine.conclusion import Decision
from engine.definition import Definition
from engine.facts import ActionFailure, ActionRequested, Completed, Confirmed, Submitted
from engine.progress import Status
from engine.report import Invalidated
from engine.submission import Submission
from engine.summary import Line, summary_of_inputs
from engine.tests.actions import answer, call, failure, funds
from engine.tests.builders import BOOL, NUMBER, TEXT, TODAY, begin, current, definition_of, give, info, row, step
from engine.workflow import (
    Next,
    NothingToConfirm,
    action_to_confirm,
    confirm,
    next_of,
    pause,
    resume,
    retry,
    submit,
    write,
)
from engine.writing import Writing

TOMORROW = date(TODAY.year, TODAY.month, TODAY.day + 1)
START = {"by_card": False, "account": "A1"}


def branching(**action: Any) -> Definition:
    """Return a template that looks an account up unless the person pays by card."""
    return definition_of(
        step("how", "by_card", "account"),
        step("funds", "balance", action=call(**action), when=row("by_card", "==", value=False)),
        step("then", "amount"),
        properties={"by_card": BOOL, "account": TEXT, "balance": NUMBER, "amount": NUMBER},
    )


def flipped(definition: Definition, before: Decision, *, by_card: bool, **more: Any) -> Decision:
    return give(definition, before.progress, {"by_card": by_card, **more})


def test_what_was_found_out_is_parked_with_its_branch_and_nothing_is_asked_twice() -> None:
    definition = branching()
    found = answer(definition, begin(definition, START), {"available": 250})

    away = flipped(definition, found, by_card=True)
    back = flipped(definition, away, by_card=False)

    assert (away.report.parked, away.position.live) == (("balance",), {"by_card": True, "account": "A1"})
    assert away.position.actions == {}
    assert (back.report.restored, back.position.live["balance"]) == (("balance",), 250)
    assert (back.progress.actions, back.progress.last_run) == (found.progress.actions, 1)


def test_a_result_is_parked_if_its_branch_is_left_meanwhile() -> None:
    definition = branching()
    away = flipped(definition, begin(definition, START), by_card=True)

    late = answer(definition, away, {"available": 250})
    back = flipped(definition, late, by_card=False)

    assert (late.position.live, late.progress.values["balance"]) == ({"by_card": True, "account": "A1"}, 250)
    assert (current(late.position), current(back.position), back.progress.last_run) == ("then", "then", 1)


def test_what_was_not_done_is_asked_for_again_when_its_branch_comes_back() -> None:
    definition = branching()
    away = flipped(definition, begin(definition, START), by_card=True)

    not_done = failure(definition, away)
    unknown = failure(definition, away, may_have_been_done=True)

    assert (not_done.progress.status, not_done.progress.actions) == (Status.ACTIVE, {})
    told, submitted = not_done.facts
    assert (type(told), submitted) == (ActionFailure, Submitted(source="action", outdated_actions=("funds",)))
    back = flipped(definition, not_done, by_card=False)
    assert back.progress.actions["funds"].run == 2
    assert flipped(definition, unknown, by_card=False).progress.status is Status.FAILED


def test_a_request_is_sent_with_the_inputs_it_was_made_for_or_not_at_all() -> None:
    definition = branching()
    waiting = begin(definition, START)
    away = flipped(definition, waiting, by_card=True)
    changed = flipped(definition, waiting, by_card=True, account="A2")
    corrected = give(definition, waiting.progress, {"account": "A2"})

    assert inputs_of_request(definition, waiting.progress, "funds", run=1) == {"account": "A1"}
    assert inputs_of_request(definition, away.progress, "funds", run=1) == {"account": "A1"}
    assert inputs_of_request(definition, changed.progress, "funds", run=1) is None
    assert inputs_of_request(definition, corrected.progress, "funds", run=1) is None
    assert inputs_of_request(definition, corrected.progress, "funds", run=2) == {"account": "A2"}
    assert inputs_of_request(definition, failure(definition, waiting).progress, "funds", run=1) is None
    assert inputs_of_request(definition, waiting.progress, "which", run=1) is None


def test_what_was_corrected_meanwhile_is_asked_for_anew_on_coming_back() -> None:
    definition = branching()
    found = answer(definition, begin(definition, START), {"available": 250})
    away = flipped(definition, found, by_card=True, account="A2")
    assert away.progress.values["balance"] == 250

    back = flipped(definition, away, by_card=False)

    assert back.report.invalidated == (Invalidated(field="balance", because="funds"),)
    assert back.facts[-1] == ActionRequested(step="funds", run=2, digest=digest_of({"account": "A2"}))


def ending_early(**action: Any) -> Definition:
    """Return a template that looks an account up unless the person is too young, which is an ending."""
    refused = {"outcome": "refused", "end_action_type": "api_call", "end_action_target": "https://bank.example"}
    return definition_of(
        step("who", "age", "account"),
        info("too_young", when=row("age", "<", 18), end=refused),
        step("funds", "balance", action=call(**action)),
        step("then", "amount"),
        properties={"age": NUMBER, "balance": NUMBER, "amount": NUMBER},
        required=["age", "balance", "amount"],
    )


def test_what_lies_behind_an_ending_is_asked_for_anew_if_it_comes_back_with_other_inputs() -> None:
    definition = ending_early()
    found = answer(definition, begin(definition, {"age": 40, "account": "A1"}), {"available": 250})
    ending = give(definition, found.progress, {"age": 4}).progress
    assert ending.status is Status.FINISHING

    failed = replace(ending, status=Status.FAILED)
    back = retry(definition, failed, Submission(data={"age": 40, "account": "A2"}), today=TODAY)

    assert back.report.invalidated == (Invalidated(field="balance", because="account"),)
    assert back.facts[-1] == ActionRequested(step="funds", run=2, digest=digest_of({"account": "A2"}))


def test_a_request_that_is_made_of_nothing_stands_behind_an_ending_too() -> None:
    definition = ending_early()
    waiting = begin(definition, {"age": 40})

    ending = give(definition, waiting.progress, {"age": 4}).progress

    assert (ending.status, ending.actions) == (Status.FINISHING, waiting.progress.actions)
    assert inputs_of_request(definition, ending, "funds", run=1) == {}


def test_a_request_that_is_made_of_nothing_stands_even_if_it_would_not_have_been_made_on_its_day() -> None:
    definition = definition_of(
        step("who", "from", "account"),
        info("too_early", when=row("from", ">", ref="$today"), end={"outcome": "too_early"}),
        step("funds", "balance", action=call()),
        properties={"from": {"type": "string", "format": "date"}, "balance": NUMBER},
        required=["from", "balance"],
    )
    waiting = begin(definition, {"from": TODAY.isoformat()})

    moved = submit(definition, waiting.progress, Submission(data={"from": TOMORROW.isoformat()}), today=TOMORROW)

    assert moved.report.accepted == ("from",)
    assert moved.progress.actions == waiting.progress.actions


def test_there_is_no_way_back_with_other_inputs_to_what_was_sent_and_cannot_be_sent_twice() -> None:
    definition = branching(idempotent=False)
    sent = begin(definition, START)
    away = flipped(definition, sent, by_card=True, account="A2")
    assert away.progress.values["account"] == "A2"

    refused = flipped(definition, away, by_card=False)
    as_it_was = flipped(definition, give(definition, away.progress, {"account": "A1"}), by_card=False)

    assert [(found.field, found.code) for found in refused.report.rejected] == [("by_card", "action_already_sent")]
    assert as_it_was.position.actions == sent.position.actions


def test_a_day_that_brings_a_branch_back_asks_anew_for_what_was_corrected_meanwhile() -> None:
    definition = dated()
    found = answer(definition, begin(definition, {"account": "A1", "from": TODAY.isoformat()}), {"available": 250})
    away = give(definition, found.progress, {"from": TOMORROW.isoformat(), "account": "A2"})
    assert current(away.position) == "then"

    paused = pause(definition, away.progress, reason="", today=TODAY)
    resumed = resume(definition, paused.progress, Submission(), today=TOMORROW)
    noted = write(definition, away.progress, Writing(metadata={"seen": True}), metadata={}, today=TOMORROW)

    for back in (resumed, noted):
        assert "balance" not in back.progress.values
        assert back.facts[-1] == ActionRequested(step="funds", run=2, digest=digest_of({"account": "A2"}))


def test_a_day_that_brings_back_what_was_sent_and_cannot_be_sent_twice_leaves_it_as_it_was() -> None:
    definition = dated(idempotent=False)
    sent = begin(definition, {"account": "A1", "from": TODAY.isoformat()})
    away = give(definition, sent.progress, {"from": TOMORROW.isoformat(), "account": "A2"})

    paused = pause(definition, away.progress, reason="", today=TODAY)
    back = resume(definition, paused.progress, Submission(), today=TOMORROW)

    assert (current(back.position), back.progress.actions) == ("funds", sent.progress.actions)


def dated(**action: Any) -> Definition:
    """Return a template that looks an account up from a certain day on."""
    return definition_of(
        step("how", "account", "from"),
        step("funds", "balance", action=call(**action), when=row("from", "<=", ref="$today")),
        step("then", "a"),
        properties={"account": TEXT, "from": {"type": "string", "format": "date"}, "balance": NUMBER},
    )


def test_an_action_waits_to_be_confirmed() -> None:
    definition = funds(confirm=True, idempotent=False)

    asked = begin(definition, {"account": "A1"})

    assert next_of(definition, asked.progress, asked.position) is Next.CONFIRM
    assert asked.progress.actions == {}
    assert action_to_confirm(asked.position) == definition.steps_by_id["funds"]
    assert summary_of_inputs(definition, asked.position, definition.steps_by_id["funds"]) == (
        Line(field="account", label="Account", value="A1", words="A1"),
    )
    sent = confirm(definition, asked.progress, today=TODAY)
    assert sent.facts == (Confirmed(), ActionRequested(step="funds", run=1, digest=digest_of({"account": "A1"})))
    assert (next_of(definition, sent.progress, sent.position), action_to_confirm(sent.position)) == (Next.WAIT, None)
    with pytest.raises(NothingToConfirm):
        confirm(definition, sent.progress, today=TODAY)


def test_another_request_is_to_be_confirmed_anew_and_the_same_one_is_not() -> None:
    definition = funds(confirm=True, on_failure="ask")
    sent = confirm(definition, begin(definition, {"account": "A1"}).progress, today=TODAY)

    corrected = give(definition, sent.progress, {"account": "A2"})

    assert next_of(definition, corrected.progress, corrected.position) is Next.CONFIRM
    assert corrected.progress.actions == {}
    failed = failure(definition, sent)
    assert action_to_confirm(failed.position) is None
    assert next_of(definition, failed.progress, failed.position) is Next.COLLECT


def test_the_end_is_confirmed_after_its_actions() -> None:
    definition = funds(confirm=True, confirmation="required", then=())
    sent = confirm(definition, begin(definition, {"account": "A1"}).progress, today=TODAY)

    found = answer(definition, sent, {"available": 250})
    ended = confirm(definition, found.progress, today=TODAY)

    assert next_of(definition, found.progress, found.position) is Next.CONFIRM
    assert action_to_confirm(found.position) is None
    assert (ended.progress.status, ended.facts) == (Status.COMPLETED, (Confirmed(), Completed(outcome="completed")))


def test_what_was_found_out_decides_where_it_goes_on() -> None:
    definition = definition_of(
        step("which", "account"),
        step("funds", "balance", action=call()),
        info("poor", when=row("balance", "<", 100), end={"outcome": "too_little"}),
        step("then", "a"),
        properties={"balance": NUMBER},
    )
    waiting = begin(definition, {"account": "A1"})

    assert answer(definition, waiting, {"available": 40}).outcome == "too_little"
    assert current(answer(definition, waiting, {"available": 400}).position) == "then"


def test_one_action_can_need_what_another_found_out() -> None:
    definition = definition_of(
        step("which", "account"),
        step("funds", "balance", action=call()),
        step("rate", "percent", action=call({"percent": "/rate"}, target="https://bank.example/{{state.balance}}")),
        properties={"balance": NUMBER, "percent": NUMBER},
    )
    first = answer(definition, begin(definition, {"account": "A1"}), {"available": 40})
    second = answer(definition, first, {"rate": 3}, step_id="rate", run=2)
    assert second.progress.status is Status.COMPLETED

    corrected = give(definition, first.progress, {"account": "A2"})

    assert set(corrected.progress.actions) == {"funds"}
    assert corrected.progress.actions["funds"].status is ActionStatus.REQUESTED
    again = answer(definition, corrected, {"available": 50}, run=3)
    assert again.progress.actions["rate"].run == 4
