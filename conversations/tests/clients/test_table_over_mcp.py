"""Every case of the table in docs/conversations.md leads through MCP to the states that it leads to over REST."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import NOW
from conversations.tests.clients.conftest import Connect
from conversations.tests.clients.driving import Driven
from conversations.tests.playing import Backend, Json, Player
from instances.tests.conversations import CASES, TEMPLATES, Conversation
from permissions.models import UserType
from registry.registry import WorkflowRegistry

pytestmark = pytest.mark.django_db(transaction=True)

# The protocol knows no keys by which a second delivery could be told: it changes nothing, and says so.
DELIVERED_AGAIN: Mapping[str, Any] = {"outcome": "noop", "accepted": [], "same_as_before": False}


class OverMcp(Backend):
    """What an official client calls; a workflow that has ended is looked at over REST."""

    def __init__(self, client: Driven, beside: Conversation) -> None:
        self.client = client
        self.beside = beside
        self.here = {"conversation_id": beside.order["conversation_id"]}
        self.who = {"user_id": beside.order["user_id"], "user_type": beside.order["user_type"]}

    def call(self, tool: str, arguments: Json, *, key: str | None = None) -> Json:
        """Call a tool."""
        who = self.who if tool in ("start_workflow", "switch_workflow") else {}
        found = self.client.call(tool, **self.here, **who, **arguments)
        if not found.get("isError"):
            return {"tool": tool, "error": None, **found["structuredContent"]}
        error = json.loads(found["content"][0]["text"])
        return {"tool": tool, "result": None, "error": error, "context": error["context"]}

    def context(self) -> Json:
        """Look where the conversation stands."""
        answer: Json = self.client.call("get_workflow_context", **self.here)["structuredContent"]
        return answer

    def context_of(self, workflow_id: str) -> Json:
        """Look where a workflow stands."""
        answer: Json = self.beside.client.get(f"/api/workflows/{workflow_id}/context").json()
        return answer


@pytest.fixture
def user_type(make_user_type: Callable[..., UserType]) -> str:
    """Whoever may use the templates of the table."""
    return make_user_type(*[WorkflowRegistry.create(document, actor="author", at=NOW) for document in TEMPLATES]).name


def test_the_table_leads_to_the_same_states(connect: Connect, client: APIClient, user_type: str) -> None:
    driven = connect()
    wrong = {}
    for case in CASES:
        beside = Conversation(client, user_type)
        beside.order["conversation_id"] = case["title"]

        seen = Player(OverMcp(driven, beside), beside=beside).play(case)

        expected = [_expected(turn, before) for turn, before in zip(case["turns"], [{}, *case["turns"]], strict=False)]
        if seen != expected:
            wrong[case["title"]] = (seen, expected)
    assert wrong == {}


def _expected(turn: Json, before: Json) -> Json:
    is_again = "key" in turn and turn["key"] == before.get("key")
    return {**turn["expect"], **(DELIVERED_AGAIN if is_again else {})}
