"""`?include=context`: acts answer with the context after them, whatever became of them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import step
from instances import inclusions, waiting
from instances.models import Workflow
from instances.tests.calls import Answer, answered, stored, submit
from permissions.models import UserType
from permissions.policy import Scope

type Builder[T] = Callable[..., T]

PROPERTIES: dict[str, Any] = {
    "email": {"type": "string", "format": "email"},
    "amount": {"type": "number", "title": "Amount", "maximum": 1000},
}
STEPS = [
    step("hello", description="It takes a minute.", required=False),
    step("you", fields=["email"]),
    step("what", fields=["amount"]),
]


@pytest.fixture
def loan(make_workflow: Builder[Workflow]) -> Workflow:
    return make_workflow(properties=PROPERTIES, steps=STEPS, confirmation="required", conversation_id="c1")


def act(client: APIClient, workflow: Workflow, name: str, query: str = "include=context", **more: Any) -> Answer:
    headers = more.pop("headers", {})
    return client.post(f"/api/workflows/{workflow.pk}/{name}?{query}", more, headers=headers)


def test_an_act_answers_with_the_context_after_it(client: APIClient, loan: Workflow) -> None:
    answer = act(client, loan, "submit", data={"email": "ada@x.example"}).json()

    context = answer["context"]
    assert context["workflow"]["revision"] == answer["workflow"]["revision"] == 2
    assert [entry["field"] for entry in context["ask_next"]] == ["amount"]
    assert context == client.get(f"/api/workflows/{loan.pk}/context").json()


def test_without_being_asked_to_no_act_answers_a_context(client: APIClient, loan: Workflow) -> None:
    assert "context" not in submit(client, loan, {"email": "ada@x.example"}).json()


def test_what_a_client_may_see_and_no_model_is_beside_the_context_and_not_in_it(
    make_client: Builder[APIClient], make_workflow: Builder[Workflow]
) -> None:
    texts = {"diagnosis": {"type": "string", "x-sensitive": "never_llm"}, "card": {"type": "string"}}
    workflow = make_workflow(properties=texts, state_data={"diagnosis": "gout-4711"})
    seer = make_client(scopes=[Scope.WORKFLOWS_RUN, Scope.WORKFLOWS_SENSITIVE])

    response = act(seer, workflow, "submit", data={"diagnosis": "flu-4712"}, source="llm")
    answer = response.json()

    assert answered(response) == (400, "rejected")
    assert [(found["field"], found["code"]) for found in answer["rejected"]] == [("diagnosis", "sensitive")]
    assert answer["workflow"]["state_data"] == {"diagnosis": "gout-4711"}
    assert answer["workflow"]["contested"] == []
    assert "471" not in json.dumps([answer["context"], answer["rejected"], answer["detail"]])
    assert stored(workflow).progress.attempts == {}


def test_what_the_act_refused_is_told_with_the_reason(client: APIClient, loan: Workflow) -> None:
    response = act(client, loan, "submit", data={"amount": 5000})

    assert answered(response) == (400, "rejected")
    assert response.json()["context"]["rejected"] == [
        {
            "field": "amount",
            "label": "Amount",
            "attempts": 1,
            "code": "maximum",
            "message": "Amount must be at most 1000.",
        }
    ]
    assert "must be at most 1000" in response.json()["context"]["prompt"]["dynamic"]


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("submit", {"data": {"email": "a@b.example", "amount": 5}}, "active"),
        ("pause", {}, "paused"),
        ("cancel", {}, "cancelled"),
        ("retry", {}, None),
    ],
)
def test_every_act_of_an_active_workflow_takes_it(
    client: APIClient, loan: Workflow, name: str, body: dict[str, Any], status: str | None
) -> None:
    response = act(client, loan, name, **body)

    assert response.json().get("context", {}).get("workflow", {}).get("status") == status


def test_starting_activating_resuming_confirming_and_writing_take_it(
    client: APIClient, loan: Workflow, make_user_type: Builder[UserType]
) -> None:
    def status_of(response: Answer) -> str:
        status: str = response.json()["context"]["workflow"]["status"]
        return status

    order = {"conversation_id": "c2", "user_id": "u1", "user_type_id": loan.user_type_id, "activate": False}
    made = client.post("/api/workflows?include=context", {**order, "template_id": loan.template_id})
    assert (made.status_code, status_of(made)) == (201, "created")
    workflow = Workflow.objects.get(pk=made.json()["id"])
    activated = act(client, workflow, "activate")
    assert status_of(activated) == "active"
    assert [told["step"] for told in activated.json()["context"]["say"]] == ["hello"], "said once, and here too"
    act(client, workflow, "pause")
    assert status_of(act(client, workflow, "resume")) == "active"
    path = f"/api/workflows/{workflow.pk}?include=context"
    assert status_of(client.patch(path, {"state_data": {"email": "a@b.example"}})) == "active"
    put = client.put(path, {"state_data": {"email": "a@b.example", "amount": 5}})
    token = put.json()["context"]["confirmation"]["token"]
    assert status_of(act(client, workflow, "confirm", token=token)) == "completed"


def test_the_context_is_wanted_as_by_its_own_route(client: APIClient, loan: Workflow) -> None:
    query = "include=context&dialect=anthropic&locale=de-ch&max_chars=2000"

    context = act(client, loan, "submit", query, data={"email": "a@b.example"}).json()["context"]

    assert "in the language de-CH" in context["prompt"]["stable"]
    assert "input_schema" in context["tools"][0]


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("include=contexts", "include_invalid", "Did you mean 'context'?"),
        ("include=", "include_invalid", "There is: context."),
        ("include=context,weather", "include_invalid", "There is no 'weather' to include."),
        ("include=context&dialect=x", "invalid", "openai, openai-strict, anthropic, mcp"),
        ("include=context&locale=xx-yy-zz", "invalid", "like en, de-CH or zh-Hant"),
        ("include=context&max_chars=5", "invalid", "2000"),
        ("include=" + "x" * 3_000, "include_invalid", "There is: context."),
    ],
)
def test_what_cannot_be_included_is_refused_before_anything_is_done(
    client: APIClient, loan: Workflow, query: str, code: str, words: str
) -> None:
    response = act(client, loan, "submit", query, data={"email": "a@b.example"})

    assert answered(response) == (400, code)
    assert words in response.content.decode()
    assert len(response.content) < 1_000
    assert stored(loan).revision == 1


def test_a_replay_is_the_same_to_the_byte(client: APIClient, loan: Workflow) -> None:
    headers = {"Idempotency-Key": "one"}
    first = act(client, loan, "submit", data={"email": "a@b.example"}, headers=headers)
    act(client, loan, "submit", data={"amount": 5})

    again = act(client, loan, "submit", data={"email": "a@b.example"}, headers=headers)

    assert again["Idempotency-Replayed"] == "true"
    assert again.content == first.content
    assert again.json()["context"]["workflow"]["revision"] == 2, "it is the context of that time"


def test_a_key_that_came_without_a_context_is_not_used_again_with_one(client: APIClient, loan: Workflow) -> None:
    headers = {"Idempotency-Key": "one"}
    act(client, loan, "submit", "", data={"email": "a@b.example"}, headers=headers)

    again = act(client, loan, "submit", data={"email": "a@b.example"}, headers=headers)

    assert answered(again) == (400, "idempotency_key_reused")


def test_a_request_that_waited_answers_with_the_context_afterwards(
    client: APIClient, make_workflow: Builder[Workflow], monkeypatch: pytest.MonkeyPatch
) -> None:
    action = {"type": "api_call", "target": "https://bank.example/", "result": {"score": "/score"}, "on_failure": "ask"}
    workflow = make_workflow(
        properties={"amount": PROPERTIES["amount"], "more": {"type": "string"}, "score": {"type": "number"}},
        steps=[
            step("what", fields=["amount"]),
            step("check", fields=["score"], action=action),
            step("told", description="Checked.", required=False),
            step("more", fields=["more"]),
        ],
    )
    monkeypatch.setattr(waiting, "_carriers", [lambda _id, _seconds: submit(client, workflow, {"more": "meanwhile"})])
    given = {"data": {"amount": 5, "more": 7}}

    answer = act(client, workflow, "submit", "include=context&wait=1", **given).json()

    context = answer["context"]
    assert context["filled"]["more"]["value"] == "meanwhile"
    assert context["workflow"]["revision"] == answer["workflow"]["revision"]
    assert [(entry["field"], entry["code"]) for entry in context["rejected"]] == [("more", "type")]
    assert json.dumps(context["say"]) == json.dumps(answer["say"])


def test_a_stranger_learns_nothing_by_asking_for_more(stranger: APIClient, loan: Workflow) -> None:
    assert answered(act(stranger, loan, "submit", data={"email": "a@b.example"})) == (404, "not_found")


def test_registering_again_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inclusions, "_inclusions", {})

    inclusions.register("weather", lambda _request: lambda _acted: "rain")
    inclusions.register("weather", lambda _request: lambda _acted: "sun")

    assert list(inclusions._inclusions) == ["weather"]
