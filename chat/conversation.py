"""The loop: read what to do, let the model talk, hand over what it understood. This is all that a backend needs."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from chat.exchange import Refused
from chat.model import Message, Model
from chat.service import Service

MAX_ROUNDS = 8
"""How often the model may call tools before it answers the person."""

type Watch = Callable[[str, str, Mapping[str, Any]], None]
"""Who is told of each call: the tool, its arguments as the model wrote them, and what was answered."""

# What a model can mend when it reads why: a mistake in a call, or something that changed meanwhile.
_FOR_THE_MODEL = frozenset({400, 404, 409})


class Conversation:
    """One conversation: what was said so far. What was found out is not here: the service keeps it."""

    def __init__(self, *, service: Service, model: Model, watch: Watch) -> None:
        self._service = service
        self._model = model
        self._watch = watch
        self._history: list[Message] = []

    def answer(self, said: str) -> str:
        """Return what the model answers to what the person said.

        :raises Trouble: the service or the model cannot be reached or refuses; then nothing was said
        """
        context = self._service.context()
        history = [*self._history, {"role": "user", "content": said}]
        for _ in range(MAX_ROUNDS):
            message = self._model.reply([*_system(context), *history], tools=context["tools"])
            history.append(message)
            if "tool_calls" not in message:
                self._history = history
                return message["content"] or ""
            for call in message["tool_calls"]:
                result = self._carry_out(call["function"], said=said)
                context = result.pop("context", None) or self._service.context()
                history.append({"role": "tool", "tool_call_id": call["id"], "content": json.dumps(result)})
        return f"(The model called tools {MAX_ROUNDS} times and said nothing. Please say it another way.)"

    def _carry_out(self, call: Mapping[str, Any], *, said: str) -> dict[str, Any]:
        """Return what became of a call, for the model to read."""
        try:
            result = self._service.carry_out(call, message=said)
        except Refused as refusal:
            if refusal.status not in _FOR_THE_MODEL:
                raise
            result = {"refused": refusal.said}
        self._watch(call["name"], call["arguments"], result)
        return result


def _system(context: Mapping[str, Any]) -> list[Message]:
    """Return the two parts of the prompt: the one that stays the same, which providers cache, and what is known now."""
    prompt = context["prompt"]
    return [{"role": "system", "content": prompt["stable"]}, {"role": "system", "content": prompt["dynamic"]}]
