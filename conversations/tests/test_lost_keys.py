"""Without the key that sealed a workflow: every surface says so, who operates is told, and nothing is overwritten."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings
from rest_framework.test import APIClient

from conversations.tests.loans import ACCOUNT, given, stored
from conversations.tests.mcp.posting import Mcp, code_of
from conversations.tests.visiting import Visitor
from events.models import Event
from instances.models import Workflow

CALLS: list[tuple[str, dict[str, Any]]] = [
    ("submit_data", {"data": {"note": "x"}}),
    ("confirm_workflow", {"token": "x"}),
    ("cancel_workflow", {}),
    ("switch_workflow", {"workflow": "small_loan"}),
]
TOLD = "cannot be read with any of ENCRYPTION_KEYS"


@pytest.fixture
def lose_the_key(settings: Settings, loan: Workflow) -> Callable[[], None]:
    """Return what takes away the key that the loan is sealed under."""
    given(loan, amount=5000, account=ACCOUNT)

    def lose() -> None:
        settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    return lose


def rows(workflow: Workflow) -> tuple[Any, int]:
    return Workflow.objects.filter(pk=workflow.pk).values().get(), Event.objects.count()


def test_what_a_model_reads_and_calls_is_a_503(
    client: APIClient, loan: Workflow, lose_the_key: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    before, conversation = rows(loan), f"/api/conversations/{loan.conversation_id}"
    lose_the_key()

    answers = [client.get(f"/api/workflows/{loan.pk}/context"), client.get(f"{conversation}/context")]
    for number, (name, arguments) in enumerate(CALLS):
        for key in ({}, {"Idempotency-Key": f"k{number}"}):
            body = {"name": name, "arguments": arguments}
            answers.append(client.post(f"{conversation}/tool-calls", body, headers=key))

    assert {(each.status_code, each.json()["code"]) for each in answers} == {(503, "encryption_key_lost")}
    assert TOLD in caplog.text
    assert rows(loan) == before


def test_over_mcp_too(
    client: APIClient, loan: Workflow, lose_the_key: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    before, mcp = rows(loan), Mcp(client)
    lose_the_key()

    for name, arguments in [*CALLS, ("get_workflow_context", {})]:
        caplog.clear()
        refused = mcp.call(name, conversation_id=loan.conversation_id, **arguments)

        assert code_of(refused) == "encryption_key_lost", name
        assert TOLD in caplog.text
    assert rows(loan) == before


def test_the_page_keeps_what_is_there_and_says_that_it_is_closed(
    loan: Workflow, lose_the_key: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    visitor, before = Visitor.of(loan), rows(loan)
    inputs = visitor.inputs()
    lose_the_key()

    for page in (visitor.send({**inputs, "do": "answer"}), visitor.open()):
        assert (page.status_code, page["Cache-Control"]) == (503, "private, no-store")
        assert "Nothing is lost" in visitor.text
    assert TOLD in caplog.text
    assert (rows(loan), stored(loan).status) == (before, "active")
