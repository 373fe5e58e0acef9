"""Playing the cases of `examples/conversations` as a chat backend does: by what a model calls, seeing what it is told.

Whatever carries the calls (REST here, MCP elsewhere) is a :class:`Backend`. What no model can do, like being silent, is
done beside it over REST; `BESIDE` says which turns these are.
"""

import json
from abc import ABC, abstractmethod
from typing import Any

from rest_framework.test import APIClient

from conversations.tests.pure.authored import in_full
from conversations.toolschema.dialects import Dialect
from instances.tests.conversations import Conversation

type Json = dict[str, Any]

BESIDE = frozenset(
    {
        ("A digression into another workflow and back", 1),  # values for the workflow that was put aside
        ("A digression inside a digression", 1),  # another workflow of the template that is active
    }
)
"""The turns, by case and number from 0, that are done over REST, beside every silence."""

# Over REST an act names its workflow; a call is about whichever is active.
SAME_CODES = {"no_active_workflow": "workflow_ended"}
OF_RESULT = frozenset(
    {"outcome", "next", "accepted", "corrected", "rejected", "ignored", "invalidated", "parked", "restored"}
    | {"completed_steps"}
)
_BY_FIELD = {"rejected": "code", "ignored": "reason", "invalidated": "because"}


class Backend(ABC):
    """What carries the calls of a model in one conversation, and hands back what was answered."""

    @abstractmethod
    def call(self, tool: str, arguments: Json, *, key: str | None = None) -> Json:
        """Return what a call is answered: `tool`, `result`, `error` and `context`."""

    @abstractmethod
    def context(self) -> Json:
        """Return the context of the conversation."""

    @abstractmethod
    def context_of(self, workflow_id: str) -> Json:
        """Return the context of a workflow, which may have ended."""


class OverRest(Backend):
    """A chat backend that speaks REST, and nothing of it but contexts and calls, with a model in strict mode."""

    def __init__(self, client: APIClient, conversation_id: str, *, user_type: str) -> None:
        self.client = client
        self.home = f"/api/conversations/{conversation_id}"
        self.who = {"user_id": "u1", "user_type": user_type, "dialect": str(Dialect.OPENAI_STRICT)}

    def call(self, tool: str, arguments: Json, *, key: str | None = None) -> Json:
        """Post a call as the model writes it: as text, with null for all that there is nothing to say of."""
        told = {one["function"]["name"]: one["function"]["parameters"] for one in self.context()["tools"]}
        body = {"name": tool, "arguments": json.dumps(in_full(arguments, told.get(tool))), **self.who}
        headers = {"Idempotency-Key": key} if key else {}
        response = self.client.post(f"{self.home}/tool-calls", body, headers=headers)
        assert response.status_code == 200, response.content
        answer: Json = response.json()
        return answer

    def context(self) -> Json:
        """Get the context of the conversation."""
        answer: Json = self.client.get(f"{self.home}/context", self.who).json()
        return answer

    def context_of(self, workflow_id: str) -> Json:
        """Get the context of a workflow."""
        answer: Json = self.client.get(f"/api/workflows/{workflow_id}/context").json()
        return answer


class Player:
    """Whoever plays the turns of a case through a backend; what no model can do is done by `beside`."""

    def __init__(self, backend: Backend, *, beside: Conversation) -> None:
        self.backend = backend
        self.beside = beside
        self.ids = beside.ids
        self.last: Json = {}

    def play(self, case: Json) -> list[Json]:
        """Play a whole case and return what is to be seen after each turn, under the names it expects it by."""
        begun = self._done("start_workflow", workflow="trip_cover", data=case["begin"])
        self.ids["cover"] = begun["result"]["workflow"]["id"]
        return [self._turn(turn, (case["title"], index)) for index, turn in enumerate(case["turns"])]

    def _turn(self, turn: Json, place: tuple[str, int]) -> Json:
        if place in BESIDE or turn.get("act") == "silence":
            return self.beside.play(turn)
        before, self.last = self.last, self._answer(turn)
        name = turn.get("workflow", "cover")
        if turn.get("act") == "start":
            self.ids[name] = self.last["result"]["workflow"]["id"]
        return {key: self._seen(key, name, before) for key in turn["expect"]}

    def _answer(self, turn: Json) -> Json:
        match turn.get("act", "submit"):
            case "start":
                return self._done("switch_workflow", workflow=turn["template"])
            case "resume":
                answer = self._done("switch_workflow", workflow=self._paused(turn.get("workflow", "cover")))
                return self._done("submit_data", data=turn["data"]) if "data" in turn else answer
            case "cancel":
                return self._done("cancel_workflow", reason=turn["reason"])
            case _:
                return self.backend.call("submit_data", {"data": turn["data"]}, key=turn.get("key"))

    def _done(self, tool: str, **arguments: Any) -> Json:
        answer = self.backend.call(tool, arguments)
        assert answer["error"] is None, answer["error"]
        return answer

    def _paused(self, name: str) -> str:
        """Return what to go on with, as the context offers it."""
        (found,) = [one["id"] for one in self.backend.context()["resumable"] if one["id"] == self.ids[name]]
        return str(found)

    def _seen(self, key: str, name: str, before: Json) -> Any:
        """Return what the answer, or the context, tells of this."""
        if key == "same_as_before":
            return self.last == before
        if key == "code":
            return SAME_CODES[self.last["error"]["code"]]
        if key == "resumable":
            names = {known: name for name, known in self.ids.items()}
            return [names[one["id"]] for one in self.last["context"]["resumable"]]
        result = self.last["result"]
        return _reported(key, result) if key in OF_RESULT else _told(key, self._context(name))

    def _context(self, name: str) -> Json:
        """Return the context of a workflow: that of the answer, as long as the workflow is active."""
        context: Json = self.last["context"]
        active = context["workflow"]
        return context if active and active["id"] == self.ids[name] else self.backend.context_of(self.ids[name])


def _reported(key: str, result: Json) -> Any:
    """Return a part of what came of a call, under the names a case expects."""
    found = result.get(key, [])
    match key:
        case "accepted":
            return [part["field"] for part in found]
        case "corrected":
            return {part["field"]: [part["from"], part["to"]] for part in found}
        case "rejected" | "ignored" | "invalidated":
            return {part["field"]: part[_BY_FIELD[key]] for part in found}
        case _:
            return found


def _told(key: str, context: Json) -> Any:
    """Return a part of a context, under the names a case expects."""
    match key:
        case "status":
            return context["workflow"]["status"]
        case "current_step":
            return context["current_step"]["id"]
        case "state_data":
            return {field: entry["value"] for field, entry in context["filled"].items()}
        case "contested":
            return [asked["field"] for asked in context["ask_next"] if asked["reason"] == "contested"]
        case "ask_next":
            return [asked["field"] for asked in context["ask_next"]]
        case _:
            return [rule["step"] for rule in context[key]]
