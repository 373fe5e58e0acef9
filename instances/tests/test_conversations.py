"""Every case of the table in docs/conversations.md happens as it is written."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from conftest import NOW
from instances.tests.conversations import CASES, TEMPLATES, Conversation
from permissions.models import UserType
from registry.registry import WorkflowRegistry


@pytest.fixture
def conversation(client: APIClient, make_user_type: Callable[..., UserType]) -> Conversation:
    made = [WorkflowRegistry.create(document, actor="author", at=NOW) for document in TEMPLATES]
    return Conversation(client, make_user_type(*made).name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_a_conversation_goes_as_it_is_written(case: dict[str, Any], conversation: Conversation) -> None:
    conversation.begin(case["begin"])

    seen = [conversation.play(turn) for turn in case["turns"]]

    assert seen == [turn["expect"] for turn in case["turns"]]


def test_the_table_has_a_row_for_each_case_and_no_other() -> None:
    text = (settings.BASE_DIR / "docs" / "conversations.md").read_text()

    rows = re.findall(r"^\| \d+ \| ([^|]+) \|", text, re.MULTILINE)

    assert rows == [case["title"] for case in CASES]
