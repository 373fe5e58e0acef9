"""An action that failed: the workflow fails with it, goes on without it or asks the person, and can ask again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.actions import ActionFailed, ActionStatus, ActionSucceeded
from engine.asking import Why, ask_next
from engine.conclusion import Decision
from engine.facts import (
    ActionFailure,
    ActionOutdated,
    Completed,
    Failed,
    Resumed,
    StepCompleted,
)
from engine.progress import Status
from engine.report import Outcome
from engine.submission import Submission
from engine.tests.actions import answer, call, failure, funds
from engine.tests.builders import NUMBER, TEXT, TODAY, begin, current, definition_of, give, info, row, rule, step
from engine.workflow import Next, cancel, expire, next_of, pause, receive, resume, retry

START = {"account": "A1"}
TOMORROW = TODAY + timedelta(days=1)
TOTAL = {**NUMBER, "x-computed": {"sum": ["balance", "amount"]}}


def state_of(decision: Decision) -> tuple[str, str, str]:
    state = decision.position.actions["funds"]
    return state.status, state.code, state.reason


def test_a_workflow_fails_with_its_action_and_keeps_everything() -> None:
    definition = funds()

    decision = failure(definition, begin(definition, START))

    assert decision.progress.status is Status.FAILED
    assert decision.progress.values == START
    assert decision.facts == (
        ActionFailure(step="funds", run=1, status="failed", code="http_503", reason="The bank is closed."),
        Failed(code="action_failed", reason="Funds: The bank is closed.", step="funds"),
    )
    assert state_of(decision) == ("failed", "http_503", "The bank is closed.")


def test_it_goes_on_without_if_it_is_to_skip() -> None:
    definition = funds(on_failure="skip")

    decision = failure(definition, begin(definition, START), may_have_been_done=True)

    assert state_of(decision)[0] == "unknown"
    assert decision.facts[-1] == StepCompleted(step="funds")
    assert (current(decision.position), decision.position.missing) == ("transfer", ("amount",))
    assert give(definition, decision.progress, {"amount": 40}).progress.status is Status.COMPLETED


def test_what_is_computed_from_a_field_that_was_skipped_does_without_it() -> None:
    definition = definition_of(
        step("which", "account"),
        step("funds", "balance", action=call(on_failure="skip")),
        step("transfer", "amount"),
        properties={
            "balance": NUMBER,
            "amount": NUMBER,
            "total": {**NUMBER, "x-computed": {"sum": ["balance", "amount"]}},
        },
        required=["account", "balance", "amount"],
    )
    waiting = give(definition, begin(definition, START).progress, {"amount": 40})

    failed = failure(definition, waiting)

    assert "total" not in waiting.position.live
    assert failed.position.live["total"] == 40


def test_it_asks_the_person_instead_if_it_is_to_ask() -> None:
    definition = funds(on_failure="ask")
    failed = failure(definition, begin(definition, START))

    asked = ask_next(definition, failed.progress, failed.position)
    given = give(definition, failed.progress, {"balance": 70})

    assert next_of(definition, failed.progress, failed.position) is Next.COLLECT
    assert [(found.field, found.why) for found in asked] == [("balance", Why.MISSING)]
    assert failed.position.missing == ("balance", "amount")
    assert (given.report.accepted, current(given.position)) == (("balance",), "transfer")


@pytest.mark.parametrize(
    ("answered", "code", "reason"),
    [
        ({}, "result_missing", "The answer has nothing for: Balance."),
        ({"available": None}, "result_missing", "The answer has nothing for: Balance."),
        (["available"], "result_missing", "The answer has nothing for: Balance."),
        ("available", "result_missing", "The answer has nothing for: Balance."),
        ({"available": -5}, "result_invalid", "The answer has what does not count for: balance (minimum)."),
        ({"available": "secret"}, "result_invalid", "The answer has what does not count for: balance (type)."),
        ({"available": float("nan")}, "result_invalid", "No database can store: balance."),
    ],
)
def test_an_answer_that_is_no_valid_result_is_of_no_use(answered: Any, code: str, reason: str) -> None:
    definition = funds(on_failure="ask")

    decision = answer(definition, begin(definition, START), answered)

    assert state_of(decision) == ("unusable", code, reason)
    assert decision.facts == (ActionFailure(step="funds", run=1, status="unusable", code=code, reason=reason),)
    assert (decision.progress.values, decision.progress.attempts, decision.progress.contested) == (
        START,
        {},
        frozenset(),
    )


@pytest.mark.parametrize(
    ("answered", "reason"),
    [
        ({"owner": "\x00", "name": "\x00"}, "No database can store: owner, name."),
        (
            {"owner": "Adam", "name": "Lovelace"},
            "The answer has what does not count for: owner (maxLength), name (maxLength).",
        ),
    ],
)
def test_everything_that_makes_an_answer_useless_is_named(answered: Any, reason: str) -> None:
    definition = definition_of(
        step("which", "account"),
        step("who", "owner", "name", action=call({"owner": "/owner", "name": "/name"}, on_failure="skip")),
        properties={"owner": {**TEXT, "maxLength": 3}, "name": {**TEXT, "maxLength": 3}},
    )

    decision = answer(definition, begin(definition, START), answered, step_id="who")

    assert decision.progress.actions["who"].reason == reason


@pytest.mark.parametrize("answered", [{"available": "secret"}, {"available": float("nan")}, {}])
def test_the_day_on_which_a_useless_answer_comes_is_the_day_it_is(answered: Any) -> None:
    definition = funds(on_failure="skip")
    waiting = begin(definition, START).progress

    useless = receive(definition, waiting, "funds", 1, ActionSucceeded(answer=answered), today=TOMORROW)

    assert (useless.progress.today, useless.progress.actions["funds"].status) == (TOMORROW, ActionStatus.UNUSABLE)


def test_the_day_on_which_a_request_fails_is_the_day_it_is() -> None:
    definition = funds(on_failure="skip")
    failed = ActionFailed(code="http_503", reason="The bank is closed.")

    decision = receive(definition, begin(definition, START).progress, "funds", 1, failed, today=TOMORROW)

    assert decision.progress.today == TOMORROW


def test_of_an_answer_all_counts_or_nothing() -> None:
    definition = definition_of(
        step("which", "account"),
        step("funds", "balance", "owner", action=call({"balance": "/accounts/0/available", "owner": "/owner~1name"})),
        properties={"balance": NUMBER, "owner": {**TEXT, "maxLength": 3}},
    )
    waiting = begin(definition, START)

    good = answer(definition, waiting, {"accounts": [{"available": 1}], "owner/name": "Ada"})
    bad = answer(definition, waiting, {"accounts": [{"available": 1}], "owner/name": "Adam"})
    short = answer(definition, waiting, {"accounts": [], "owner/name": "Ada"})

    assert good.progress.values == {"account": "A1", "balance": 1, "owner": "Ada"}
    assert (bad.progress.values, short.progress.values) == (START, START)
    assert short.progress.actions["funds"].reason == "The answer has nothing for: Balance."


def test_what_is_optional_may_be_missing() -> None:
    definition = definition_of(
        step("which", "account"),
        step("funds", "balance", "owner", action=call({"balance": "/available", "owner": "/owner"})),
        properties={"balance": NUMBER},
        required=["account", "balance"],
    )

    decision = answer(definition, begin(definition, START), {"available": 1})

    assert decision.progress.status is Status.COMPLETED


def test_what_is_asked_only_then_may_be_missing_until_it_is() -> None:
    definition = definition_of(
        step("which", "account", "kind"),
        step("funds", "balance", "owner", action=call({"balance": "/available", "owner": "/owner"}, on_failure="ask")),
        step("then", "a"),
        properties={"balance": NUMBER, "owner": {**TEXT, "x-when": row("kind", "==", "firm")}},
    )
    found = answer(definition, begin(definition, {**START, "kind": "person"}), {"available": 1})
    assert current(found.position) == "then"

    changed = give(definition, found.progress, {"kind": "firm"})

    assert changed.position.actions["funds"].status is ActionStatus.UNUSABLE
    assert changed.position.actions["funds"].reason == "The answer has nothing for: Owner."
    assert [one.field for one in ask_next(definition, changed.progress, changed.position)] == ["owner"]
    assert current(give(definition, changed.progress, {"owner": "Ada"}).position) == "then"


def test_a_broken_rule_about_what_was_found_out_asks_for_what_it_was_asked_for() -> None:
    definition = definition_of(
        step("which", "account", "amount"),
        step(
            "funds",
            "balance",
            action=call(),
            rules=[rule(row("total", "<", 80), "Too much.", field=["total", "account"])],
        ),
        properties={
            "balance": NUMBER,
            "amount": NUMBER,
            "total": TOTAL,
        },
        required=["account", "amount", "balance"],
    )

    poor = answer(definition, begin(definition, {**START, "amount": 50}), {"available": 40})
    less = give(definition, poor.progress, {"amount": 30})

    assert [(one.step, one.fields, one.message) for one in poor.position.unmet] == [
        ("funds", ("account", "amount"), "Too much.")
    ]
    assert next_of(definition, poor.progress, poor.position) is Next.COLLECT
    assert less.progress.status is Status.COMPLETED


def test_a_result_counts_once() -> None:
    definition = funds()
    found = answer(definition, begin(definition, START), {"available": 250})

    for again in (answer(definition, found, {"available": 9}), failure(definition, found)):
        assert again.facts == (ActionOutdated(step="funds", run=1),)
        assert (again.progress, again.position) == (found.progress, found.position)
        assert again.report.outcome is Outcome.NOOP


def test_a_result_that_comes_while_it_is_paused_leaves_the_day_as_it_was() -> None:
    definition = funds()
    paused = pause(definition, begin(definition, START).progress, reason="", today=TODAY)

    found = receive(definition, paused.progress, "funds", 1, ActionSucceeded(answer={"available": 1}), today=TOMORROW)

    assert (found.progress.values["balance"], found.progress.today) == (1, TODAY)


def test_the_day_on_which_an_answer_ends_it_is_the_day_it_is() -> None:
    definition = funds(then=())
    waiting = begin(definition, START).progress

    ended = receive(definition, waiting, "funds", 1, ActionSucceeded(answer={"available": 1}), today=TOMORROW)

    assert (ended.progress.status, ended.progress.today) == (Status.COMPLETED, TOMORROW)


def test_what_an_answer_leads_to_is_said_in_the_answer_of_the_next_act() -> None:
    definition = funds(then=(info("note", description="You have money."), step("transfer", "amount")))

    found = answer(definition, begin(definition, START), {"available": 250})
    heard = give(definition, found.progress, acknowledge=("note",))

    assert (found.say, found.progress.said) == ((), frozenset())
    assert [one.text for one in heard.say] == ["You have money."]


def test_every_required_value_that_an_answer_lacks_is_named() -> None:
    definition = definition_of(
        step("which", "account"),
        step("who", "owner", "name", action=call({"owner": "/owner", "name": "/name"}, on_failure="skip")),
    )

    decision = answer(definition, begin(definition, START), {}, step_id="who")

    assert decision.position.actions["who"].reason == "The answer has nothing for: Owner, Name."


def test_a_broken_rule_about_what_was_found_out_from_nothing_in_particular_asks_for_nothing() -> None:
    poor = rule(row("balance", ">", 80), "Too little.", field="balance")
    definition = definition_of(
        step("which", "account"),
        step("funds", "balance", action=call(target="https://bank.example/all"), rules=[poor]),
        properties={"balance": NUMBER},
    )

    found = answer(definition, begin(definition, START), {"available": 40})

    assert [(one.step, one.fields) for one in found.position.unmet] == [("funds", ())]


def test_a_result_of_what_was_never_asked_for_changes_nothing() -> None:
    definition = funds()
    before = begin(definition)

    decision = answer(definition, before, {"available": 1})

    assert (decision.facts, decision.progress) == ((ActionOutdated(step="funds", run=1),), before.progress)


@pytest.mark.parametrize(("step_id", "run"), [("funds", 2), ("which", 1), ("nothing", 1)])
def test_a_result_of_what_nobody_asked_for_changes_nothing(step_id: str, run: int) -> None:
    definition = funds()
    waiting = begin(definition, START)

    decision = receive(
        definition, waiting.progress, step_id, run, ActionSucceeded(answer={"available": 1}), today=TODAY
    )

    assert (decision.facts, decision.progress) == ((ActionOutdated(step=step_id, run=run),), waiting.progress)


def test_a_result_after_the_end_changes_nothing() -> None:
    definition = funds()
    waiting = begin(definition, START)

    for over in (
        cancel(definition, waiting.progress, reason="", today=TODAY),
        expire(definition, waiting.progress, today=TODAY),
    ):
        assert answer(definition, over, {"available": 1}).progress == over.progress


def test_a_result_while_it_is_paused_is_stored_and_acted_on_when_it_goes_on() -> None:
    definition = funds(then=())
    paused = pause(definition, begin(definition, START).progress, reason="", today=TODAY)

    found, failed = answer(definition, paused, {"available": 1}), failure(definition, paused)

    assert (found.progress.status, found.progress.values["balance"]) == (Status.PAUSED, 1)
    assert failed.progress.status is Status.PAUSED
    back = resume(definition, found.progress, Submission(), today=TODAY)
    assert (back.progress.status, back.facts) == (Status.COMPLETED, (Resumed(), Completed(outcome="completed")))
    assert resume(definition, failed.progress, Submission(), today=TODAY).progress.status is Status.FAILED


def test_a_result_that_comes_while_it_is_finishing_counts_only_where_it_changes_nothing() -> None:
    definition = definition_of(
        step("which", "account"),
        step("funds", "balance", action=call(), when=row("account", "!=", "none")),
        properties={"balance": NUMBER},
        end_action_type="api_call",
        end_action_target="https://bank.example",
    )
    elsewhere = give(definition, begin(definition, START).progress, {"account": "none"})
    assert elsewhere.progress.status is Status.FINISHING

    parked = answer(definition, elsewhere, {"available": 1})

    assert (parked.progress.status, parked.position.live) == (Status.FINISHING, {"account": "none"})
    assert parked.progress.values["balance"] == 1
    back = retry(definition, replace(parked.progress, status=Status.FAILED), Submission(data=START), today=TODAY)
    assert (back.position.live["balance"], back.progress.last_run) == (1, 1)


def test_a_skipped_action_that_answers_while_it_is_finishing_changes_nothing() -> None:
    definition = definition_of(
        step("which", "account"),
        step("funds", "balance", action=call(), required=False),
        properties={"balance": NUMBER},
        end_action_type="api_call",
        end_action_target="https://bank.example",
    )
    skipped = give(definition, begin(definition, START).progress, skip=("funds",))
    assert skipped.progress.status is Status.FINISHING

    assert answer(definition, skipped, {"available": 1}).progress == skipped.progress
