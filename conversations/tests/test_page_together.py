"""The page while somebody else is at the same workflow: in the chat, on another page, or the same person twice."""

from typing import Any

import pytest

from conversations.tests.loans import ACCOUNT, ACTING, acknowledged, given, stored, to_the_summary
from conversations.tests.visiting import Visitor
from events.models import Event
from instances import services
from instances.acting import Done
from instances.models import Workflow


def test_what_somebody_else_wrote_meanwhile_is_not_written_over(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    given(loan, amount=7000)

    visitor.press("answer", amount=5000, purpose='"car"')

    assert "What you wrote is below and not stored yet." in visitor.text
    assert "Stored now: 7000 EUR." in visitor.text
    assert "Stored now: Not answered." in visitor.text
    assert visitor.inputs()["answer-amount"] == ["5000"]
    assert stored(loan).progress.values == {"amount": 7000}
    visitor.press("answer")
    assert stored(loan).progress.values == {"amount": 5000, "purpose": "car"}


def test_what_was_typed_is_kept_when_the_step_is_done_by_somebody_else(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    given(loan, amount=7000, purpose="home")

    visitor.press("answer", amount=5000, purpose='"home"')

    assert visitor.inputs()["answer-amount"] == ["5000"]
    assert "answer-purpose" not in visitor.inputs()
    assert "Leave it as it is" in visitor.text


def test_pressing_twice_is_pressing_once(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    inputs = {**visitor.inputs(), "do": ["answer"], "answer-amount": ["5,000"], "answer-purpose": ['"home"']}

    visitor.send(inputs)
    revision, events = stored(loan).revision, Event.objects.of(loan.pk).count()
    visitor.send(inputs)

    assert "Our terms" in visitor.text
    assert "at the same time" not in visitor.text
    assert (stored(loan).revision, Event.objects.of(loan.pk).count()) == (revision, events)


def test_every_button_can_be_pressed_twice(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    visitor.press("answer", amount=5000, purpose='"home"')
    for button, answers in (
        ("acknowledge", {}),
        ("answer", {"account": ACCOUNT, "born": "1990-02-03"}),
        ("skip", {}),
        ("confirm", {}),
    ):
        inputs = {**visitor.inputs(), "do": [button]}
        inputs |= {f"answer-{name}": [answer] for name, answer in answers.items()}
        visitor.send(inputs)
        after = stored(loan).revision
        visitor.send(inputs)
        assert visitor.page.status_code == 200
        assert stored(loan).revision == after
        visitor.open()

    assert stored(loan).status == "completed"


def test_whether_a_guess_is_right_is_told_to_nobody(loan: Workflow) -> None:
    given(loan, amount=5000, purpose="home")
    acknowledged(loan, "terms")
    visitor = Visitor.of(loan)
    inputs = {**visitor.inputs(), "do": ["answer"]}
    given(loan, account=ACCOUNT)

    told = []
    for guess in (ACCOUNT, "FR0000000"):
        visitor.send({**inputs, "answer-account": [guess]})
        told.append(visitor.text)

    assert told[0] == told[1]
    assert "What is stored counts." in told[0]
    assert stored(loan).progress.values["account"] == ACCOUNT


def test_a_change_by_somebody_else_is_seen_before_anything_is_confirmed(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    to_the_summary(visitor)
    given(loan, amount=9000)

    visitor.press("confirm")

    assert "Something was changed since you looked." in visitor.text
    assert "Amount 9000 EUR" in visitor.text
    assert stored(loan).status == "active"
    visitor.press("confirm")
    assert stored(loan).status == "completed"


def changing_in_another_tab(visitor: Visitor, name: str) -> Visitor:
    other = Visitor(visitor.path, visitor.browser)
    other.open(f"?change={name}")
    return other


def test_a_change_after_the_end_is_said_to_be_in_vain(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    to_the_summary(visitor)
    late, same = changing_in_another_tab(visitor, "amount"), changing_in_another_tab(visitor, "amount")
    visitor.press("confirm")

    late.press("answer", amount=7000)
    same.press("answer", amount="5,000")

    assert "What you wrote just now was not stored" in late.text
    assert "Thank you" in late.text
    assert "Amount 5000 EUR" in late.text
    assert "not stored" not in same.text
    assert stored(loan).progress.values["amount"] == 5000


def test_what_is_paused_while_somebody_writes_says_that_it_was_in_vain(loan: Workflow) -> None:
    visitor, twice = Visitor.of(loan), Visitor.of(loan)
    twice_inputs = {**twice.inputs(), "do": ["answer"], "answer-amount": ["7000"]}
    twice.send(twice_inputs)
    services.pause(loan.pk, ACTING, reason="")

    visitor.press("answer", amount=5000)
    twice.send(twice_inputs)

    assert "What you wrote just now was not stored" in visitor.text
    assert "This is paused" in visitor.text
    assert "not stored" not in twice.text
    assert stored(loan).progress.values == {"amount": 7000}


def test_what_is_paused_in_the_same_moment_says_so_too(loan: Workflow, monkeypatch: pytest.MonkeyPatch) -> None:
    submit = services.submit

    def pause_before(*args: Any) -> Done:
        services.pause(loan.pk, ACTING, reason="")
        return submit(*args)

    visitor = Visitor.of(loan)
    monkeypatch.setattr("conversations.page.pressing.services.submit", pause_before)
    inputs = {**visitor.inputs(), "revision": [str(loan.revision + 1)], "do": ["answer"], "answer-amount": ["5000"]}
    visitor.send(inputs)

    assert "What you wrote just now was not stored" in visitor.text
    assert stored(loan).status == "paused"


def test_after_the_end_guesses_are_answered_alike(loan: Workflow) -> None:
    visitor = Visitor.of(loan)
    to_the_summary(visitor)
    other = changing_in_another_tab(visitor, "account")
    inputs = {**other.inputs(), "do": ["answer"]}
    visitor.press("confirm")

    told = [other.send({**inputs, "answer-account": [guess]}).content for guess in (ACCOUNT, "FR0000000")]

    assert told[0] == told[1]
    assert "What is stored counts." in other.text


def test_of_what_was_cancelled_no_guess_is_answered(loan: Workflow) -> None:
    given(loan, amount=5000)
    visitor = Visitor.of(loan)
    visitor.change("amount")
    inputs = {**visitor.inputs(), "do": ["answer"]}
    services.cancel(loan.pk, ACTING, reason="")

    told = []
    for guess in ("5000", "7000"):
        visitor.send({**inputs, "answer-amount": [guess]})
        told.append(visitor.text)

    assert told[0] == told[1]
    assert "This was cancelled" in told[0]
