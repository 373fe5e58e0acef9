"""A story in which values are planted in sensitive fields in every way there is, and kept apart from what is plain.

Every planted value holds one of the `CORES`, which stand nowhere else: what anybody reads is searched for those. Those
of fields that no model may read hold one of the `SECRETS`, whoever holds the key.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rest_framework.test import APIClient

from conftest import document, step
from deliveries.models import Delivery
from deliveries.tests.receivers import Received, Receiver, Reply, json_reply
from deliveries.tests.working import work_patiently
from deliveries.tools import ToolCall, ToolRefused, tool
from instances.models import Workflow
from instances.tests.calls import Answer

type Builder[T] = Callable[..., T]

TEXT = "Pl4ntedQx"
NUMBER = 748159263
DATE = "2187-04-03"
SECRET = "Sl3epyZvHq"
SECRET_NUMBER = 615937284
SECRETS = (SECRET, str(SECRET_NUMBER))
CORES = (TEXT, str(NUMBER), "2187-0", "/2187", *SECRETS)

CARD, OTHER_CARD, WRONG_CARD = f"{TEXT} card", f"{TEXT} other card", f"{TEXT} card!"
ADDRESS = f"{TEXT}@example.org"
SECRET_CARD = f"{SECRET} card"

_TEXT = {"type": "string"}
_CARD = {**_TEXT, "pattern": "^[A-Za-z0-9 ]+$", "title": "Card"}
_MASK, _NEVER = {"x-sensitive": "mask"}, {"x-sensitive": "never_llm"}
_OWNED = {"type": "object", "properties": {"iban": _TEXT, "owner": _TEXT}, "required": ["iban"]}

PROPERTIES: dict[str, Any] = {
    "city": _TEXT,
    "card": {**_CARD, **_MASK},
    "diagnosis": {**_TEXT, "maxLength": 40, **_NEVER},
    "amount": {"type": "number", **_MASK},
    "total": {"type": "number", "x-computed": {"sum": ["amount"]}},
    "plate": {**_TEXT, **_MASK},
    "slot": {**_TEXT, **_NEVER, "x-depends-on": ["city"], "x-on-change": "reset"},
    "born": {**_TEXT, "format": "date", **_MASK},
    "accounts": {"type": "array", "items": _OWNED, **_MASK},
    "account": {**_TEXT, "x-choices": {"ref": "accounts", "value": "iban", "label": "owner"}},
    "pins": {"type": "array", "items": _TEXT, **_NEVER},
    "details": {"type": "object", "properties": {"street": _TEXT}, "additionalProperties": False, **_MASK},
    "score": {"type": "number", **_MASK},
}
REQUIRED = [name for name in PROPERTIES if name not in ("total", "slot", "plate")]

IN_BERN = {"field": "city", "op": "==", "value": "Bern"}
NOT_RICH = {"field": "amount", "op": "<=", "ref": "total"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one request was answered, and which one it was."""

    request: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """What came of the story: who may not see what was planted, what they were answered, and what left the building."""

    client: APIClient
    seer: APIClient
    """Who may see them, and lets models talk."""
    answers: list[Answered] = field(default_factory=list)
    told: list[Answered] = field(default_factory=list)
    """What models were told whose key may see what was planted."""
    pages: list[Answered] = field(default_factory=list)
    """What people were shown who have a link."""
    receiver: Receiver
    hooks: Receiver
    logged: list[str] = field(default_factory=list)
    """The lines of all loggers, and every statement that was sent to the database with its parameters."""


def planted_in(text: str) -> list[str]:
    """Return what of the planted values a text holds, as it is or encoded."""
    return [form for form in _FORMS if form in text]


def secrets_in(text: str) -> list[str]:
    """Return what a text holds of the planted values that no model may read."""
    return [form for form in _SECRET_FORMS if form in text]


def _forms(cores: Iterable[str]) -> Iterator[str]:
    for core in cores:
        yield core
        if len(core) > 6:  # of fewer characters base64 says nothing
            for before in range(3):
                whole = base64.b64encode(b"\x00" * before + core.encode()).decode().rstrip("=")
                yield whole[(0, 2, 3)[before] : -1]


_FORMS, _SECRET_FORMS = tuple(_forms(CORES)), tuple(_forms(SECRETS))


def echoing(received: Received, number: int) -> Reply:
    """Send back what came, as receivers do: first in an error, and then beside what was asked for."""
    echo = {"target": received.target, "headers": dict(received.headers), "body": received.body.decode()}
    sent = {"score": NUMBER + 0.5, "reference": "R1", "parts": json.loads(received.body), "echo": echo}
    return json_reply(sent, status=503 if number == 1 else 200)


def register_tools() -> None:
    """Register a tool that quotes what it was asked when it refuses."""

    @tool("quoting", description="Quotes.", arguments={"said": {}})
    def quoting(call: ToolCall, *, said: Any) -> Any:
        raise ToolRefused("quoted", f"I do not like {said}.")


def documents(url: str) -> list[dict[str, Any]]:
    """Return the templates of the story, each before those that name it."""
    following = {"card": {**_CARD, **_NEVER}, "amount": {"type": "number", "maximum": 5, **_MASK}, "more": _TEXT}
    return [
        document(name="following", properties=following, steps=[step("all", fields=["card", "amount", "more"])]),
        document(
            name="handing over",
            properties={"card": {**_CARD, **_NEVER}, "amount": {"type": "number", **_MASK}},
            steps=[step("all", fields=["card", "amount"])],
            end_action_type="workflow",
            end_action_target="following",
        ),
        document(
            name="letter",
            properties={"address": {**_TEXT, "format": "email", "x-own-address": True, **_MASK}},
            steps=[step("all", fields=["address"])],
            end_action_type="tool_call",
            end_action_target="send_email",
            end_action_config={"arguments": {"to": "{{state.address}}", "subject": "Hello", "body": "You are in."}},
        ),
        document(
            name="quoting",
            properties={"pins": {"type": "array", **_NEVER}},
            steps=[step("all", fields=["pins"])],
            end_action_type="tool_call",
            end_action_target="quoting",
            end_action_config={"arguments": {"said": "{{state.pins}}"}},
        ),
        document(
            name="intake",
            properties=PROPERTIES,
            required=REQUIRED,
            steps=[
                step("what", fields=["city", "card", "diagnosis", "amount"]),
                step("car", fields=["plate", "slot"], when=IN_BERN),
                step("more", fields=["slot", "born", "accounts", "account", "pins", "details"]),
                step(
                    "score",
                    fields=["score"],
                    rules=[{"check": NOT_RICH, "message": "Too rich.", "field": "amount"}],
                    action={
                        "type": "api_call",
                        "target": f"{url}/score/{{{{state.card}}}}",
                        "config": {"body": {"pins": "{{state.pins}}", "born": "{{state.born}}"}},
                        "result": {"score": "/score"},
                        "idempotent": True,
                        "confirm": True,
                    },
                ),
            ],
            confirmation="required",
            end_action_type="api_call",
            end_action_target=f"{url}/loans?card={{{{state.card}}}}",
            end_action_config={"headers": {"X-Card": "{{state.card}}"}},
        ),
    ]


def answer_to(request: str, response: Any) -> Answered:
    """Return what a request was answered, which is no failure of ours."""
    assert response.status_code < 500, response.content[:500]
    return Answered(request=request, text=f"{dict(response.headers)} {response.content.decode()}")


@dataclass(slots=True, kw_only=True)
class Teller:
    """Somebody who tells the story over REST; each request that acts is sent twice under one key."""

    client: APIClient
    answers: list[Answered] = field(default_factory=list)
    told: list[Answered] = field(default_factory=list)
    """The answers, or what was included in them, that are made for models."""
    pages: list[Answered] = field(default_factory=list)
    """What a person with a link was shown."""
    _keys: int = 0

    def post(self, path: str, body: dict[str, Any], *, is_model: bool = False) -> Answer:
        """Send a request, and once more to have it replayed; remember both answers."""
        self._keys += 1
        headers = {"Idempotency-Key": f"key-{self._keys}"}
        response = self.client.post(path, body, headers=headers)
        again = self.client.post(path, body, headers=headers)
        self.note(f"POST {path}", response, is_model=is_model)
        self.note(f"POST {path} again", again, is_model=is_model)
        return response

    def note(self, request: str, response: Any, *, is_model: bool = False) -> None:
        """Remember an answer, and what of it is for a model."""
        answered = answer_to(request, response)
        self.answers.append(answered)
        if is_model:
            self.told.append(answered)
        elif "include=context" in request:  # which refusals answer as well
            self.told.append(Answered(request=request, text=json.dumps(response.json().get("context"))))

    def start(self, template: str, conversation: str, **state_data: Any) -> str:
        """Start a workflow and return the path of it."""
        order = {"template": template, "user_type": "customer", "user_id": "u1", "conversation_id": conversation}
        response = self.post("/api/workflows", {**order, "state_data": state_data})
        assert response.status_code == 201, response.content
        return f"/api/workflows/{response.json()['id']}"


def tell(teller: Teller, conversation: str) -> None:
    """Tell the whole story in conversations of these names."""
    _intake(teller, conversation)
    work_patiently()
    for number, (template, given) in enumerate(
        [
            ("handing over", {"card": SECRET_CARD, "amount": NUMBER}),
            ("letter", {"address": ADDRESS}),
            ("quoting", {"pins": [SECRET, {SECRET: SECRET_NUMBER}]}),
        ]
    ):
        path = teller.start(template, f"{conversation} {number}")
        teller.post(f"{path}/submit", {"data": given})
        work_patiently()
        teller.note(f"GET {path}", teller.client.get(path))


def _intake(teller: Teller, conversation: str) -> None:
    path = teller.start("intake", conversation, card=CARD, diagnosis=SECRET * 9, details={TEXT: 1}, pins=SECRET)
    for body in (
        {"data": {"card": WRONG_CARD, "amount": f"{TEXT} 1", "diagnosis": {"of": SECRET}}, "atomic": True},
        {"data": {"born": "03/04/2187", "account": TEXT, "details": {"street": {TEXT: 1}}}, "coerce": True},
        {"data": {"card": f"  {OTHER_CARD} ", "city": "Bern", "plate": TEXT, "slot": SECRET}, "coerce": True},
        {"data": {"card": WRONG_CARD, "diagnosis": f"{SECRET} ill", "amount": f"{NUMBER}.5"}, "coerce": True},
        {"data": {"card": CARD, "city": "Basel", "details": {"street": TEXT, f"{TEXT} 2": TEXT}}},
        {
            "append": {
                "pins": [SECRET, SECRET_NUMBER],
                "accounts": [{"owner": TEXT}, {"iban": f"{TEXT} 1", "owner": TEXT}],
            }
        },
        {"data": {"card": CARD}, "evidence": {"card": f"{TEXT} x"}, "message": f"It is {CARD}."},
        {"data": {"card": CARD, "diagnosis": SECRET}, "evidence": {"card": CARD}, "message": CARD, "source": "llm"},
        {"data": {"account": f"{TEXT} 2", "born": DATE, "details": {"street": TEXT}}},
        {"data": {"account": f"{TEXT} 1", "slot": f"{SECRET} slot"}},
    ):
        teller.post(f"{path}/submit?include=context", body)
    teller.note("PATCH", teller.client.patch(path, {"state_data": {"card": WRONG_CARD}}))
    teller.note("PUT", teller.client.put(path, {"state_data": {"born": f"{DATE}T", "pins": [SECRET]}, "metadata": {}}))
    shown = teller.client.get(path).json()
    assert (shown["next"], shown["confirmation"]["action"]["step"]) == ("confirm", "score"), shown
    teller.post(f"{path}/confirm", {"token": "none"})
    teller.post(f"{path}/confirm", {"token": shown["confirmation"]["token"]})
    work_patiently()
    shown = teller.client.get(path).json()
    assert (shown["next"], shown["unmet"]) == ("confirm", []), shown
    teller.post(f"{path}/confirm?wait=20", {"token": shown["confirmation"]["token"]})


def received_in_full(planted: Planted) -> bool:
    """Tell whether the end actions got the real values, so that there was something to leak."""
    bodies = [json.loads(found.body) for found in planted.receiver.requests if found.target.startswith("/loans")]
    return bool(bodies) and all(body["state"]["card"] == CARD and body["state"]["born"] == DATE for body in bodies)


def everything_ended() -> set[tuple[str, str]]:
    """Return how each template's workflows ended, and that nothing is left to be sent."""
    assert not Delivery.objects.filter(status="pending").exists()
    return set(Workflow.objects.values_list("template__name", "status"))
