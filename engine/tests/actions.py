"""Templates with action steps, and what comes back from their requests, as tests make them."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.actions import ActionFailed, ActionSucceeded
from engine.conclusion import Decision
from engine.definition import Definition
from engine.tests.builders import NUMBER, TEXT, TODAY, definition_of, step
from engine.workflow import receive

URL = "https://bank.example/accounts/{{state.account}}"
PROPERTIES: dict[str, Any] = {
    "account": TEXT,
    "balance": {**NUMBER, "title": "Balance", "minimum": 0},
    "amount": NUMBER,
}


def call(result: Mapping[str, str] | None = None, **changes: Any) -> dict[str, Any]:
    """Return an action that looks the balance of an account up, which can be done any number of times."""
    found = {"balance": "/available"} if result is None else dict(result)
    return {"type": "api_call", "target": URL, "result": found, "idempotent": True, **changes}


def funds(
    *,
    then: Sequence[Mapping[str, Any]] = (step("transfer", "amount"),),
    properties: Mapping[str, Any] | None = None,
    confirmation: str = "none",
    **action: Any,
) -> Definition:
    """Return a template that asks for an account, finds its balance out, and then asks how much to transfer."""
    steps = (step("which", "account"), step("funds", "balance", action=call(**action)), *then)
    asked = dict.fromkeys(name for one in steps for name in one["fields"])
    known = {name: PROPERTIES[name] for name in asked if name in PROPERTIES}
    return definition_of(*steps, properties={**known, **(properties or {})}, confirmation=confirmation)


def answer(definition: Definition, before: Decision, value: Any, *, step_id: str = "funds", run: int = 1) -> Decision:
    """Hand the answer of a request over, on the day of the tests."""
    return receive(definition, before.progress, step_id, run, ActionSucceeded(answer=value), today=TODAY)


def failure(
    definition: Definition, before: Decision, *, step_id: str = "funds", run: int = 1, may_have_been_done: bool = False
) -> Decision:
    """Tell that a request failed, on the day of the tests."""
    failed = ActionFailed(code="http_503", reason="The bank is closed.", may_have_been_done=may_have_been_done)
    return receive(definition, before.progress, step_id, run, failed, today=TODAY)
