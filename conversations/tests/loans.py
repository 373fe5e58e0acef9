"""A loan, as people ask for one on the page: a secret, a branch, information, a step that may be skipped; and lists."""

from typing import Any

from conftest import NOW, OPERATOR, step
from conversations.tests.visiting import Visitor
from engine.submission import Submission
from instances import services
from instances.acting import Acting
from instances.models import Workflow

ACCOUNT = "FR1234567"
ACTING = Acting(caller=OPERATOR, at=NOW)

LOAN: dict[str, Any] = {
    "name": "small_loan",
    "properties": {
        "amount": {
            "type": "number",
            "minimum": 1000,
            "title": "Amount",
            "x-unit": "EUR",
            "x-ask": ["How much do you need?"],
            "description": "At least 1,000",
            "x-messages": {"minimum": "We lend 1,000 or more."},
        },
        "purpose": {
            "type": "string",
            "title": "Purpose",
            "oneOf": [{"const": "home", "title": "A home"}, {"const": "car", "title": "A car"}],
        },
        "plate": {"type": "string", "title": "Number plate"},
        "account": {
            "type": "string",
            "title": "Account number",
            "pattern": "^[A-Z]{2}[0-9]{4,}$",
            "x-sensitive": "never_llm",
        },
        "born": {"type": "string", "format": "date", "title": "Date of birth", "x-sensitive": "mask"},
        "children": {
            "type": "array",
            "title": "Children",
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string", "x-order": 1}, "age": {"type": "integer", "x-order": 2}},
                "required": ["name"],
            },
        },
        "note": {"type": "string", "title": "Note", "maxLength": 500},
        "score": {"type": "integer", "title": "Score", "readOnly": True},
        "double": {"type": "number", "title": "In all", "x-computed": {"sum": ["amount"]}},
    },
    "required": ["amount", "purpose", "plate", "account", "born"],
    "steps": [
        step("what", name="The loan", description="What it is for", fields=["amount", "purpose"]),
        step("car", name="The car", fields=["plate"], when={"field": "purpose", "op": "==", "value": "car"}),
        step("terms", name="Our terms", description="You pay it back in 10 years."),
        step("you", name="About you", fields=["account", "born"]),
        step("more", name="Anything else", fields=["children", "note"], required=False),
    ],
    "confirmation": "required",
}


LISTS: dict[str, Any] = {
    "medicines": {"type": "array", "title": "Medicines", "items": {"type": "string"}},
    "children": {
        "type": "array",
        "title": "Children",
        "items": {"type": "object", "properties": {"name": {"type": "string"}}},
    },
    "extras": {"type": "array", "title": "Extras", "items": {"enum": ["bread", "milk"]}},
}
"""One list of each kind that people write on the page."""


def stored(workflow: Workflow) -> Workflow:
    return Workflow.objects.get(pk=workflow.pk)


def given(workflow: Workflow, **data: object) -> None:
    """Give values in the chat."""
    services.submit(workflow.pk, Submission(data=data), ACTING)


def acknowledged(workflow: Workflow, step_id: str) -> None:
    services.submit(workflow.pk, Submission(acknowledge=(step_id,)), ACTING)


def to_the_summary(visitor: Visitor) -> None:
    visitor.press("answer", amount=5000, purpose='"home"')
    visitor.press("acknowledge")
    visitor.press("answer", account=ACCOUNT, born="1990-02-03")
    visitor.press("skip")
