"""The page while somebody else is at the same workflow: in the chat, on another page, or the same person twice."""

from conversations.tests.loans import ACCOUNT, acknowledged, given, stored, to_the_summary
from conversations.tests.visiting import Visitor
from events.models import Event
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
