"""How a workflow ends that asked for something outside."""

import pytest

from engine.action_runs import OutcomeUnknown
from engine.facts import Completed, EndActionRequested, Failed
from engine.finishing import NotFinishing, check_retry, finish, give_up
from engine.progress import Status
from engine.tests.builders import TODAY, begin, definition_of, give, progress, row, step
from engine.workflow import retry

CALL = {"end_action_type": "api_call", "end_action_target": "https://bank.example/loans"}
DEFINITION = definition_of(
    step("one", "a"),
    step("refused", end={"outcome": "not_eligible", **CALL}, when=row("a", "==", "minor")),
    **CALL,
)


def test_what_got_through_completes_with_what_came_back() -> None:
    finishing = begin(DEFINITION, {"a": "x"}).progress

    decision = finish(DEFINITION, finishing, result={"number": 7})

    assert decision.progress == progress({"a": "x"}, status=Status.COMPLETED)
    assert decision.position.live == {"a": "x"}
    assert decision.facts == (Completed(outcome="completed"),)
    assert (decision.outcome, decision.end_action_result) == ("completed", {"number": 7})


def test_an_ending_in_the_middle_keeps_its_own_outcome() -> None:
    asked = begin(DEFINITION, {"a": "minor"})

    decision = finish(DEFINITION, asked.progress, result=None)

    assert asked.facts[-1] == EndActionRequested(action="api_call", target="https://bank.example/loans", step="refused")
    assert decision.outcome == "not_eligible"
    assert decision.facts == (Completed(outcome="not_eligible"),)


def test_what_will_never_get_through_fails_and_keeps_all() -> None:
    finishing = begin(DEFINITION, {"a": "x"}).progress

    decision = give_up(DEFINITION, finishing, code="end_action_failed", reason="The receiver answered 404.")

    assert decision.progress == progress({"a": "x"}, status=Status.FAILED)
    assert decision.position.live == {"a": "x"}
    assert decision.facts == (Failed(code="end_action_failed", reason="The receiver answered 404."),)
    assert decision.outcome == ""


def test_a_retry_asks_for_the_same_again_and_new_values_for_something_else() -> None:
    failed = progress({"a": "x"}, status=Status.FAILED)

    same = retry(DEFINITION, failed, None, today=TODAY)
    other = give(DEFINITION, progress({}), {"a": "y"})

    assert [fact.again for fact in same.facts if isinstance(fact, EndActionRequested)] == [True]
    assert [fact.again for fact in other.facts if isinstance(fact, EndActionRequested)] == [False]


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.FINISHING])
def test_nothing_ends_that_was_not_asked_to(status: Status) -> None:
    stored = progress({"a": "x"}, status=status)

    with pytest.raises(NotFinishing) as caught:
        finish(DEFINITION, stored, result=None)
    with pytest.raises(NotFinishing):
        give_up(DEFINITION, stored, code="x", reason="y")

    assert caught.value.message == "No end action of this workflow is under way."
    assert caught.value.details == {"workflow_status": status}


def test_what_may_have_been_done_is_not_asked_for_again_by_itself() -> None:
    check_retry(None)
    check_retry("end_action_failed")

    with pytest.raises(OutcomeUnknown) as caught:
        check_retry("outcome_unknown")
    assert caught.value.message == (
        "Whether the end action was done is not known, and it must not be done twice. "
        "Ask an operator to find out, and to send the delivery again if it was not."
    )
