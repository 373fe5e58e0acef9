"""Contexts over HTTP: what a model is told of a workflow, in which form, and who may ask."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import step
from conversations.tests.mcp.posting import Mcp
from instances.models import Workflow
from instances.tests.calls import act, answered, submit
from permissions.models import UserType
from permissions.policy import Scope
from registry import definitions

type Builder[T] = Callable[..., T]

PROPERTIES: dict[str, Any] = {
    "amount": {"type": "number", "title": "Amount", "maximum": 1000},
    "email": {"type": "string", "format": "email"},
    "diagnosis": {"type": "string", "x-sensitive": "never_llm"},
    "card": {"type": "string", "x-sensitive": "mask"},
}
STEPS = [step("what", fields=["amount", "email"]), step("you", fields=["diagnosis", "card"], required=False)]


@pytest.fixture
def loan(make_workflow: Builder[Workflow]) -> Workflow:
    return make_workflow(properties=PROPERTIES, required=["amount", "email"], steps=STEPS, guidelines="Be kind.")


def told(client: APIClient, workflow: Workflow, **parameters: Any) -> dict[str, Any]:
    response = client.get(f"/api/workflows/{workflow.pk}/context", parameters)
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


def test_a_context_tells_what_to_do_now(client: APIClient, loan: Workflow) -> None:
    submit(client, loan, {"amount": 500})

    context = told(client, loan)

    assert list(context)[-4:] == ["page", "omitted", "prompt", "tools"]
    assert context["workflow"]["id"] == str(loan.pk)
    assert [entry["field"] for entry in context["ask_next"]] == ["email"]
    assert context["filled"]["amount"]["value"] == 500
    assert context["filled"]["amount"]["source"] == "client"
    assert context["allowed_actions"] == ["submit", "pause", "cancel", "skip", "acknowledge"]
    assert context["skippable"] == ["you"]
    assert "Be kind." in context["prompt"]["stable"]
    assert '"amount":{"value":500' in context["prompt"]["dynamic"]
    assert context["tools"]


def test_reading_a_context_changes_nothing_and_carries_the_revision(client: APIClient, loan: Workflow) -> None:
    first = client.get(f"/api/workflows/{loan.pk}/context")
    again = client.get(f"/api/workflows/{loan.pk}/context")

    assert first["ETag"] == again["ETag"] == '"1"'
    assert act(client, loan, "submit", data={"amount": 5}).status_code == 200
    assert client.get(f"/api/workflows/{loan.pk}/context")["ETag"] == '"2"'


def test_the_stable_part_and_the_tools_do_not_change_with_the_conversation(client: APIClient, loan: Workflow) -> None:
    before = told(client, loan)
    submit(client, loan, {"amount": 500, "email": "ada@x.example"})

    after = told(client, loan)

    assert after["prompt"]["stable"] == before["prompt"]["stable"]
    assert after["tools"] == before["tools"]
    assert after["prompt"]["dynamic"] != before["prompt"]["dynamic"]
    assert told(client, loan, locale="de")["prompt"]["stable"] != before["prompt"]["stable"]


def test_what_was_refused_stays_told_until_it_is_settled(client: APIClient, loan: Workflow) -> None:
    submit(client, loan, {"amount": 5000})

    assert told(client, loan)["rejected"] == [{"field": "amount", "label": "Amount", "attempts": 1}]

    submit(client, loan, {"amount": 500})
    assert told(client, loan)["rejected"] == []


@pytest.mark.parametrize("sees_all", [True, False])
def test_hidden_values_are_in_no_member(make_client: Builder[APIClient], loan: Workflow, sees_all: bool) -> None:
    scopes = [Scope.WORKFLOWS_READ, Scope.WORKFLOWS_RUN, *([Scope.WORKFLOWS_SENSITIVE] if sees_all else [])]
    client = make_client(scopes=scopes)
    submit(client, loan, {"diagnosis": "gout-4711", "card": "4929-4711"}, source="user")

    response = client.get(f"/api/workflows/{loan.pk}/context")

    assert b"gout-4711" not in response.content
    assert (b"4929-4711" in response.content) == sees_all
    assert response.json()["filled"]["diagnosis"]["provided"] is True


def test_a_link_is_offered_for_what_no_model_may_be_told(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    private = make_workflow(properties={"diagnosis": {"type": "string", "x-sensitive": "never_llm"}})
    plain = make_workflow()

    page = told(client, private)["page"]

    assert page["url"].startswith("http://testserver/w/")
    assert client.get(page["url"]).status_code in (200, 404)
    assert told(client, plain)["page"] is None


def test_a_link_is_offered_where_something_is_to_be_confirmed(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    careful = make_workflow(confirmation="required")
    assert told(client, careful)["page"] is None
    submit(client, careful, {"email": "ada@x.example"})

    context = told(client, careful)

    assert context["page"]["url"]
    assert context["workflow"]["next"] == "confirm"
    assert "confirm" in context["allowed_actions"]
    assert act(client, careful, "confirm", token=context["confirmation"]["token"]).status_code == 200


@pytest.mark.parametrize("status", ["created", "paused", "cancelled"])
def test_what_is_not_active_is_told_too(client: APIClient, make_workflow: Builder[Workflow], status: str) -> None:
    workflow = make_workflow(activate=status != "created")
    if status != "created":
        act(client, workflow, "pause" if status == "paused" else "cancel")

    context = told(client, workflow)

    assert context["workflow"]["status"] == status
    assert context["ask_next"] == []
    assert context["allowed_actions"] == {"created": ["activate", "cancel"], "paused": ["resume", "cancel"]}.get(
        status, []
    )


def test_what_waits_for_something_else_says_so(
    client: APIClient, make_template: Builder[Any], make_user_type: Builder[UserType]
) -> None:
    first = make_template(name="kyc")
    second = make_template(name="loan", prerequisites=["kyc"])
    order = {"conversation_id": "c1", "user_id": "u1", "user_type": make_user_type(first, second).name}
    made = client.post("/api/workflows", {**order, "template": "loan"}).json()

    context = client.get(f"/api/workflows/{made['id']}/context").json()

    assert context["workflow"]["waiting_for"] == ["kyc"]
    assert context["allowed_actions"] == ["cancel", "start", "switch"]
    assert context["switchable"] == ["kyc"]


def test_other_paused_workflows_of_the_same_person_are_offered(
    client: APIClient, make_workflow: Builder[Workflow], make_template: Builder[Any], make_user_type: Builder[UserType]
) -> None:
    template, kind, other = make_template(), make_user_type(), make_user_type()
    here = {"template": template, "conversation_id": "c1"}
    mine = make_workflow(user_type=kind, **here)
    act(client, mine, "pause")
    theirs = make_workflow(user_type=other, **here)
    act(client, theirs, "pause")
    active = make_workflow(user_type=kind, **here)

    context = told(client, active)

    assert [found["id"] for found in context["resumable"]] == [str(mine.pk)]
    assert "switch" in context["allowed_actions"]
    assert told(client, mine)["allowed_actions"] == ["cancel"], "the slot is taken"


def test_who_may_only_read_is_offered_no_acts(make_client: Builder[APIClient], loan: Workflow) -> None:
    reader = make_client(scopes=[Scope.WORKFLOWS_READ])

    assert told(reader, loan)["allowed_actions"] == []


def test_who_may_only_read_is_given_no_link_with_which_anybody_acts(
    make_client: Builder[APIClient], make_workflow: Builder[Workflow]
) -> None:
    private = make_workflow(
        properties={"diagnosis": {"type": "string", "x-sensitive": "never_llm"}}, conversation_id="c1"
    )
    reader = make_client(scopes=[Scope.WORKFLOWS_READ])

    context = told(reader, private)
    over_mcp = Mcp(reader).told("get_workflow_context", conversation_id="c1")

    assert (context["page"], over_mcp["page"]) == (None, None)
    assert "/w/" not in f"{context}{over_mcp}"


def test_no_caller_fills_our_memory_with_languages(client: APIClient, loan: Workflow) -> None:
    told(client, loan)
    before = len(definitions._derived)

    prompts = {told(client, loan, locale=f"en-abcd{number}")["prompt"]["stable"] for number in range(1, 6)}

    assert (len(prompts), len(definitions._derived)) == (5, before)


@pytest.mark.parametrize("dialect", ["openai", "openai-strict", "anthropic", "mcp"])
def test_every_dialect_has_its_tools(client: APIClient, loan: Workflow, dialect: str) -> None:
    assert told(client, loan, dialect=dialect)["tools"]


def test_a_budget_bounds_what_changes(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    names = [f"field_{number}" for number in range(20)]
    workflow = make_workflow(properties={name: {"type": "string"} for name in names})
    submit(client, workflow, dict.fromkeys(names[:15], "x" * 1000))

    context = told(client, workflow, max_chars=3_000)

    assert {entry["name"] for entry in context["omitted"]} >= {"filled"}
    assert len(context["prompt"]["dynamic"]) < 3_000
    assert told(client, workflow)["omitted"] == []


@pytest.mark.parametrize(
    ("parameters", "path", "words"),
    [
        ({"dialect": "gemini"}, "/dialect", "openai, openai-strict, anthropic, mcp"),
        ({"locale": "klingon please"}, "/locale", "like en, de-CH or zh-Hant"),
        ({"locale": ""}, "/locale", "blank"),
        ({"locale": "x" * 5_000}, "/locale", "like en, de-CH or zh-Hant"),
        ({"max_chars": "1999"}, "/max_chars", "2000"),
        ({"max_chars": "10000001"}, "/max_chars", "10000000"),
        ({"max_chars": "many"}, "/max_chars", "integer"),
        ({"local": "de"}, "/local", "Did you mean 'locale'?"),
        ({"colour": "red"}, "/colour", "Known are: dialect, locale, max_chars."),
        ({"locale": ["de", "fr"]}, "/locale", "Give this once."),
    ],
)
def test_a_wrong_parameter_is_refused_and_told_what_there_is(
    client: APIClient, loan: Workflow, parameters: dict[str, Any], path: str, words: str
) -> None:
    response = client.get(f"/api/workflows/{loan.pk}/context", parameters)

    assert response.status_code == 400
    (wrong,) = response.json()["errors"]
    assert wrong["path"] == path
    assert words in wrong["message"]


def test_a_stranger_learns_nothing_of_a_workflow(stranger: APIClient, loan: Workflow) -> None:
    assert answered(stranger.get(f"/api/workflows/{loan.pk}/context")) == (404, "not_found")
    assert answered(stranger.get(f"/api/workflows/{loan.pk}/context?colour=red")) == (404, "not_found")


def test_nobody_is_let_in_without_a_key(nobody: APIClient, loan: Workflow) -> None:
    assert nobody.get(f"/api/workflows/{loan.pk}/context").status_code == 401
    assert nobody.get("/api/conversations/c1/context").status_code == 401
