"""The world outside of the examples: it exists nowhere, so a script says what it answers to which request."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from deliveries.client import Answer
from engine.requests import Request


class Outside:
    """Answers as the walk says that is told now, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._answers: list[Mapping[str, Any]] = []

    def answers(self, answers: Iterable[Mapping[str, Any]]) -> None:
        """Answer one request after the other with these, each once."""
        self.asked, self._answers = [], list(answers)

    def send(self, request: Request, **_: Any) -> Answer:
        """Take the place of what sends; what nobody expected is not found, and shows in what was asked for."""
        asked = f"{request.method} {request.url}"
        self.asked.append(asked)
        found = self._answers.pop(0) if self._answers and self._answers[0]["to"] == asked else {"status": 404}
        body = json.dumps(found["body"]).encode() if "body" in found else b""
        return Answer(status=found.get("status", 200), headers={}, body=body, is_cut=False, seconds=0)
