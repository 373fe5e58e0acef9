"""The timeline of a workflow in words."""

from typing import Any

import pytest

from engine.sources import Source
from events.models import Event
from instances.event_words import actor_of, source_words, words_of
from instances.models import Workflow
from registry.definitions import definition_of

EVENTS: dict[str, tuple[dict[str, Any], str]] = {
    "workflow.created": (
        {"refused": [{"field": "amount", "code": "type"}], "waiting_for": ["kyc"]},
        "Started. Refused: Amount. First to be completed: kyc.",
    ),
    "workflow.step_completed": ({"step": "pay"}, "The step is done: Paying"),
    "workflow.action_failed": (
        {"step": "pay", "reason": "No money."},
        "No usable answer came for the step: Paying. No money.",
    ),
    "workflow.failed": ({"code": "x", "reason": "It {broke}."}, "Failed. It {broke}."),
    "workflow.cancelled": ({"reason": ""}, "Cancelled."),
    "workflow.completed": ({"outcome": "approved"}, "Completed. Outcome: approved."),
    "workflow.submitted": ({"source": "client"}, "Nothing changed. From the client."),
    "workflow.something_new": ({"step": "gone"}, "workflow.something_new"),
}


@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_has_words(loan: Workflow, kind: str) -> None:
    data, words = EVENTS[kind]

    assert words_of(definition_of(loan.version_id), Event(type=kind, data=data)) == words


def test_a_submission_is_told_with_all_that_it_did(loan: Workflow) -> None:
    data = {
        "source": "llm",
        "set": {"purpose": "car"},
        "cleared": ["plate"],
        "appended": {"gone": {"1": 2}},
        "invalidated": {"amount": "purpose"},
        "skipped": ["pay"],
        "rejected": [{"at": "card", "code": "type"}, {"at": "what", "code": "required"}],
    }

    words = words_of(definition_of(loan.version_id), Event(type="workflow.submitted", data=data))

    assert words == (
        "Answered: Purpose. Cleared: Number plate. Added to: gone. Taken out, for another answer changed: Amount. "
        "Skipped: Paying. Refused: Card number, The loan. From a model."
    )


@pytest.mark.parametrize("source", Source)
def test_every_source_has_words(loan: Workflow, source: Source) -> None:
    event = Event(type="workflow.submitted", data={"source": source, "set": {"purpose": "car"}})

    words = source_words(source)

    assert words
    assert words_of(definition_of(loan.version_id), event) == f"Answered: Purpose. {words[0].upper()}{words[1:]}."


@pytest.mark.parametrize(
    ("actor", "words"), [("key:ab12", "API key ab12"), ("user:ada:b", "ada:b"), ("worker", "worker"), ("x:y", "x:y")]
)
def test_who_did_it_is_named_as_people_know_them(actor: str, words: str) -> None:
    assert actor_of(Event(actor=actor)) == words
