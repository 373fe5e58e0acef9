"""When we fail, or the database does: clients learn that, and nothing of what it was about."""

from typing import Any

import pytest
from django.db import IntegrityError, OperationalError

from conversations.mcp import calling, prompts
from conversations.tests.mcp.posting import Mcp, code_of
from permissions.models import ApiKey

CALL: dict[str, Any] = {"conversation_id": "c1", "user_type": "customer"}


def _failing(error: Exception) -> Any:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OperationalError("database is locked"), "database_unavailable"),
        (IntegrityError("UNIQUE constraint failed: planted"), "conflict"),
    ],
)
def test_what_may_go_well_later_says_so(mcp: Mcp, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str) -> None:
    monkeypatch.setattr(calling, "party_of", _failing(error))

    refused = mcp.call("get_workflow_context", **CALL)

    assert code_of(refused) == code
    assert "Try again." in refused["content"][0]["text"]
    assert "planted" not in refused["content"][0]["text"]


@pytest.mark.parametrize("error", [IntegrityError("NOT NULL failed: planted"), ValueError("planted")])
def test_a_mistake_of_ours_is_told_without_what_it_was_about(
    mcp: Mcp, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(calling, "party_of", _failing(error))

    refused = mcp.call("get_workflow_context", **CALL)

    assert refused["isError"]
    assert refused["content"][0]["text"] == "Tool 'get_workflow_context' failed unexpectedly."


def test_a_database_that_is_away_is_a_503(mcp: Mcp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompts, "offered_to", _failing(OperationalError("planted")))
    listing = mcp.post("prompts/list")
    monkeypatch.setattr(ApiKey.objects, "usable", _failing(OperationalError("planted")))
    entering = mcp.post("tools/list")

    for response in (listing, entering):
        assert (response.status_code, response.json()["error"]["code"]) == (503, -32603)
        assert "planted" not in response.content.decode()
