"""Whole conversations with a service that runs: in the terminal, and with each of the official libraries."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chat.tests.conftest import arguments_of
from chat.tests.listening import Listener
from instances.models import Workflow

SAID = [
    "I need a room in the hotel",
    "Ada Lovelace, 0 nights",
    "2 then",
    "Yes please",
    "At six",
    "Actually nights: 3",
    "Yes, that is right",
]
LED_TO = {"name": "Ada Lovelace", "nights": 3, "breakfast": True, "time": "early"}


def test_a_chat_in_the_terminal_completes_a_workflow(service: Listener, in_terminal: Callable[..., str]) -> None:
    shown = in_terminal(SAID)

    workflow = Workflow.objects.get()
    assert (workflow.status, workflow.state_data) == ("completed", LED_TO)
    assert workflow.conversation_id == service.conversation
    assert "NOT AN AI: a scripted stand-in answers" in shown
    assert "Scripted stand-in (no AI): Nobody can stay for less than a night." in shown
    assert "For how many nights, one at least?" in shown
    assert "How many nights: 3 instead of 2." in shown


def test_a_conversation_goes_on_where_it_was_left(in_terminal: Callable[..., str]) -> None:
    before = in_terminal(SAID[:3], "--conversation", "c 1/2", "--verbose")
    after = in_terminal(SAID[3:], "--conversation", "c 1/2")

    assert '[start_workflow {"workflow": "hotel"}: applied, next: collect]' in before
    assert '"evidence": {"nights": "0", "name": "Ada Lovelace"}}: partial, next: collect]' in before
    assert "Under way: hotel" in after
    assert Workflow.objects.get().state_data == LED_TO


@pytest.mark.parametrize(
    ("script", "read"), [("openai_chat.py", json.loads), ("anthropic_chat.py", lambda arguments: arguments)]
)
def test_each_library_completes_a_workflow_and_its_calls_are_handed_over_as_they_are(
    service: Listener, run_example: Callable[..., str], script: str, read: Callable[[Any], Any]
) -> None:
    shown = run_example(script, SAID)

    workflow = Workflow.objects.get()
    assert (workflow.status, workflow.state_data) == ("completed", LED_TO)
    assert set(workflow.sources.values()) == {"llm"}
    assert "Nobody can stay for less than a night." in shown
    calls = service.bodies("/tool-calls")
    assert [call["message"] for call in calls] == SAID
    submitted = [read(given) for given in arguments_of(calls, "submit_data")]
    assert submitted[0] == {
        "data": {"name": "Ada Lovelace", "nights": 0},
        "evidence": {"name": "Ada Lovelace", "nights": "0"},
    }


def test_a_client_of_mcp_completes_a_workflow_and_its_person_confirms(run_example: Callable[..., str]) -> None:
    typed = ["Ada Lovelace", "0", "2", "yes", "At six", "no", "nights: 3", "yes"]

    shown = run_example("mcp_client.py", typed, "hotel")

    workflow = Workflow.objects.get()
    assert (workflow.status, workflow.state_data) == ("completed", LED_TO)
    assert "- Nobody can stay for less than a night.\nFor how many nights, one at least?" in shown
    assert "How many nights: 3\n" in shown
    assert shown.endswith("The workflow is completed.\n")
