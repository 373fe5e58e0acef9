"""Calls of models over HTTP: what the client must say, what is done once, and who may."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from instances.models import Workflow
from instances.tests.racing import at_once
from permissions.models import UserType
from registry.models import WorkflowTemplate

type Builder[T] = Callable[..., T]

PEOPLE = {"people": {"type": "array", "items": {"type": "string"}}, "name": {"type": "string"}}


def post(client: APIClient, conversation: str, name: str, arguments: Any = None, **more: Any) -> Any:
    """Post a call."""
    key = more.pop("key", None)
    body = {"name": name, "arguments": {} if arguments is None else arguments, **more}
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/api/conversations/{conversation}/tool-calls", body, headers=headers)


@pytest.fixture
def cover(make_workflow: Builder[Workflow]) -> Workflow:
    """An active workflow that asks for a name and a list of people."""
    return make_workflow(properties=PEOPLE, conversation_id="c1")


def test_a_call_is_answered_with_what_came_of_it_and_all_that_the_next_turn_needs(
    client: APIClient, cover: Workflow
) -> None:
    response = post(client, "c1", "submit_data", '{"data": {"name": "Ada"}}', dialect="openai-strict", locale="de")

    answer = response.json()
    assert response.status_code == 200
    assert list(answer) == ["tool", "result", "error", "context"]
    assert answer["result"]["workflow"]["revision"] == answer["context"]["workflow"]["revision"]
    assert answer["context"]["tools"][0]["function"]["strict"] is True


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "/name"),
        ({"name": "submit_data", "dialect": "latin"}, "/dialect"),
        ({"name": "submit_data", "argument": {}}, "/argument"),
        ({"name": "submit_data", "message": "x" * 60_000}, "/message"),
        ({"name": "submit_data", "user_type": "a", "user_type_id": "0" * 32}, "/user_type"),
    ],
)
def test_what_the_client_did_wrong_is_a_problem(body: dict[str, Any], path: str, client: APIClient) -> None:
    response = client.post("/api/conversations/c1/tool-calls", body)

    assert response.status_code == 400
    assert [error["path"] for error in response.json()["errors"]] == [path]


def test_a_start_needs_to_know_for_whom(client: APIClient, make_user_type: Builder[UserType]) -> None:
    kind = make_user_type()

    nobody = post(client, "c1", "start_workflow", {"workflow": "cover"})
    somebody = post(client, "c1", "start_workflow", {"workflow": "cover"}, user_type=kind.name)
    unknown = post(client, "c1", "start_workflow", {"workflow": "cover"}, user_type="no such")

    assert (nobody.status_code, nobody.json()["code"]) == (400, "user_type_required")
    assert (somebody.status_code, somebody.json()["code"]) == (400, "user_id_required")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")


def test_entries_are_added_once_if_the_same_call_comes_twice(client: APIClient, cover: Workflow) -> None:
    adding = {"append": {"people": ["Ada"]}}

    unprotected = post(client, "c1", "submit_data", adding)
    first, second = (post(client, "c1", "submit_data", adding, key="call_1") for _ in range(2))

    assert (unprotected.status_code, unprotected.json()["code"]) == (400, "append_unprotected")
    assert second.json() == first.json()
    assert second["Idempotency-Replayed"] == "true"
    assert Workflow.objects.get().state_data == {"people": ["Ada"]}


def test_an_answer_without_any_workflow_is_kept_too(client: APIClient, make_user_type: Builder[UserType]) -> None:
    kind = make_user_type().name

    first, second = (post(client, "c1", "cancel_workflow", key="k", user_type=kind, user_id="u1") for _ in range(2))

    assert first.json()["error"]["code"] == "no_active_workflow"
    assert second.json() == first.json()
    assert "ETag" not in second


def test_what_was_answered_of_a_workflow_that_is_gone_is_not_told_again(client: APIClient, cover: Workflow) -> None:
    post(client, "c1", "cancel_workflow", key="call_1")
    client.delete(f"/api/workflows/{cover.pk}")

    again = post(client, "c1", "cancel_workflow", key="call_1")

    assert again.status_code == 404


def test_the_revision_that_was_seen_is_relied_on(client: APIClient, cover: Workflow) -> None:
    stale = post(client, "c1", "submit_data", {"append": {"people": ["Ada"]}}, expected_revision=0)
    fresh = post(client, "c1", "submit_data", {"append": {"people": ["Ada"]}}, expected_revision=cover.revision)

    assert (stale.status_code, stale.json()["error"]["code"]) == (200, "revision_conflict")
    assert fresh.json()["error"] is None


def test_a_stranger_reaches_nothing_in_somebody_elses_conversation(stranger: APIClient, cover: Workflow) -> None:
    answers = [
        post(stranger, "c1", "submit_data", {"data": {"name": "Eve"}}),
        post(stranger, "c1", "cancel_workflow"),
        post(stranger, "c1", "switch_workflow", {"workflow": str(cover.pk)}, user_id=cover.user_id),
        post(stranger, "c1", "start_workflow", {"workflow": cover.template.name}, user_id=cover.user_id),
    ]
    named = post(stranger, "c1", "submit_data", {"data": {"name": "Eve"}}, user_type=cover.user_type.name)

    assert [answer.json()["error"]["code"] for answer in answers] == ["no_active_workflow"] * 2 + ["not_found"] * 2
    assert all(answer.json()["context"]["workflow"] is None for answer in answers)
    assert (named.status_code, named.json()["code"]) == (404, "not_found")
    assert Workflow.objects.get().state_data == {}


@pytest.mark.django_db(transaction=True)
def test_of_two_switches_at_once_one_starts_the_workflow_and_the_other_finds_it(
    client: APIClient, make_template: Builder[WorkflowTemplate], make_user_type: Builder[UserType]
) -> None:
    who = {"user_id": "u1", "user_type": make_user_type(make_template(name="cover", properties=PEOPLE)).name}
    jobs = [lambda: post(client, "c1", "start_workflow", {"workflow": "cover"}, **who)] * 2

    answers = [response.json() for response in at_once(jobs)]

    assert sorted((answer["error"] or {"code": ""})["code"] for answer in answers) == ["", "active_workflow_exists"]
    assert {answer["context"]["workflow"]["template"] for answer in answers} == {"cover"}


@pytest.mark.django_db(transaction=True)
def test_of_two_calls_at_once_nothing_is_lost(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    make_workflow(properties=PEOPLE, conversation_id="c1")
    jobs = [
        lambda name=name: post(client, "c1", "submit_data", {"append": {"people": [name]}}, key=name)
        for name in ("Ada", "Bo")
    ]

    answers = [response.json() for response in at_once(jobs)]

    assert [answer["error"] for answer in answers] == [None, None]
    assert sorted(Workflow.objects.get().state_data["people"]) == ["Ada", "Bo"]


def test_the_tools_of_a_template_say_what_their_dialect_cannot(
    client: APIClient, make_template: Builder[WorkflowTemplate]
) -> None:
    template = make_template(properties={"name": {"type": "string", "maxLength": 5}})

    response = client.get(f"/api/workflow-templates/{template.pk}/tools", {"dialect": "openai-strict"})

    answer = response.json()
    assert (answer["dialect"], answer["version"]) == ("openai-strict", 1)
    assert answer["tools"][0]["function"]["name"] == "submit_data"
    assert answer["losses"] == [
        {
            "tool": "submit_data",
            "path": "/properties/data/properties/name",
            "keyword": "maxLength",
            "became": "told in the description",
        }
    ]


def test_an_unknown_dialect_is_answered_with_those_there_are(
    client: APIClient, make_template: Builder[WorkflowTemplate]
) -> None:
    response = client.get(f"/api/workflow-templates/{make_template().pk}/tools", {"dialect": "latin"})

    assert response.status_code == 400
    assert "openai-strict" in response.json()["errors"][0]["message"]


def test_the_tools_of_a_template_are_not_for_strangers(
    stranger: APIClient, make_template: Builder[WorkflowTemplate]
) -> None:
    assert stranger.get(f"/api/workflow-templates/{make_template().pk}/tools").status_code == 404
