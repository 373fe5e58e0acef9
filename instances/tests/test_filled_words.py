"""Answers in the words that people read, over REST and in the admin: live ones, escaped, and never a sensitive one."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet
from rest_framework.test import APIClient

from conftest import document, step
from engine.actions import ActionFailed
from events.models import Event
from instances import results
from instances.models import Workflow
from instances.tests.admin_pages import ACTING, SEE, held, lines, page, told
from instances.tests.calls import act, stored, submit
from permissions.policy import Scope
from registry import definitions
from registry.models import TemplateVersion
from rest.tests.staff import browser, violations

type Builder[T] = Callable[..., T]

SECRET = "4929 1234 5678 9012"
HOSTILE = '<script>alert("x")</script>\n\n{{state.card}}'
READ = '<script>alert("x")</script> {{state.card}}'

PROPERTIES: dict[str, Any] = {
    "name": {"type": "string"},
    "card": {"type": "string", "x-sensitive": "mask"},
    "age": {
        "type": "integer",
        "minimum": 18,
        "x-ask": ["How old are you, {{state.name}}?"],
        "description": "Of {{state.name}}",
        "x-messages": {"minimum": "Too young, {{state.name}}."},
    },
    "score": {"type": "integer", "title": "Score"},
}
ACTION = {
    "type": "api_call",
    "target": "https://bank.example/{{state.age}}",
    "config": {"method": "GET"},
    "result": {"score": "/score"},
    "confirm": True,
}
STEPS = [
    step("who", fields=["name", "card"]),
    step("hello", name="Hello {{state.name}}", description="Dear {{state.name}},\nhello.", required=False),
    step(
        "age",
        name="The age of {{state.name}}",
        fields=["age"],
        rules=[{"check": {"field": "age", "op": "<", "value": 90}, "message": "{{state.age}}, {{state.name}}?"}],
    ),
    step("score", name="Score of {{state.name}}", fields=["score"], action=ACTION),
]


@pytest.fixture
def workflow(make_workflow: Builder[Workflow]) -> Workflow:
    return make_workflow(properties=PROPERTIES, steps=STEPS)


def test_every_answer_reads_the_same(client: APIClient, workflow: Workflow) -> None:
    begun = submit(client, workflow, {"name": HOSTILE, "card": SECRET}).json()
    refused = submit(client, workflow, {"age": 3}).json()
    unmet = submit(client, workflow, {"age": 95}).json()
    shown = client.get(f"/api/workflows/{workflow.pk}").json()

    asked = begun["ask_next"][0]
    assert begun["say"] == [{"step": "hello", "name": f"Hello {READ}", "text": f"Dear {READ},\nhello."}]
    assert (asked["ask"], asked["hint"]) == (f"How old are you, {READ}?", f"Of {READ}")
    assert refused["rejected"][0]["message"] == f"Too young, {READ}."
    assert unmet["unmet"][0]["message"] == shown["unmet"][0]["message"] == f"95, {READ}?"
    assert shown["ask_next"][0]["ask"] == f"How old are you, {READ}?"
    assert act(client, workflow, "submit", skip=["age"]).json()["rejected"][0]["message"] == (
        f"The age of {READ} cannot be skipped."
    )


def test_what_is_to_be_confirmed_is_named_with_all_answers(client: APIClient, workflow: Workflow) -> None:
    asked = submit(client, workflow, {"name": "Ann", "card": SECRET, "age": 40}).json()

    assert asked["next"] == "confirm"
    assert asked["confirmation"]["action"]["name"] == "Score of Ann"


def test_no_answer_is_in_what_is_stored_of_a_failure(client: APIClient, workflow: Workflow) -> None:
    asked = submit(client, workflow, {"name": "Nobody Else", "card": SECRET, "age": 40}).json()
    act(client, workflow, "confirm", token=asked["confirmation"]["token"])

    with held(workflow) as waiting:
        closed = ActionFailed(code="http_503", reason="Closed.")
        results.receive(waiting, step="score", run=1, result=closed, acting=ACTING)

    failure = stored(workflow).failure or {}
    reasons = [event.data for event in Event.objects.of(workflow.pk) if event.type == "workflow.failed"]
    assert failure["reason"] == "Score of [Name]: Closed."
    assert "Nobody Else" not in json.dumps(reasons)


def test_no_surface_puts_a_sensitive_value_in_words(
    make_client: Builder[APIClient], make_workflow: Builder[Workflow]
) -> None:
    seer = make_client(scopes=[Scope.WORKFLOWS_READ, Scope.WORKFLOWS_RUN, Scope.WORKFLOWS_SENSITIVE])
    workflow = make_workflow(properties=PROPERTIES, steps=STEPS)

    # A version from a time when nobody looked at words, so that a sensitive field stands in them.
    steps = json.loads(json.dumps(workflow.version.steps).replace("{{state.name}}", "{{state.card}}"))
    QuerySet(model=TemplateVersion).filter(pk=workflow.version.pk).update(steps=steps)
    definitions.forget_all()
    answer = submit(seer, workflow, {"name": "Ann", "card": SECRET}).json()

    assert answer["say"] == [{"step": "hello", "name": "Hello ***", "text": "Dear ***,\nhello."}]


def test_a_template_with_a_sensitive_answer_in_its_words_is_refused(client: APIClient) -> None:
    steps = [step("who", fields=["card"], description="The card {{state.card}}, {{state.nmae}}")]

    refused = client.post("/api/workflow-templates", document(properties=PROPERTIES, required=[], steps=steps))

    assert refused.status_code == 400
    assert [(error["path"], error["code"]) for error in refused.json()["errors"]] == [
        ("/steps/0/description", "sensitive_in_words"),
        ("/steps/0/description", "unknown_field"),
    ]


def test_the_page_of_a_workflow_names_its_steps_with_answers_and_escapes_them(
    client: APIClient, workflow: Workflow
) -> None:
    submit(client, workflow, {"name": HOSTILE, "card": SECRET})
    submit(client, workflow, {"age": 95})

    raw = browser(SEE).get(f"/admin/instances/workflow/{workflow.pk}/change/").content.decode()
    shown = page(browser(SEE), workflow)

    standing = lines(shown, "standing")
    assert standing["Current step"] == f"The age of {READ}"
    assert standing["Does not fit together"] == f"95, {READ}?"
    assert "<script>alert" not in raw
    assert "&lt;script&gt;alert" in raw
    assert violations(raw) == []


def test_the_timeline_names_steps_and_no_answer(client: APIClient, workflow: Workflow) -> None:
    submit(client, workflow, {"name": "Ann", "card": SECRET, "age": 40})

    happened = [words for words, _ in told(page(browser(SEE), workflow))]

    assert "The step is done: The age of [Name]" in happened
