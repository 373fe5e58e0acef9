"""Every case of the table in docs/conversations.md happens, too, to a backend that knows only contexts and calls."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from conftest import NOW
from conversations.tests.playing import BESIDE, Json, OverRest, Player
from instances.tests.conversations import CASES, TEMPLATES, Conversation
from permissions.models import UserType
from registry.registry import WorkflowRegistry


@pytest.fixture
def player(client: APIClient, make_user_type: Callable[..., UserType]) -> Player:
    kind = make_user_type(*(WorkflowRegistry.create(document, actor="author", at=NOW) for document in TEMPLATES))
    return Player(OverRest(client, "c1", user_type=kind.name), beside=Conversation(client, kind.name))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["title"])
def test_a_conversation_goes_the_same_way_by_what_a_model_calls(case: Json, player: Player) -> None:
    seen = player.play(case)

    assert seen == [turn["expect"] for turn in case["turns"]]


def test_what_is_done_beside_is_in_the_table() -> None:
    turns = {(case["title"], index) for case in CASES for index in range(len(case["turns"]))}

    assert turns >= BESIDE
