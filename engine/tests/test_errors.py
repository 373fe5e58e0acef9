import pytest

from engine.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionFailed,
    RevisionConflict,
    WorkflowAlreadyActive,
    WorkflowEnded,
    WorkflowFinishing,
    WorkflowNotStarted,
    WorkflowPaused,
    did_you_mean,
)


def test_an_error_keeps_its_message_and_details() -> None:
    error = DomainError("Do this next.", field="a", count=2)

    assert str(error) == error.message == "Do this next."
    assert error.details == {"field": "a", "count": 2}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DomainError, "error"),
        (Invalid, "invalid"),
        (Forbidden, "forbidden"),
        (NotFound, "not_found"),
        (Conflict, "conflict"),
        (PreconditionFailed, "precondition_failed"),
        (WorkflowNotStarted, "workflow_not_started"),
        (WorkflowPaused, "workflow_paused"),
        (WorkflowFinishing, "workflow_finishing"),
        (WorkflowEnded, "workflow_ended"),
        (WorkflowAlreadyActive, "workflow_already_active"),
        (RevisionConflict, "revision_conflict"),
    ],
)
def test_clients_rely_on_the_codes(error: type[DomainError], code: str) -> None:
    assert error.code == code


def test_a_revision_conflict_tells_both_revisions() -> None:
    error = RevisionConflict(expected=3, actual=5)

    assert error.message == "You expected revision 3, but revision 5 is stored. Read it again and decide anew."
    assert error.details == {"expected_revision": 3, "revision": 5}
    assert isinstance(error, Conflict)


@pytest.mark.parametrize(
    ("word", "known", "nearest"),
    [
        ("amuont", ["amount", "purpose"], "amount"),
        ("desciption", ["name", "description"], "description"),
        ("amount", [], None),
        ("xyz", ["amount", "purpose"], None),
        ("abcd", ["abxy"], None),
        ("abcdefghij", ["abcdefgxyz"], "abcdefgxyz"),
        ("abcdef", ["abcdxy"], None),
        ("a" * 100 + "b" * 1000, ["a" * 100], "a" * 100),
        ("a" * 70 + "b" * 31, ["a" * 70 + "c" * 30], "a" * 70 + "c" * 30),
        ("near", ["x"] * 999 + ["nearr"], "nearr"),
        ("near", ["x"] * 1000 + ["nearr"], None),
    ],
)
def test_a_misspelt_name_brings_the_nearest_to_mind(word: str, known: list[str], nearest: str | None) -> None:
    assert did_you_mean(word, known) == nearest
