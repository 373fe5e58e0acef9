"""The model: anything that speaks the wire format of OpenAI's chat completions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chat.exchange import Trouble, exchange

type Message = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """An endpoint, a key for it, and the model to ask for."""

    base_url: str
    key: str
    name: str

    def reply(self, messages: Sequence[Message], *, tools: Sequence[Mapping[str, Any]]) -> Message:
        """Return the message that the model adds: text, or calls of tools.

        :raises Trouble: what the endpoint answers is no such message
        """
        body: dict[str, Any] = {"model": self.name, "messages": messages}
        if tools:
            body["tools"] = tools
        answer = exchange(f"{self.base_url.rstrip('/')}/chat/completions", key=self.key, body=body)
        try:
            message = answer["choices"][0]["message"]
            calls = [_call(one) for one in message.get("tool_calls") or ()]
        except (AttributeError, IndexError, KeyError, TypeError):
            raise Trouble(f"{self.base_url} did not answer in the format of OpenAI's chat completions.") from None
        said: Message = {"role": "assistant", "content": message.get("content")}
        return {**said, "tool_calls": calls} if calls else said


def _call(found: Mapping[str, Any]) -> dict[str, Any]:
    function = found["function"]
    return {
        "id": found["id"],
        "type": "function",
        "function": {"name": function["name"], "arguments": function["arguments"]},
    }
