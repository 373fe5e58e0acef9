"""A chat backend that does not give up: it sends a request again, under the same key, until that is answered."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

TEMPLATE = "torture"
PATIENCE_SECONDS = 120
PAUSE_SECONDS = 0.1
TIMEOUT_SECONDS = 30

TRY_AGAIN = frozenset({"idempotency_key_in_flight"})


class Refused(Exception):
    """The service said no, and will say no again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Speaks REST to a service that may be killed at any moment."""

    port: int
    api_key: str

    def post(self, path: str, body: Any, *, key: str) -> Any:
        """Send a request until it is answered for good; return the answer.

        :raises Refused: what was answered is no success
        :raises TimeoutError: nothing was answered for minutes
        """
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up_at:
            try:
                status, answer = self._ask(path, body, key)
            except (OSError, HTTPException):
                time.sleep(PAUSE_SECONDS)
                continue
            if status < 400:
                return answer
            if status < 500 and answer.get("code") not in TRY_AGAIN:
                raise Refused(f"POST {path} was answered {status}: {answer}")
            time.sleep(PAUSE_SECONDS)
        raise TimeoutError(f"POST {path} was not answered for {PATIENCE_SECONDS} s.")

    def _ask(self, path: str, body: Any, key: str) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        headers = {
            "Authorization": f"Bearer {self.api_key}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        try:
            connection.request("POST", f"/api{path}", json.dumps(body), headers)
            response = connection.getresponse()
            content = response.read()
            return response.status, json.loads(content) if response.status < 500 else None
        finally:
            connection.close()

    def prepare(self, url: str, *, template: str = TEMPLATE) -> None:
        """Publish a template whose end action sends to this URL, and let a user type have it."""
        made = self.post("/workflow-templates", _document(template, url), key=f"template {template}")
        kind = self.post("/user-types", {"name": template}, key=f"user type {template}")
        granted = {"user_type_id": kind["id"], "workflow_template_id": made["id"]}
        self.post("/permissions", granted, key=f"grant {template}")

    def complete(self, number: int, *, template: str = TEMPLATE) -> str:
        """Start a workflow and complete it; return its id once both are acknowledged."""
        workflow = self.start(number, template=template)
        self.submit(workflow, number)
        return workflow

    def start(self, number: int, *, template: str = TEMPLATE) -> str:
        """Start a workflow of a person of its own; return its id once it is acknowledged."""
        who = {"conversation_id": f"{template} {number}", "user_id": f"{template} {number}"}
        order = {"template": template, "user_type": template, **who}
        return str(self.post("/workflows", order, key=f"start {template} {number}")["id"])

    def submit(self, workflow: str, number: int) -> None:
        """Complete a workflow; return once that is acknowledged.

        :raises Refused: it is not complete
        """
        answer = self.post(f"/workflows/{workflow}/submit", {"data": {"number": number}}, key=f"submit {workflow}")
        if answer["next"] not in ("finishing", "done"):
            raise Refused(f"Workflow {workflow} was submitted and waits for: {answer['next']}.")


def _document(name: str, url: str) -> dict[str, Any]:
    return {
        "name": name,
        "state_schema": {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]},
        "steps": [{"id": "only", "name": "Only", "fields": ["number"]}],
        "end_action_type": "api_call",
        "end_action_target": url,
    }


class Producers:
    """Clients at work beside each other, each with the next workflow as soon as the last one is acknowledged."""

    def __init__(self, client: Client, *, completions: int, at_a_time: int) -> None:
        """Know what to do."""
        self.client = client
        self.acknowledged: set[str] = set()
        self.faults: list[Exception] = []
        self._numbers = iter(range(completions))
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._produce, daemon=True) for _ in range(at_a_time)]

    @contextmanager
    def working(self) -> Iterator[None]:
        """Work until everything is acknowledged.

        :raises Exception: what a client met that it cannot help
        """
        for thread in self._threads:
            thread.start()
        yield
        for thread in self._threads:
            thread.join()
        if self.faults:
            raise self.faults[0]

    def _produce(self) -> None:
        try:
            while (number := self._next()) is not None:
                workflow = self.client.complete(number)
                with self._lock:
                    self.acknowledged.add(workflow)
        except Exception as fault:  # noqa: BLE001  raised where the producers are waited for
            self.faults.append(fault)

    def _next(self) -> int | None:
        with self._lock:
            return next(self._numbers, None)
