"""The two requests to the workflow service that a chat needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

from chat.exchange import exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One conversation of one person, as the service knows it."""

    url: str
    key: str
    conversation: str
    user: str
    user_type: str

    def context(self) -> dict[str, Any]:
        """Return what a model needs now: its prompt, its tools, and what is known."""
        who = urlencode({"user_id": self.user, "user_type": self.user_type})
        found: dict[str, Any] = exchange(f"{self._address}/context?{who}", key=self.key)
        return found

    def carry_out(self, call: Mapping[str, Any], *, message: str) -> dict[str, Any]:
        """Hand over a tool call as the model made it, with what the person had said; return what became of it.

        The answer has the context as it is then, so that nobody has to ask for it.
        """
        body = {
            "name": call["name"],
            "arguments": call["arguments"],
            "message": message,
            "user_id": self.user,
            "user_type": self.user_type,
        }
        once = {"Idempotency-Key": str(uuid4())}
        answer: dict[str, Any] = exchange(f"{self._address}/tool-calls", key=self.key, body=body, **once)
        return answer

    @property
    def _address(self) -> str:
        return f"{self.url.rstrip('/')}/api/conversations/{quote(self.conversation, safe='')}"
