"""What an action was asked for is corrected: it is asked for again, or the correction is refused."""

from datetime import date
from typing import Any

import pytest

from engine.action_runs import digest_of, inputs_of_request
from engine.actions import ActionStatus
from engine.conclusion import Decision
from engine.definition import Definition
from engine.facts import ActionOutdated, ActionRequested, Submitted
from engine.progress import Status
from engine.report import Invalidated, Outcome
from engine.submission import Submission
from engine.tests.actions import answer, call, failure, funds
from engine.tests.builders import BOOL, LIST, NUMBER, TEXT, TODAY, begin, current, definition_of, give, info, row, step
from engine.workflow import confirm, pause, resume, submit, write
from engine.writing import Writing

DATE = {"type": "string", "format": "date"}
NEXT_YEAR = date(TODAY.year + 1, TODAY.month, TODAY.day)


def refused(decision: Decision) -> list[tuple[str | None, str]]:
    """Return what was refused, and with which code."""
    return [(found.field or found.step, found.code) for found in decision.report.rejected]


def test_a_correction_in_flight_asks_for_it_anew_and_the_old_result_counts_for_nothing() -> None:
    definition = funds()
    waiting = begin(definition, {"account": "A1"})

    corrected = give(definition, waiting.progress, {"account": "A2"})
    late = answer(definition, corrected, {"available": 1}, run=1)
    right = answer(definition, corrected, {"available": 2}, run=2)

    submitted, requested = corrected.facts
    assert isinstance(submitted, Submitted)
    assert submitted.outdated_actions == ("funds",)
    assert requested == ActionRequested(step="funds", run=2, digest=digest_of({"account": "A2"}))
    assert (late.facts, late.progress) == ((ActionOutdated(step="funds", run=1),), corrected.progress)
    assert right.progress.values["balance"] == 2


def test_a_correction_after_the_answer_takes_what_was_found_out_and_asks_again() -> None:
    definition = funds()
    found = answer(definition, begin(definition, {"account": "A1"}), {"available": 250})

    corrected = give(definition, found.progress, {"account": "A2"})

    assert corrected.report.invalidated == (Invalidated(field="balance", because="account"),)
    assert corrected.progress.values == {"account": "A2"}
    assert corrected.progress.previous == {"balance": 250}
    assert corrected.progress.actions["funds"].run == 2
    again = answer(definition, corrected, {"available": 300}, run=2)
    assert (again.progress.values["balance"], again.progress.previous) == (300, {})


def test_what_depends_on_what_was_found_out_is_judged_anew_too() -> None:
    definition = funds(properties={"amount": {**NUMBER, "x-depends-on": ["balance"], "x-on-change": "reset"}})
    answered = give(definition, begin(definition).progress, {"amount": 40})
    found = answer(definition, give(definition, answered.progress, {"account": "A1"}), {"available": 250})

    assert [(one.field, one.because) for one in found.report.invalidated] == [("amount", "balance")]
    assert (current(found.position), found.progress.status) == ("transfer", Status.ACTIVE)


def test_what_was_given_in_place_of_an_answer_stands_until_the_answer_comes() -> None:
    definition = funds(on_failure="ask")
    asked = failure(definition, begin(definition, {"account": "A1"}))

    both = give(definition, asked.progress, {"account": "A2", "balance": 7})

    assert (both.report.invalidated, both.progress.values["balance"]) == ((), 7)
    assert both.progress.actions["funds"].run == 2
    found = answer(definition, both, {"available": 9}, run=2)
    assert found.progress.values["balance"] == 9


def test_the_same_values_once_more_ask_for_nothing() -> None:
    definition = funds()
    waiting = begin(definition, {"account": "A1"})

    again = give(definition, waiting.progress, {"account": "A1"})

    assert (again.progress, again.facts) == (waiting.progress, ())


def test_a_run_never_comes_twice() -> None:
    definition = funds()
    decision = begin(definition, {"account": "A1"})
    for account in ("A2", "A1", "A2"):
        decision = give(definition, decision.progress, {"account": account})

    assert decision.progress.actions["funds"].run == decision.progress.last_run == 4


@pytest.mark.parametrize("status", sorted(set(ActionStatus) - {ActionStatus.FAILED}))
def test_what_may_have_been_sent_and_cannot_be_sent_twice_keeps_its_inputs(status: ActionStatus) -> None:
    definition, sent = locked(status)

    corrected = give(definition, sent.progress, {"account": "A2", "amount": 40})
    cleared = give(definition, sent.progress, clear=("account",))
    same = give(definition, sent.progress, {"account": "A1"})

    assert refused(corrected) == [("account", "action_already_sent")]
    assert corrected.report.rejected[0].message == (
        "Account cannot be changed any more: what depends on it was sent already, and only once."
    )
    assert (corrected.report.outcome, corrected.report.accepted) == (Outcome.PARTIAL, ("amount",))
    assert (corrected.progress.attempts, corrected.progress.contested) == ({}, frozenset())
    assert refused(cleared) == [("account", "action_already_sent")]
    assert same.report.ignored[0].reason == "unchanged"
    assert corrected.progress.actions == sent.progress.actions


def test_what_was_certainly_not_done_keeps_nothing() -> None:
    definition = funds(idempotent=False, on_failure="ask")
    failed = failure(definition, begin(definition, {"account": "A1"}))

    corrected = give(definition, failed.progress, {"account": "A2"})

    assert corrected.report.outcome is Outcome.APPLIED
    assert corrected.progress.actions["funds"].run == 2


def test_an_answer_that_is_no_answer_is_refused_for_its_own_reason_while_nothing_was_changed() -> None:
    definition, sent = locked(ActionStatus.REQUESTED)

    wrong = give(definition, sent.progress, {"account": 5})

    assert refused(wrong) == [("account", "type")]
    assert wrong.progress.contested == {"account"}


def test_nothing_of_an_atomic_submission_is_stored_if_it_corrects_what_was_sent() -> None:
    definition, sent = locked(ActionStatus.REQUESTED)

    atomic = give(definition, sent.progress, {"account": "A2", "amount": 40}, atomic=True)
    patch = written(definition, sent, Writing(values={"account": "A2", "amount": 40}))
    put = written(definition, sent, Writing(values={"amount": 40}, replaces=True))

    for decision in (atomic, patch, put):
        assert (decision.report.outcome, decision.progress.values) == (Outcome.REJECTED, {"account": "A1"})
        assert refused(decision) == [("account", "action_already_sent")]


def test_a_replacement_leaves_what_was_found_out() -> None:
    definition = funds()
    found = answer(definition, begin(definition, {"account": "A1"}), {"available": 250})

    put = written(definition, found, Writing(values={"account": "A1"}, replaces=True))

    assert put.progress.values == {"account": "A1", "balance": 250}


def test_it_cannot_be_corrected_on_coming_back_either() -> None:
    definition, sent = locked(ActionStatus.REQUESTED)
    paused = pause(definition, sent.progress, reason="", today=TODAY)

    back = resume(definition, paused.progress, Submission(data={"account": "A2"}), today=TODAY)

    assert refused(back) == [("account", "action_already_sent")]
    assert back.progress.values == {"account": "A1"}


def test_single_entries_of_what_was_sent_stand_too() -> None:
    definition = definition_of(
        step("who", "people"), step("invite", action=invite("people")), properties={"people": LIST}
    )
    sent = begin(definition, {"people": ["a", "b"]})

    more = give(definition, sent.progress, append={"people": ["c"]})
    less = give(definition, sent.progress, remove={"people": [1]})
    none = give(definition, sent.progress, remove={"people": [9]})

    assert refused(more) == refused(less) == [("people", "action_already_sent")]
    assert none.report.ignored[0].reason == "unknown_item"
    assert more.progress.values == less.progress.values == {"people": ["a", "b"]}


def test_everything_that_decides_on_an_input_stands() -> None:
    definition = definition_of(
        step("one", "kind", "low"),
        step("two", "high", when=row("kind", "==", "x")),
        step("three", "extra", required=False),
        step("invite", action=invite("total")),
        properties={
            "kind": TEXT,
            "low": NUMBER,
            "high": {**NUMBER, "x-depends-on": ["cause"], "x-on-change": "reset"},
            "extra": {**NUMBER, "x-when": row("low", "<", 5)},
            "cause": TEXT,
            "unrelated": TEXT,
            "total": {**NUMBER, "x-computed": {"sum": ["low", "high", "extra"]}},
        },
        required=["kind", "low", "high", "extra"],
    )
    values = {"kind": "x", "low": 1, "high": 2, "cause": "a", "unrelated": "a", "extra": 3}
    sent = begin(definition, values)

    for changed in ({"kind": "y"}, {"low": 2}, {"cause": "b"}, {"high": 9}):
        assert refused(give(definition, sent.progress, changed)) == [(next(iter(changed)), "action_already_sent")]
    assert give(definition, sent.progress, {"unrelated": "b"}).report.outcome is Outcome.APPLIED


def test_what_another_action_found_it_out_from_stands_too() -> None:
    definition = definition_of(
        step("which", "account"),
        step("funds", "balance", action=call()),
        info("report", action=invite("balance")),
        properties={"balance": NUMBER},
    )
    sent = answer(definition, begin(definition, {"account": "A1"}), {"available": 250})
    assert current(sent.position) == "report"

    assert refused(give(definition, sent.progress, {"account": "A2"})) == [("account", "action_already_sent")]


def test_what_decides_whether_an_input_is_asked_stands_too() -> None:
    definition = definition_of(
        step("one", "kind", "plate"),
        info("invite", action=invite("plate")),
        properties={"plate": {**TEXT, "x-when": row("kind", "==", "car")}},
    )
    sent = begin(definition, {"kind": "car", "plate": "AA"})

    assert refused(give(definition, sent.progress, {"kind": "boat"})) == [("kind", "action_already_sent")]


def test_a_value_that_kept_another_input_as_it_was_is_refused_with_it() -> None:
    definition = definition_of(
        step("one", "a", "b", "c"),
        info("first", action=invite("a", config={"arguments": {"with": "{{state.a}} {{state.c}}"}})),
        info("second", action=invite("total")),
        properties={"a": NUMBER, "b": NUMBER, "total": {**NUMBER, "x-computed": {"sum": ["a", "b"]}}},
        required=["a", "b", "c"],
    )
    first = begin(definition, {"a": 1, "b": 2, "c": "x"})
    second = answer(definition, first, None, step_id="first")
    assert current(second.position) == "second"

    moved = give(definition, second.progress, {"a": 2, "b": 1, "c": "y"})

    assert refused(moved) == [(name, "action_already_sent") for name in ("a", "b", "c")]


def test_the_mere_passing_of_days_outdates_nothing() -> None:
    definition = definition_of(
        step("who", "born"),
        info("quote", action=invite("age", idempotent=True)),
        step("then", "other"),
        properties={
            "born": {"type": "string", "format": "date"},
            "age": {"type": "integer", "x-computed": {"years_since": "born"}},
        },
    )
    waiting = begin(definition, {"born": "2000-01-01"})

    paused = pause(definition, waiting.progress, reason="", today=NEXT_YEAR)
    back = resume(definition, paused.progress, Submission(), today=NEXT_YEAR)

    assert back.position.inputs["quote"] == {"age": 27}
    assert inputs_of_request(definition, back.progress, "quote", run=1) == {"age": 26}
    assert back.progress.actions == waiting.progress.actions
    assert give(definition, back.progress, {"born": "2000-01-02"}).progress.actions == waiting.progress.actions


def test_a_correction_on_another_day_concerns_only_what_is_made_of_it() -> None:
    definition = definition_of(
        step("which", "account", "address"),
        step("funds", "balance", action=call()),
        step("check", "is_known", action=invite("address", idempotent=True, result={"is_known": ""})),
        step("then", "a"),
        properties={"balance": NUMBER, "is_known": BOOL},
    )
    first = answer(definition, begin(definition, {"account": "A1", "address": "x"}), {"available": 250})
    second = answer(definition, first, value=True, step_id="check", run=2)
    assert current(second.position) == "then"

    corrected = submit(definition, second.progress, Submission(data={"account": "A2"}), today=NEXT_YEAR)

    assert corrected.progress.actions["check"] == second.progress.actions["check"]
    assert corrected.progress.actions["funds"].run == 3


def test_what_was_confirmed_is_what_is_asked_for() -> None:
    definition = funds(confirm=True)
    asked = begin(definition, {"account": "A1"})
    sent = confirm(definition, asked.progress, today=NEXT_YEAR)

    assert sent.progress.today == TODAY
    assert sent.progress.actions["funds"].digest == digest_of({"account": "A1"})


def test_an_answer_cannot_change_what_was_sent_because_of_another() -> None:
    definition = definition_of(
        step("which", "account"),
        step("funds", "balance", action=call(on_failure="skip")),
        info("report", action=invite("balance")),
        step("then", "a"),
        properties={"balance": NUMBER},
    )
    failed = failure(definition, begin(definition, {"account": "A1"}))
    reported = answer(definition, failed, None, step_id="report", run=2)
    assert current(reported.position) == "then"

    late = answer(definition, reported, {"available": 9})

    state = late.progress.actions["funds"]
    assert (state.status, state.code) == (ActionStatus.UNUSABLE, "action_already_sent")
    assert state.reason == "The answer has what does not count for: balance (action_already_sent)."
    assert "balance" not in late.progress.values


def test_an_answer_that_is_invalid_is_that_whatever_else_it_would_change() -> None:
    definition = definition_of(
        step("which", "account"),
        step("funds", "balance", "owner", action=call({"balance": "/available", "owner": "/owner"}, on_failure="skip")),
        info("report", action=invite("owner")),
        step("then", "a"),
        properties={"balance": NUMBER},
    )
    failed = failure(definition, begin(definition, {"account": "A1"}))
    reported = answer(definition, failed, None, step_id="report", run=2)

    late = answer(definition, reported, {"available": "lots", "owner": "Ada"})

    state = late.progress.actions["funds"]
    assert (state.code, state.reason) == (
        "result_invalid",
        "The answer has what does not count for: balance (type).",
    )


def test_beside_what_was_sent_everything_else_can_still_be_corrected() -> None:
    definition = definition_of(
        step("about", "kind"),
        step("which", "account", "note"),
        info("invite", action=invite("account")),
        step("then", "a"),
    )
    sent = begin(definition, {"kind": "x", "account": "A1", "note": "x"})

    corrected = give(definition, sent.progress, {"kind": "y", "account": "A2", "note": "y"})

    assert refused(corrected) == [("account", "action_already_sent")]
    assert corrected.progress.values == {"kind": "y", "account": "A1", "note": "y"}


def locked(status: ActionStatus) -> tuple[Definition, Decision]:
    """Return a template whose action cannot be done twice, and a workflow in which it is that far."""
    definition = funds(idempotent=False, on_failure="ask")
    waiting = begin(definition, {"account": "A1"})
    match status:
        case ActionStatus.REQUESTED:
            return definition, waiting
        case ActionStatus.SUCCEEDED:
            return definition, answer(definition, waiting, {"available": 250})
        case ActionStatus.UNUSABLE:
            return definition, answer(definition, waiting, {"available": "lots"})
        case _:
            return definition, failure(definition, waiting, may_have_been_done=True)


def invite(field: str, **changes: Any) -> dict[str, Any]:
    """Return an action without a result that is asked for with one field, and cannot be done twice."""
    return {
        "type": "tool_call",
        "target": "invite",
        "config": {"arguments": {"with": f"{{{{state.{field}}}}}"}},
        **changes,
    }


def written(definition: Definition, before: Decision, writing: Writing) -> Decision:
    return write(definition, before.progress, writing, metadata={}, today=TODAY)
