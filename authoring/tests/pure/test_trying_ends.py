"""Trying a draft out to its end, and on after it was edited."""

import pytest

from authoring.tests.pure.walks import FUNDS, LOAN, funds, places, questions, state, walked
from authoring.trial.acts import Acknowledge, Act, Begin, Clear, Confirm, Fails, Found, Skip, Submit
from engine.progress import Status
from engine.tests.builders import NUMBER, document, info, row, step
from engine.workflow import Next


def test_an_ending_in_the_middle_says_its_message_and_its_outcome() -> None:
    source = document(
        step("one", "age"),
        step("minor", when=row("age", "<", 18), end={"outcome": "too_young", "message": "You must be 18."}),
        step("two", "name"),
        properties={"age": NUMBER},
    )

    now = walked(source, Submit(data={"age": 12}))

    assert (now.next, now.outcome, now.sending) == (Next.DONE, "too_young", None)
    assert places(now) == {"one": "done", "minor": "the end", "two": "left out"}
    assert [said.text for said in now.say] == ["You must be 18."]
    assert [(left.name, left.condition) for left in now.left_out] == [("Two", "")]


def test_what_would_be_sent_at_the_end_is_shown_before_it_is_confirmed_and_after() -> None:
    source = document(
        step("one", "name"),
        confirmation="required",
        end_action_type="api_call",
        end_action_target="https://a.example/x",
    )

    now = walked(source, Submit(data={"name": "Ada"}))
    assert (now.next, now.outcome) == (Next.CONFIRM, "")
    assert now.sending is not None
    assert '"name": "Ada"' in now.sending.content
    assert '"template": "sample"' in now.sending.content

    sent = walked(source, Submit(data={"name": "Ada"}), Confirm())
    assert (sent.next, sent.status, sent.outcome) == (Next.FINISHING, Status.FINISHING, "completed")
    assert sent.sending == now.sending


def test_a_workflow_that_starts_next_is_named() -> None:
    source = document(step("one", "name"), end_action_type="workflow", end_action_target="account")

    now = walked(source, Submit(data={"name": "Ada"}))

    assert (now.next, now.sending and now.sending.target) == (Next.DONE, "account")


def test_what_must_be_done_before_is_taken_for_done() -> None:
    source = document(step("one", "name"), prerequisites=["kyc", {"template": "terms"}])

    assert walked(source).prerequisites == ("kyc", "terms")


def test_what_keeps_the_end_open_without_a_step_is_said() -> None:
    source = document(step("one", "a"), root={"maxProperties": 0}, properties={"a": NUMBER})

    now = walked(source, Submit(data={"a": 1}))

    assert (now.next, now.current, now.questions) == (Next.COLLECT, None, ())
    assert [unmet.message for unmet in now.unmet] == ["What was collected must have at most 0 entries."]


def test_what_is_told_on_the_way_is_told_after_a_server_call_too() -> None:
    source = document(
        step("funds", "balance", action={**FUNDS, "target": "https://bank.example/"}),
        info("sent", description="It is on its way.", required=False),
        step("last", "note"),
        properties={"balance": NUMBER},
    )

    now = walked(source, Found(step="funds", data={"balance": 1}))

    assert [said.text for said in now.say] == ["It is on its way."]
    assert places(now)["sent"] == "done"


def test_what_is_only_told_is_to_come_until_it_is_told() -> None:
    source = document(step("one", "name"), info("bye", description="Good bye.", required=False), step("two", "note"))

    assert places(walked(source))["bye"] == "to come"


def test_what_was_told_already_stays_told_when_an_earlier_step_opens_again() -> None:
    good = Submit(data={"amount": 50, "purpose": "home"})

    now = walked(LOAN, good, Acknowledge(step="notice"), Clear(field="amount"))

    assert places(now) == {"what": "now", "car": "left out", "notice": "done", "extras": "to come"}


# ---- The draft is edited while it is tried ----

GOOD = Submit(data={"amount": 50, "purpose": "home"})


@pytest.mark.parametrize(
    "act",
    [
        Submit(data={"gone": 1}),
        Clear(field="gone"),
        Skip(step="gone"),
        Skip(step="what"),
        Acknowledge(step="gone"),
        Acknowledge(step="what"),
        Found(step="gone", data={}),
        Found(step="what", data={}),
        Fails(step="what"),
        Confirm(),
        Begin(data={}),
        Submit(data={f"f{number}": 1 for number in range(300)}),
    ],
)
def test_from_the_first_act_that_does_not_fit_any_more_on_all_are_dropped(act: Act) -> None:
    now = walked(LOAN, Submit(data={"purpose": "home"}), act, GOOD)

    assert (now.acts, now.dropped) == ((Submit(data={"purpose": "home"}),), 2)
    assert state(now) == {"Purpose": "home"}


def test_an_answer_that_an_edit_made_wrong_is_refused_and_not_dropped() -> None:
    edited = {**LOAN, "state_schema": {**LOAN["state_schema"], "properties": {**LOAN["state_schema"]["properties"]}}}
    edited["state_schema"]["properties"]["amount"] = {"type": "number", "maximum": 10}

    now = walked(edited, GOOD)

    assert (now.acts, now.dropped) == ((GOOD,), 0)
    assert questions(now)["amount"].messages == ("Amount must be at most 10.",)


def test_nothing_fits_before_the_beginning_that_an_edit_made_necessary() -> None:
    source = document(step("one", "name"), properties={"customer": {**NUMBER, "readOnly": True}}, required=["name"])

    now = walked(source, Submit(data={"name": "Ada"}), Begin(data={}))

    assert (now.has_begun, now.acts, now.dropped) == (False, (), 2)


def test_nothing_fits_after_the_end() -> None:
    source = document(step("one", "name"))

    now = walked(source, Submit(data={"name": "Ada"}), Submit(data={"name": "Bo"}))

    assert (now.next, now.dropped) == (Next.DONE, 1)


def test_a_server_call_is_answered_once() -> None:
    found = Found(step="funds", data={"balance": 80})

    assert walked(funds(), Submit(data={"amount": 5}), found, found).dropped == 1
