"""Trying out what the server would be asked: the author says what it found."""

import pytest

from authoring.tests.pure.walks import funds, places, questions, state, walked
from authoring.trial.acts import Act, Confirm, Fails, Found, Submit
from engine.progress import Status
from engine.workflow import Next


def test_a_server_call_waits_for_the_author_to_say_what_it_found() -> None:
    now = walked(funds(), Submit(data={"amount": 5}))

    assert (now.next, places(now)) == (Next.WAIT, {"what": "done", "funds": "waiting", "last": "to come"})
    assert [(question.field.label, question.field.required) for question in now.questions] == [("Balance", True)]
    assert (now.can_skip, now.can_acknowledge) == (False, False)
    assert now.sending is not None
    assert now.sending.url == "https://bank.example/funds?amount=5"
    assert now.sending.headers == {"Authorization": "Bearer {{secret:bank}}"}


def test_what_a_server_call_found_is_stored_whatever_the_answer_looks_like() -> None:
    now = walked(funds(), Submit(data={"amount": 5}), Found(step="funds", data={"balance": 80}))

    assert state(now) == {"Amount": "5", "Balance": "80"}
    assert places(now) == {"what": "done", "funds": "done", "last": "now"}
    assert [*questions(now)] == ["note"]
    assert now.sending is None


def test_an_answer_of_the_server_that_is_not_enough_fails() -> None:
    now = walked(funds(), Submit(data={"amount": 5}), Found(step="funds", data={}))

    assert (now.next, now.status, now.outcome, now.sending) == (Next.DONE, Status.FAILED, "", None)
    assert places(now)["funds"] == "failed"
    assert now.failures == (("Funds", "The answer has nothing for: Balance."),)


@pytest.mark.parametrize(
    ("on_failure", "place", "then", "asked"),
    [
        ("fail", "failed", Next.DONE, []),
        ("skip", "failed", Next.COLLECT, ["note"]),
        ("ask", "now", Next.COLLECT, ["balance"]),
    ],
)
def test_a_server_call_that_fails_goes_where_the_author_says(
    on_failure: str, place: str, then: Next, asked: list[str]
) -> None:
    source = funds(on_failure=on_failure)
    source["state_schema"]["properties"]["balance"].pop("readOnly")

    now = walked(source, Submit(data={"amount": 5}), Fails(step="funds"))

    assert (places(now)["funds"], now.next, [*questions(now)]) == (place, then, asked)
    assert now.failures == (("Funds", "You let it fail."),)


def test_a_corrected_input_asks_the_server_again() -> None:
    found: list[Act] = [Submit(data={"amount": 5}), Found(step="funds", data={"balance": 80})]

    now = walked(funds(), *found, Submit(data={"amount": 6}))

    assert (now.next, places(now)["funds"]) == (Next.WAIT, "waiting")
    assert state(now) == {"Amount": "6"}


def test_a_request_is_shown_before_it_is_confirmed() -> None:
    source = funds(confirm=True)

    now = walked(source, Submit(data={"amount": 5}))
    assert (now.next, places(now)["funds"], now.questions) == (Next.CONFIRM, "now", ())
    assert now.sending is not None
    assert now.sending.url == "https://bank.example/funds?amount=5"
    assert now.collected[0].can_change

    assert walked(source, Submit(data={"amount": 5}), Confirm()).next is Next.WAIT
