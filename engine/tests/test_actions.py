"""A step with an action is answered by the server: it is asked for, waited for, and judged like any answer."""

from hashlib import sha256
from typing import Any

import pytest

from engine.action_runs import digest_of
from engine.actions import ActionState, ActionStatus
from engine.asking import ask_next
from engine.facts import ActionCompleted, ActionRequested, Activated, Completed, StepCompleted, Submitted
from engine.progress import Status
from engine.tests.actions import answer, call, funds
from engine.tests.builders import NUMBER, TODAY, begin, current, definition_of, give, info, row, step
from engine.workflow import Next, next_of, waiting_for


def test_an_action_is_asked_for_when_its_step_becomes_current() -> None:
    definition = funds()

    decision = give(definition, begin(definition).progress, {"account": "A1"})

    digest = digest_of({"account": "A1"})
    assert decision.facts[-1] == ActionRequested(step="funds", run=1, digest=digest)
    assert decision.progress.actions == {
        "funds": ActionState(status=ActionStatus.REQUESTED, run=1, digest=digest, today=TODAY)
    }
    assert next_of(definition, decision.progress, decision.position) is Next.WAIT
    assert waiting_for(decision.position) == ("funds",)
    assert decision.position.missing == ("amount",)
    assert ask_next(definition, decision.progress, decision.position) == ()


def test_whatever_act_comes_to_an_action_asks_for_it() -> None:
    definition = funds()

    started = begin(definition, {"account": "A1"})

    assert [type(fact) for fact in started.facts] == [Submitted, StepCompleted, Activated, ActionRequested]
    assert begin(definition, {"account": "A1"}, activate=False).progress.actions == {}


def test_its_answer_completes_the_step_and_the_next_one_is_asked() -> None:
    definition = funds()
    before = begin(definition, {"account": "A1"})

    decision = answer(definition, before, {"available": 250, "currency": "EUR"})

    assert decision.progress.values == {"account": "A1", "balance": 250}
    assert decision.progress.actions["funds"].status is ActionStatus.SUCCEEDED
    assert decision.facts == (
        ActionCompleted(step="funds", run=1),
        Submitted(source="action", set={"balance": 250}),
        StepCompleted(step="funds"),
    )
    assert current(decision.position) == "transfer"
    assert (next_of(definition, decision.progress, decision.position), waiting_for(decision.position)) == (
        Next.COLLECT,
        (),
    )


def test_an_answer_can_be_the_end() -> None:
    definition = funds(then=())

    decision = answer(definition, begin(definition, {"account": "A1"}), {"available": 250})

    assert decision.progress.status is Status.COMPLETED
    assert decision.facts[-1] == Completed(outcome="completed")


def test_other_steps_may_be_answered_meanwhile() -> None:
    definition = funds()
    waiting = begin(definition, {"account": "A1"})

    meanwhile = give(definition, waiting.progress, {"amount": 40})

    assert meanwhile.report.accepted == ("amount",)
    assert next_of(definition, meanwhile.progress, meanwhile.position) is Next.WAIT
    assert answer(definition, meanwhile, {"available": 250}).progress.status is Status.COMPLETED


def test_nobody_else_answers_what_an_action_finds_out() -> None:
    definition = funds()
    waiting = begin(definition, {"account": "A1", "balance": 9})

    given = give(definition, waiting.progress, {"balance": 10}, clear=("amount",), acknowledge=("funds",))

    assert [(found.field, found.reason) for found in waiting.report.ignored] == [("balance", "answered_by_action")]
    assert [(found.field or found.step, found.reason) for found in given.report.ignored] == [
        ("amount", "empty"),
        ("balance", "answered_by_action"),
        ("funds", "answered_by_action"),
    ]
    found = answer(definition, waiting, {"available": 250})
    cleared = give(definition, found.progress, clear=("balance",))
    assert [(one.field, one.reason) for one in cleared.report.ignored] == [("balance", "answered_by_action")]


def test_a_read_only_field_stays_read_only_and_does_not_keep_a_start_from_happening() -> None:
    definition = funds(properties={"balance": {**NUMBER, "readOnly": True}})
    waiting = begin(definition, {"account": "A1", "balance": 9})

    given = give(definition, waiting.progress, {"balance": 10})

    assert waiting.report.ignored[0].reason == "answered_by_action"
    assert given.report.ignored[0].reason == "read_only"
    assert answer(definition, given, {"available": 250}).progress.values["balance"] == 250


def test_an_action_without_fields_is_complete_when_it_is_done_and_says_nothing() -> None:
    login = info("login", action={"type": "tool_call", "target": "log_in", "idempotent": True})
    definition = definition_of(login, step("what", "a"))

    waiting = begin(definition)
    done = answer(definition, waiting, None, step_id="login")

    assert (waiting.say, waiting_for(waiting.position)) == ((), ("login",))
    assert (done.say, current(done.position), done.progress.values) == ((), "what", {})
    assert done.facts == (ActionCompleted(step="login", run=1), StepCompleted(step="login"))


def test_an_optional_action_can_be_skipped_even_while_it_is_under_way() -> None:
    definition = definition_of(
        step("which", "account"),
        step("funds", "balance", action=call(), required=False),
        step("then", "a"),
        properties={"balance": NUMBER},
    )
    waiting = begin(definition, {"account": "A1"})

    skipped = give(definition, waiting.progress, skip=("funds",))
    late = answer(definition, skipped, {"available": 3})

    assert current(skipped.position) == "then"
    assert (late.progress.values["balance"], current(late.position)) == (3, "then")


def test_without_placeholders_everything_that_is_known_is_its_input() -> None:
    found = call({"balance": ""}, target="https://bank.example/scores")
    definition = definition_of(
        step("one", "a", "b"),
        step("two", "c", when=row("a", "==", "never")),
        step("score", "balance", action=found),
        step("three", "d"),
        properties={"balance": NUMBER, "free": NUMBER, "total": {**NUMBER, "x-computed": {"sum": ["free"]}}},
        required=["a", "b", "balance", "d"],
    )

    waiting = begin(definition, {"a": "x", "b": "y", "c": "parked", "d": "later", "free": 7})

    assert waiting.progress.actions["score"].digest == digest_of({"a": "x", "b": "y", "free": 7, "total": 7})
    assert answer(definition, waiting, 5, step_id="score").progress.status is Status.COMPLETED


@pytest.mark.parametrize(
    ("one", "other"),
    [({"a": 1}, {"a": 1.0}), ({"a": 1e16}, {"a": 10**16}), ({"a": [1.0, {"b": 2.0}]}, {"a": [1, {"b": 2}]})],
)
def test_equal_values_have_one_digest_whatever_database_they_were_in(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert digest_of(one) == digest_of(other)


@pytest.mark.parametrize("other", [{}, {"a": True}, {"a": "1"}, {"a": 1.5}, {"b": 1}])
def test_other_values_have_another_digest(other: dict[str, Any]) -> None:
    assert digest_of({"a": 1}) != digest_of(other)


def test_a_digest_stays_the_same_from_release_to_release() -> None:
    written = '{"account":"A1","parts":[1,2.5,{"a":null}]}'

    assert digest_of({"parts": [1.0, 2.5, {"a": None}], "account": "A1"}) == sha256(written.encode()).hexdigest()
