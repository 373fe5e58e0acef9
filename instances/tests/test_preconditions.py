"""`ETag` and `If-Match`: who relies on what was read is told when it is no longer so."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from instances.models import Workflow
from instances.tests.calls import Answer, act, answered, start, stored, submit, timeline

type Builder[T] = Callable[..., T]

TEXT = {"type": "string"}
ACTS = ["submit", "activate", "pause", "resume", "confirm", "cancel"]
WRITES = [*ACTS, "patch", "put", "delete"]
BEFORE = {"activate": [], "resume": ["pause"], "delete": ["cancel"]}


@pytest.fixture
def workflow(make_workflow: Builder[Workflow]) -> Workflow:
    return make_workflow(properties={"a": TEXT, "b": TEXT}, conversation_id="c1")


def write(
    client: APIClient, workflow: Workflow, name: str, if_match: str, body: dict[str, Any] | None = None
) -> Answer:
    """Do anything that changes a workflow, on a condition."""
    path, headers = f"/api/workflows/{workflow.pk}", {"If-Match": if_match}
    match name:
        case "delete":
            return client.delete(path, headers=headers)
        case "patch" | "put":
            given = {"state_data": {"a": "x"}, **(body or {})}
            return getattr(client, name)(path, given, headers=headers)  # type: ignore[no-any-return]
        case _:
            return client.post(f"{path}/{name}", body or {}, headers=headers)


def ready_for(name: str, client: APIClient, make_workflow: Builder[Workflow]) -> tuple[Workflow, dict[str, Any]]:
    """Return a workflow to which this can be done now, at a revision of its own, and what it takes."""
    careful = {"confirmation": "required"} if name == "confirm" else {}
    workflow = make_workflow(properties={"a": TEXT, "b": TEXT}, activate=name != "activate", **careful)
    body: dict[str, Any] = {}
    if name == "confirm":
        body["token"] = submit(client, workflow, {"a": "x", "b": "x"}).json()["confirmation"]["token"]
    for before in BEFORE.get(name, ()):
        act(client, workflow, before)
    return stored(workflow), body


@pytest.mark.parametrize("name", WRITES)
def test_whoever_relies_on_the_stored_revision_may_write(
    client: APIClient, make_workflow: Builder[Workflow], name: str
) -> None:
    workflow, body = ready_for(name, client, make_workflow)

    response = write(client, workflow, name, f'"77", "{workflow.revision}"', body)

    assert response.status_code == (204 if name == "delete" else 200)


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("weak", ["", "W/"])
def test_whoever_relies_on_another_revision_may_not_and_is_told_which_is_stored(
    client: APIClient, make_workflow: Builder[Workflow], name: str, weak: str
) -> None:
    workflow, body = ready_for(name, client, make_workflow)
    other = workflow.revision if weak else workflow.revision - 1
    events = timeline(workflow.pk)

    response = write(client, workflow, name, f'{weak}"{other}"', body)

    assert answered(response) == (412, "precondition_failed")
    assert response["Content-Type"] == "application/problem+json"
    assert (response.json()["status"], response.json()["revision"]) == (412, workflow.revision)
    assert (stored(workflow).revision, timeline(workflow.pk)) == (workflow.revision, events)


@pytest.mark.parametrize("name", WRITES)
def test_a_star_matches_whatever_is_stored(client: APIClient, make_workflow: Builder[Workflow], name: str) -> None:
    workflow, body = ready_for(name, client, make_workflow)

    assert write(client, workflow, name, "*", body).status_code < 300


@pytest.mark.parametrize("name", WRITES)
def test_a_malformed_condition_is_refused_and_not_passed_over(
    client: APIClient, make_workflow: Builder[Workflow], name: str
) -> None:
    workflow, body = ready_for(name, client, make_workflow)

    response = write(client, workflow, name, str(workflow.revision), body)

    assert answered(response) == (400, "if_match_invalid")
    assert stored(workflow).revision == workflow.revision


@pytest.mark.parametrize("tag", ['"01"', '"+1"', '"1 "', '" 1"', '"1.0"', '"a"', '""', '"' + "9" * 5000 + '"'])
def test_what_is_no_tag_of_ours_matches_nothing(client: APIClient, workflow: Workflow, tag: str) -> None:
    assert workflow.revision == 1
    assert write(client, workflow, "patch", tag).status_code == (400 if " " in tag else 412)


@pytest.mark.parametrize("name", [name for name in WRITES if name != "delete"])
def test_every_act_takes_an_expected_revision_in_its_body_too(
    client: APIClient, make_workflow: Builder[Workflow], name: str
) -> None:
    workflow, body = ready_for(name, client, make_workflow)

    stale = write(client, workflow, name, "*", {**body, "expected_revision": workflow.revision + 1})
    fresh = write(client, workflow, name, "*", {**body, "expected_revision": workflow.revision})

    assert answered(stale) == (409, "revision_conflict")
    assert (stale.json()["expected_revision"], stale.json()["revision"]) == (workflow.revision + 1, workflow.revision)
    assert fresh.status_code == 200


def test_the_header_is_looked_at_before_the_body_and_both_before_the_status(
    client: APIClient, workflow: Workflow
) -> None:
    act(client, workflow, "pause")

    assert answered(write(client, workflow, "patch", '"9"', {"expected_revision": 9})) == (412, "precondition_failed")
    assert answered(write(client, workflow, "patch", "*", {"expected_revision": 9})) == (409, "revision_conflict")
    assert answered(write(client, workflow, "patch", "*")) == (409, "workflow_paused")


@pytest.mark.parametrize("name", [name for name in WRITES if name != "delete"])
def test_every_act_answers_with_the_tag_of_what_it_left(
    client: APIClient, make_workflow: Builder[Workflow], name: str
) -> None:
    workflow, body = ready_for(name, client, make_workflow)

    response = write(client, workflow, name, "*", body)
    shown = client.get(f"/api/workflows/{workflow.pk}")

    assert response["ETag"] == shown["ETag"] == f'"{response.json()["workflow"]["revision"]}"'
    assert shown["ETag"] == f'"{stored(workflow).revision}"'


def test_a_refused_submission_has_the_tag_of_what_stands(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow()

    response = submit(client, workflow, {"email": "nowhere"})

    assert (response.status_code, response["ETag"]) == (400, '"1"')


def test_a_start_has_a_tag_and_asks_for_none(client: APIClient, workflow: Workflow) -> None:
    kind = {"template_id": str(workflow.template_id), "user_type_id": str(workflow.user_type_id)}
    order = {**kind, "conversation_id": "c2", "user_id": "u1"}

    response = client.post("/api/workflows", order, headers={"If-Match": '"9"'})

    assert (response.status_code, response["ETag"]) == (201, '"1"')


def test_a_replayed_answer_has_the_tag_of_the_first(client: APIClient, workflow: Workflow) -> None:
    path, key = f"/api/workflows/{workflow.pk}/submit", {"Idempotency-Key": "k1", "If-Match": '"1"'}
    kind = {"template_id": str(workflow.template_id), "user_type_id": str(workflow.user_type_id)}
    order = {**kind, "conversation_id": "c2", "user_id": "u1"}

    first = client.post(path, {"data": {"a": "x"}}, headers=key)
    submit(client, workflow, {"a": "y"})
    again = client.post(path, {"data": {"a": "x"}}, headers=key)
    started = [client.post("/api/workflows", order, headers={"Idempotency-Key": "k2"}) for _ in range(2)]

    assert (first["ETag"], again["ETag"]) == ('"2"', '"2"')
    assert (again.status_code, again.json()) == (200, first.json())
    assert [response["ETag"] for response in started] == ['"1"', '"1"']
    assert started[1]["Idempotency-Replayed"] == "true"


def test_a_refusal_that_is_replayed_has_its_tag_too(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow()
    path = f"/api/workflows/{workflow.pk}/submit"

    answers = [client.post(path, {"data": {"email": "x"}}, headers={"Idempotency-Key": "k"}) for _ in range(2)]

    assert [(answer.status_code, answer["ETag"]) for answer in answers] == [(400, '"1"')] * 2


def test_a_stranger_learns_of_no_revision(stranger: APIClient, workflow: Workflow) -> None:
    for name in WRITES:
        assert answered(write(stranger, workflow, name, '"9"')) == (404, "not_found")


def test_a_chain_of_writes_goes_from_tag_to_tag(client: APIClient, workflow: Workflow) -> None:
    kind = {"template_id": workflow.template_id, "user_type_id": workflow.user_type_id}
    tag = start(client, **kind, conversation_id="c2")["ETag"]
    made = Workflow.objects.get(conversation_id="c2")

    for turn in range(3):
        response = write(client, made, "patch", tag, {"state_data": {"a": f"turn {turn}"}})
        assert (response.status_code, response["ETag"]) == (200, f'"{turn + 2}"')
        assert write(client, made, "patch", tag).status_code == 412
        tag = response["ETag"]
