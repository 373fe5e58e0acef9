"""What becomes of a workflow until what must be completed first is completed."""

import pytest

from engine.errors import WorkflowPaused
from engine.facts import Activated, Completed, StepCompleted, Submitted
from engine.progress import Status
from engine.submission import Submission
from engine.tests.builders import TODAY, definition_of, progress, step
from engine.workflow import Next, PrerequisitesUnmet, activate, admit, cancel, next_of, start


def test_an_unmet_prerequisite_makes_a_workflow_wait() -> None:
    definition = definition_of(step("one", "a"), prerequisites=["kyc"])
    made = start(definition, Submission(data={"a": "x"}), today=TODAY)

    decision = admit(definition, made, activate=True, unmet=("kyc",))

    assert (decision.progress.status, decision.is_waiting) == (Status.CREATED, True)
    assert decision.unmet_prerequisites == ("kyc",)
    assert decision.facts == (Submitted(source="client", set={"a": "x"}), StepCompleted(step="one"))
    assert next_of(definition, decision.progress, decision.position) is Next.WAIT


def test_a_workflow_that_was_not_asked_to_be_active_does_not_wait() -> None:
    definition = definition_of(step("one", "a"), prerequisites=["kyc"])
    made = start(definition, Submission(), today=TODAY)

    held, free = (admit(definition, made, activate=False, unmet=names) for names in (("kyc",), ()))

    assert (held.is_waiting, held.unmet_prerequisites, held.progress.status) == (False, ("kyc",), Status.CREATED)
    assert (free.is_waiting, free.unmet_prerequisites, free.progress.status) == (False, (), Status.CREATED)


def test_a_workflow_whose_prerequisites_are_met_becomes_active_and_may_end_at_once() -> None:
    definition = definition_of(step("one", "a"), prerequisites=["kyc"])
    made = start(definition, Submission(data={"a": "x"}), today=TODAY)

    decision = admit(definition, made, activate=True)

    assert (decision.progress.status, decision.is_waiting) == (Status.COMPLETED, False)
    assert decision.facts[-2:] == (Activated(), Completed(outcome="completed"))
    assert (decision.unmet_prerequisites, decision.progress.today) == ((), TODAY)


def test_a_workflow_is_not_activated_before_its_prerequisites_are_met() -> None:
    definition, created = definition_of(step("one", "a")), progress(status=Status.CREATED)

    with pytest.raises(PrerequisitesUnmet) as refused:
        activate(definition, created, unmet=("kyc", "credit"), today=TODAY)

    assert refused.value.code == "prerequisites_unmet"
    assert refused.value.message == "These must be completed first: kyc, credit."
    assert refused.value.details == {"waiting_for": ["kyc", "credit"]}


def test_the_status_is_a_reason_before_the_prerequisites_are() -> None:
    with pytest.raises(WorkflowPaused):
        activate(definition_of(step("one", "a")), progress(status=Status.PAUSED), unmet=("kyc",), today=TODAY)


def test_a_workflow_that_is_cancelled_waits_no_more() -> None:
    decision = cancel(definition_of(step("one", "a")), progress(status=Status.CREATED), reason="", today=TODAY)

    assert (decision.is_waiting, decision.unmet_prerequisites) == (False, ())
