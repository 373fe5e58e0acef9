"""Playing the cases of `examples/conversations` over REST, turn by turn, and reading what must be seen after each."""

from datetime import timedelta
from typing import Any

import yaml
from django.conf import settings
from django.utils import timezone
from rest_framework.test import APIClient

from instances.sweep import expire_idle

HOME = settings.BASE_DIR / "examples" / "conversations"
TEMPLATES: list[dict[str, Any]] = list(yaml.safe_load_all((HOME / "templates.yaml").read_text()))
CASES: list[dict[str, Any]] = yaml.safe_load((HOME / "cases.yaml").read_text())


class Conversation:
    """One conversation with its workflows, by the names that the case gives them."""

    def __init__(self, client: APIClient, user_type: str) -> None:
        self.client = client
        self.order = {"conversation_id": "c1", "user_id": "u1", "user_type": user_type}
        self.ids: dict[str, str] = {}
        self.last: dict[str, Any] = {}
        self.silence = timedelta()

    def begin(self, data: dict[str, Any]) -> None:
        """Start the cover with what was said so far."""
        self._start("cover", template="trip_cover", state_data=data)

    def play(self, turn: dict[str, Any]) -> dict[str, Any]:
        """Do what a turn says and return what is to be seen, under the names a case expects it by."""
        said = {key: part for key, part in turn.items() if key not in ("act", "workflow", "key", "expect")}
        act, name = turn.get("act", "submit"), turn.get("workflow", "cover")
        if act == "start":
            answer = self._start(name, **said)
        elif act == "silence":
            answer = self._wait(name, timedelta(hours=said["hours"]))
        else:
            headers = {"Idempotency-Key": turn["key"]} if "key" in turn else {}
            answer = self.client.post(f"/api/workflows/{self.ids[name]}/{act}", said, headers=headers).json()
        before, self.last = self.last, answer
        return {key: self._seen(key, answer, before) for key in turn["expect"]}

    def _start(self, name: str, **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.post("/api/workflows", {**self.order, **more}).json()
        self.ids[name] = answer["id"]
        return answer

    def _wait(self, name: str, time: timedelta) -> dict[str, Any]:
        """Let the sweep come by after so much silence."""
        expire_idle(timezone.now() + time)
        answer: dict[str, Any] = self.client.get(f"/api/workflows/{self.ids[name]}").json()
        return answer

    def _seen(self, key: str, answer: dict[str, Any], before: dict[str, Any]) -> Any:
        found = answer[key] if key in answer else answer.get("workflow", {}).get(key)
        match key:
            case "accepted" | "ask_next":
                return [part["field"] for part in found]
            case "corrected":
                return {part["field"]: [part["from"], part["to"]] for part in found}
            case "rejected":
                return {part["field"]: part["code"] for part in found}
            case "ignored":
                return {part["field"]: part["reason"] for part in found}
            case "invalidated":
                return {part["field"]: part["because"] for part in found}
            case "unmet":
                return [part["step"] for part in found]
            case "resumable":
                names = {known: name for name, known in self.ids.items()}
                return [names[part["id"]] for part in found]
            case "same_as_before":
                return answer == before
            case _:
                return found
