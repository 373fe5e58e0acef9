"""The story goes on: models talk over REST and MCP, and people give on the page what no model may read."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from conftest import document, step
from conversations.tests.mcp.posting import Mcp
from conversations.tests.visiting import Visitor, path_of
from conversations.toolschema.dialects import Dialect
from instances.models import Workflow
from registry.models import TemplateVersion
from workflows_site.tests.planting import (
    CARD,
    NUMBER,
    OTHER_CARD,
    PROPERTIES,
    SECRET,
    SECRET_NUMBER,
    TEXT,
    WRONG_CARD,
    Teller,
    answer_to,
)

NAME = "talk"
CITY = "{{state.city}}"
SENSITIVE = " ".join(f"{{{{state.{name}}}}}" for name in ("card", "amount", "total", "diagnosis", "account", "code"))
"""What no author may write: it is planted in the place of a placeholder that they may."""

_TEXT = {"type": "string"}
_PINS = {"type": "object", "properties": {"code": _TEXT}, "required": ["code"]}
_PROPERTIES: dict[str, Any] = {
    "city": _TEXT,
    "card": {
        **PROPERTIES["card"],
        "x-ask": [f"Your card, in {CITY}?"],
        "x-messages": {"pattern": f"No card of {CITY}."},
    },
    "amount": PROPERTIES["amount"],
    "total": PROPERTIES["total"],
    "accounts": PROPERTIES["accounts"],
    "account": PROPERTIES["account"],
    "diagnosis": PROPERTIES["diagnosis"],
    "pins": {"type": "array", "items": _PINS, "x-sensitive": "never_llm"},
    "code": {**_TEXT, "x-choices": {"ref": "pins", "value": "code"}},
}


def talk_document() -> dict[str, Any]:
    """Return the template of what is talked about, whose every text names the city."""
    too_much = {"field": "amount", "op": "<", "value": NUMBER + 5}
    return document(
        name=NAME,
        properties=_PROPERTIES,
        required=[name for name in _PROPERTIES if name != "total"],
        steps=[
            step("what", name=f"In {CITY}", description=f"Of {CITY}.", fields=["city", "card", "amount"]),
            step(
                "private",
                name=f"Of {CITY}",
                fields=["diagnosis", "pins", "code"],
                rules=[{"check": too_much, "message": f"Too much for {CITY}.", "field": "amount"}],
            ),
            step("rest", fields=["accounts", "account"]),
            step("last", name=f"From {CITY}", description=f"That was {CITY}.", required=False),
        ],
        confirmation="required",
    )


def name_what_is_sensitive() -> None:
    """Write what no author can publish into what is stored, as though it had been there always."""
    version = TemplateVersion.objects.get(template__name=NAME)
    found = naming_what_is_sensitive({"state_schema": version.state_schema, "steps": version.steps})
    QuerySet(TemplateVersion).filter(pk=version.pk).update(**found)


def naming_what_is_sensitive(part: Any) -> Any:
    """Return a document, or a part of one, whose texts name what is sensitive."""
    match part:
        case str():
            return part.replace(CITY, SENSITIVE)
        case dict():
            return {name: naming_what_is_sensitive(value) for name, value in part.items()}
        case list():
            return [naming_what_is_sensitive(value) for value in part]
        case _:
            return part


def look(teller: Teller, workflow: str, conversation: str, *, dialects: Iterable[Dialect] = Dialect) -> None:
    """Get what models are told of a workflow, and in little space of a conversation."""
    for dialect in dialects:
        for path in (f"workflows/{workflow}/context?", f"conversations/{conversation}/context?max_chars=2000&"):
            request = f"/api/{path}dialect={dialect}"
            teller.note(f"GET {request}", teller.client.get(request), is_model=True)


def talk(teller: Teller, conversation: str) -> None:
    """Talk in two conversations, in one over REST and in the other over MCP."""
    _over_rest(teller, f"{conversation} calls")
    _over_mcp(teller, f"{conversation} mcp")


# ---- Over REST, beside a person on the page ----


def _over_rest(teller: Teller, conversation: str) -> None:
    calls = f"/api/conversations/{conversation}/tool-calls"

    def call(name: str, arguments: Any, **more: Any) -> Any:
        body = {"user_id": "u1", "user_type": "customer", "name": name, "arguments": arguments, **more}
        return teller.post(calls, body, is_model=True).json()

    given = {"card": CARD, "amount": f"{TEXT} 1", "diagnosis": SECRET}
    begun = call("start_workflow", {"workflow": NAME, "data": given})
    workflow = Workflow.objects.get(pk=begun["result"]["workflow"]["id"])
    visitor = _Seen(path_of(workflow), teller)
    visitor.open()
    stale = visitor.inputs()
    visitor.answer(card=OTHER_CARD, amount=f"{NUMBER}{'0' * 400}")  # no number that can be kept
    for arguments, more in _said():
        call("submit_data", arguments, **more)
    look(teller, str(workflow.pk), conversation)

    overtaken = {"answer-city": ["Basel"], "answer-card": [OTHER_CARD], "answer-amount": [str(NUMBER)]}
    visitor.send({**stale, "do": ["answer"], **overtaken})
    visitor.open()
    visitor.answer(diagnosis=SECRET * 9, **{"pins-0-0": SECRET})  # too long
    stale = visitor.inputs()
    call("submit_data", {"data": {"card": OTHER_CARD, "amount": NUMBER + 9}})  # against the rule
    visitor.send({**stale, "do": ["answer"], "answer-diagnosis": [f"{SECRET} ill"]})
    visitor.answer(diagnosis=f"{SECRET} ill", **{"pins-0-0": SECRET, "pins-1-0": f"{SECRET} 2"})
    visitor.answer(code=SECRET + " none")
    visitor.answer(code=SECRET)
    look(teller, str(workflow.pk), conversation)
    stale = visitor.open("?change=card") and visitor.inputs()
    visitor.answer(card=WRONG_CARD)
    call("submit_data", {"data": {"card": CARD}})
    visitor.send({**stale, "do": ["answer"], "answer-card": [OTHER_CARD]})
    call("submit_data", {"data": {"amount": NUMBER, "accounts": [{"iban": f"{TEXT} 1", "owner": TEXT}]}})
    visitor.open()
    call("submit_data", {"data": {"account": f"{TEXT} 3"}})
    call("submit_data", {"data": {"account": f"{TEXT} 1"}})
    look(teller, str(workflow.pk), conversation)
    visitor.open()
    call("confirm_workflow", {"token": TEXT})
    stale = visitor.inputs()
    call("submit_data", {"data": {"card": OTHER_CARD}})
    visitor.send({**stale, "do": ["confirm"]})
    visitor.press("confirm")
    call("submit_data", {"data": {"card": CARD}})
    look(teller, str(workflow.pk), conversation)


def _said() -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield what models hand over: values that are wrong, not theirs to give, or in shapes that no tool takes."""
    strict = {"dialect": str(Dialect.OPENAI_STRICT)}
    nothing = dict.fromkeys(("clear", "append", "remove", "skip", "acknowledge"))
    yield {"data": {"card": WRONG_CARD, "amount": {"of": TEXT}, "diagnosis": [SECRET]}}, {}
    yield {**nothing, "data": {**dict.fromkeys(_PROPERTIES), "card": WRONG_CARD, "diagnosis": SECRET}}, strict
    yield {"data": {"diagnosis": SECRET}, "evidence": {"diagnosis": SECRET}}, {"message": f"I have {SECRET}."}
    yield {"data": {"card": CARD}, "evidence": {"card": f"{TEXT} x"}}, {"message": f"It is {CARD}."}
    yield {"data": {"card": CARD}, "evidence": {"card": {"of": TEXT}}, "nope": SECRET}, {}
    yield {"append": {"pins": [{"code": SECRET}], "accounts": [{"owner": TEXT}]}}, {}
    yield {"remove": {"pins": [SECRET], "accounts": [TEXT]}}, {}
    yield {"data": {"crad": CARD, "total": NUMBER, "code": SECRET, "account": TEXT, "pins": SECRET_NUMBER}}, {}
    yield {"data": f"{TEXT} {SECRET}"}, {}
    yield f'{{"data": {{"card": "{CARD}", "diagnosis": "{SECRET}"', {}
    yield f"{TEXT} {SECRET}", {}
    yield [TEXT, SECRET], {}
    yield {"data": {"city": "Bern", "card": CARD, "amount": NUMBER}, "evidence": {"card": CARD}}, {"message": CARD}


class _Seen(Visitor):
    """A person on the page, all of whose pages are remembered."""

    def __init__(self, path: str, teller: Teller) -> None:
        super().__init__(path)
        self.teller = teller

    def open(self, query: str = "") -> Any:
        """Open the page."""
        return self._noted(query, super().open(query))

    def send(self, inputs: dict[str, Any]) -> Any:
        """Post a form."""
        return self._noted("sent", super().send(inputs))

    def answer(self, **answers: Any) -> None:
        """Answer what is asked."""
        self.press("answer", **answers)

    def _noted(self, what: str, page: Any) -> Any:
        shown = answer_to(f"page {what}", page)
        self.teller.pages.append(shown)
        return page


# ---- Over MCP ----


class _Heard(Mcp):
    """A client of the protocol, all of whose answers are remembered."""

    def __init__(self, teller: Teller, **about: Any) -> None:
        super().__init__(teller.client, **about)
        self.teller = teller

    def post(self, method: str, *, headers: dict[str, str] | None = None, **params: Any) -> Any:
        """Send a method and return the response."""
        response = super().post(method, headers=headers, **params)
        self.teller.note(f"MCP {method} {params.get('name', '')}", response, is_model=True)
        return response


def _over_mcp(teller: Teller, conversation: str) -> None:
    mcp, older = _Heard(teller, elicits=True), _Heard(teller, legacy=True)
    here: dict[str, Any] = {"conversation_id": conversation}
    given = {"card": CARD, "amount": f"{TEXT} 1", "diagnosis": SECRET}
    mcp.call("list_workflows", user_type="customer")
    begun = mcp.told("start_workflow", **here, user_id="u1", user_type="customer", workflow=NAME, data=given)
    path = f"/api/workflows/{begun['result']['workflow']['id']}"
    for client in (mcp, older):
        _read_all(client)
        for arguments, _ in _said():
            called: Any = {**here, **arguments} if isinstance(arguments, dict) else arguments
            client.post("tools/call", name="submit_data", arguments=called)
        client.call("submit_data", **here, data={"card": CARD}, message=[TEXT, SECRET], expected_revision=SECRET)
        client.call("submit_data", **here, append={"pins": [SECRET]}, expected_revision=1)
        client.call("get_workflow_context", **here, nope=[TEXT, SECRET])
        client.call("get_workflow_context", **here)
        client.call("confirm_workflow", **here, token=f"{TEXT} {SECRET}")
        client.post("tools/call", name="no_tool", arguments=given)
    private = {"diagnosis": f"{SECRET} ill", "pins": [{"code": SECRET}], "code": SECRET}
    teller.post(f"{path}/submit?include=context", {"data": private, "source": "client"})
    mcp.call("submit_data", **here, data={"accounts": [{"iban": f"{TEXT} 1"}]})
    mcp.call(
        "submit_data", **here, data={"account": f"{TEXT} 1", "diagnosis": f"{SECRET} ill", "pins": [], "code": SECRET}
    )
    older.call("confirm_workflow", **here)
    for action in ("decline", "accept"):
        _confirm(mcp, conversation, action)
    mcp.call("submit_data", **here, data={"card": CARD})
    whose = {**here, "user_id": "u1", "user_type": "customer"}
    mcp.told("start_workflow", **whose, workflow=NAME, data=given)
    mcp.told("switch_workflow", **whose, workflow="intake")
    mcp.told("switch_workflow", **whose, workflow=NAME)
    mcp.told("cancel_workflow", **here)
    mcp.call("get_workflow_context", **whose)


def _read_all(mcp: Mcp) -> None:
    for method in ("tools/list", "prompts/list", "resources/list", "resources/templates/list"):
        mcp.ask(method)
    mcp.ask("prompts/get", name=NAME)
    mcp.ask("resources/read", uri=f"workflow://templates/{NAME}")


def _confirm(mcp: Mcp, conversation: str, action: str) -> None:
    """Let the client ask its person, who answers."""
    call: dict[str, Any] = {"name": "confirm_workflow", "arguments": {"conversation_id": conversation}}
    asked = mcp.ask("tools/call", **call)
    (key,) = asked["inputRequests"]
    answer = {"action": action, **({"content": {}} if action == "accept" else {})}
    mcp.ask("tools/call", **call, requestState=asked["requestState"], inputResponses={key: answer})
