"""The loop: read what to do, let the model talk, hand over what it understood. This is all that a backend needs."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from chat.model import Message, Model
from chat.service import Service

MAX_ROUNDS = 8
"""How often the model may call tools before it answers the person."""

type Watch = Callable[[Mapping[str, Any], Mapping[str, Any]], None]
"""Who is told of each call, as the model made it, and of what was answered."""


class Conversation:
    """One conversation: what was said so far. What was found out is not here: the service keeps it."""

    def __init__(self, *, service: Service, model: Model, watch: Watch) -> None:
        self._service = service
        self._model = model
        self._watch = watch
        self._history: list[Message] = []

    def answer(self, said: str) -> str:
        """Return what the model answers to what the person said.

        :raises Trouble: the service or the model cannot be reached or refuses; what was handed over by then counts
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
                answer = self._service.carry_out(call["function"], message=said)
                context = answer.pop("context") or self._service.context()
                self._watch(call["function"], answer)
                history.append(
                    {"role": "tool", "tool_call_id": call["id"], "content": json.dumps(answer, ensure_ascii=False)}
                )
        return f"(The model called tools {MAX_ROUNDS} times and said nothing. Please say it another way.)"


def _system(context: Mapping[str, Any]) -> list[Message]:
    """Return the two parts of the prompt: the one that stays the same, which providers cache, and what is known now."""
    prompt = context["prompt"]
    return [{"role": "system", "content": prompt["stable"]}, {"role": "system", "content": prompt["dynamic"]}]
