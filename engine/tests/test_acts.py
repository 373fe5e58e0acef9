import pytest

from engine.acts import Act, check_allowed, is_allowed
from engine.errors import (
    Conflict,
    WorkflowAlreadyActive,
    WorkflowEnded,
    WorkflowFinishing,
    WorkflowNotStarted,
    WorkflowPaused,
)
from engine.progress import Status

C, A, P, G, D, F, X = (
    Status.CREATED,
    Status.ACTIVE,
    Status.PAUSED,
    Status.FINISHING,
    Status.COMPLETED,
    Status.FAILED,
    Status.CANCELLED,
)
ALLOWED = {
    Act.SUBMIT: {A},
    Act.ACTIVATE: {C},
    Act.PAUSE: {A},
    Act.RESUME: {P},
    Act.CONFIRM: {A},
    Act.CANCEL: {C, A, P, F},
    Act.RETRY: {A, F},
    Act.EXPIRE: {C, A, P},
    Act.DELETE: {C, D, F, X},
}
CODES = {
    C: "workflow_not_started",
    A: "workflow_already_active",
    P: "workflow_paused",
    G: "workflow_finishing",
    D: "workflow_ended",
    F: "workflow_ended",
    X: "workflow_ended",
}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("act", Act)
def test_the_table_of_acts(act: Act, status: Status) -> None:
    assert is_allowed(act, status) is (status in ALLOWED[act])
    if status in ALLOWED[act]:
        check_allowed(act, status)
        return

    with pytest.raises(Conflict) as caught:
        check_allowed(act, status)

    assert caught.value.code == CODES[status]
    assert caught.value.details == {"act": str(act), "workflow_status": str(status)}


@pytest.mark.parametrize(
    ("act", "status", "error", "message"),
    [
        (
            Act.SUBMIT,
            C,
            WorkflowNotStarted,
            "The workflow has not started. Activate it, once what it waits for is done.",
        ),
        (Act.ACTIVATE, A, WorkflowAlreadyActive, "The workflow is active. Submit to it, or cancel it."),
        (Act.SUBMIT, P, WorkflowPaused, "The workflow is paused. Resume it, or cancel it."),
        (
            Act.CANCEL,
            G,
            WorkflowFinishing,
            "All is collected and the end action is under way. Wait for its result.",
        ),
        (Act.CANCEL, D, WorkflowEnded, "The workflow is completed. Start a new one."),
        (Act.SUBMIT, F, WorkflowEnded, "The workflow has failed. Retry it, or cancel it."),
        (Act.CANCEL, X, WorkflowEnded, "The workflow is cancelled. Start a new one."),
    ],
)
def test_a_refused_act_says_what_to_do_next(act: Act, status: Status, error: type[Conflict], message: str) -> None:
    with pytest.raises(error) as caught:
        check_allowed(act, status)

    assert caught.value.message == message
    assert str(caught.value) == message
