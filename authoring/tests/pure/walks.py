"""Drafts to try out, and what a walk shows, in short."""

from collections.abc import Mapping
from typing import Any

from answering.questions import Question
from authoring.trial.acts import Act
from authoring.trial.walking import Walk, walk
from engine.tests.builders import NUMBER, TODAY, document, info, row, rule, step

LOAN = document(
    step("what", "amount", "purpose", rules=[rule(row("amount", "!=", 13), "Not thirteen.", field="amount")]),
    step("car", "plate", when=row("purpose", "==", "car")),
    info("notice", description="Read this."),
    step("extras", "gift", required=False),
    properties={
        "amount": {
            "type": "number",
            "maximum": 100,
            "title": "Amount",
            "x-unit": "EUR",
            "description": "How much",
            "x-ask": ["How much?", "How much, at most 100?"],
            "x-messages": {"maximum": "We lend up to 100."},
        },
        "purpose": {
            "type": "string",
            "title": "Purpose",
            "oneOf": [{"const": "car", "title": "A car"}, {"const": "home"}],
        },
        "plate": {"type": "string", "title": "Plate"},
    },
    required=["amount", "purpose", "plate"],
)

FUNDS = {
    "type": "api_call",
    "target": "https://bank.example/funds?amount={{state.amount}}",
    "config": {"method": "GET", "headers": {"Authorization": "Bearer {{secret:bank}}"}},
    "result": {"balance": "/deep/down/0/balance"},
    "idempotent": True,
}


def funds(**action: Any) -> dict[str, Any]:
    return document(
        step("what", "amount"),
        step("funds", "balance", action={**FUNDS, **action}),
        step("last", "note"),
        properties={"amount": NUMBER, "balance": {**NUMBER, "title": "Balance", "readOnly": True}},
    )


def walked(source: Mapping[str, Any], *acts: Act, correcting: str = "") -> Walk:
    return walk(source, acts, today=TODAY, correcting=correcting)


def places(now: Walk) -> dict[str, str]:
    return {found.id: str(found.place) for found in now.steps}


def questions(now: Walk) -> dict[str, Question]:
    return {question.field.name: question for question in now.questions}


def state(now: Walk) -> dict[str, str]:
    return {value.label: value.words for value in now.collected}
