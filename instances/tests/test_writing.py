"""PATCH and PUT of a workflow: values and metadata as they are to be, all of them or none."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from conftest import NOW, OPERATOR, step
from engine.errors import Conflict
from engine.report import Outcome
from engine.writing import Writing
from events.models import Event
from instances import services
from instances.acting import Acting
from instances.models import Workflow
from instances.tests.calls import Answer, act, answered, patch, put, start, stored, submit, timeline
from permissions.policy import Scope

type Builder[T] = Callable[..., T]

TEXT: dict[str, Any] = {"type": "string"}
CAR = {"field": "purpose", "op": "==", "value": "car"}
PROPERTIES: dict[str, Any] = {
    "purpose": {"enum": ["car", "home"]},
    "amount": {"type": "number", "minimum": 5},
    "plate": TEXT,
    "address": {"type": "object"},
    "nickname": {"type": ["string", "null"]},
    "card": {**TEXT, "x-sensitive": "mask"},
    "source": {**TEXT, "readOnly": True},
    "last": TEXT,
}
STEPS = [
    step("what", fields=["purpose", "amount", "address", "nickname", "card", "source"]),
    step("car", fields=["plate"], when=CAR),
    step("last", fields=["last"]),
]


@pytest.fixture
def workflow(make_workflow: Builder[Workflow]) -> Workflow:
    return make_workflow(properties=PROPERTIES, required=["purpose", "last"], steps=STEPS, state_data={"source": "web"})


@pytest.fixture
def seer(make_client: Builder[APIClient]) -> APIClient:
    return make_client(scopes=[Scope.WORKFLOWS_READ, Scope.WORKFLOWS_RUN, Scope.WORKFLOWS_SENSITIVE])


def shown(client: APIClient, workflow: Workflow) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/api/workflows/{workflow.pk}").json()
    return answer


def values_of(workflow: Workflow) -> dict[str, Any]:
    """Return what is stored, but for what came with the start."""
    return {name: value for name, value in stored(workflow).progress.values.items() if name != "source"}


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ({}, {"amount": 7}, {"amount": 7}),
        ({"amount": 7, "last": None}, {"amount": 8}, {"amount": 8}),
        ({"amount": 7, "purpose": "home"}, {"amount": None}, {"purpose": "home"}),
        ({"nickname": "Ada"}, {"nickname": None}, {}),
        ({"nickname": None}, {"nickname": None}, {}),
        ({"address": {"city": "Bern", "zip": 1}}, {"address": {"zip": None}}, {"address": {"city": "Bern"}}),
        ({"address": {"a": {"b": 1}}}, {"address": {"a": {"c": 2}}}, {"address": {"a": {"b": 1, "c": 2}}}),
        ({"address": {"lines": [1, 2]}}, {"address": {"lines": [3]}}, {"address": {"lines": [3]}}),
        ({"address": {"a": 1}}, {"address": {"a": {"b": None}}}, {"address": {"a": {}}}),
        ({}, {"address": {"a": None}}, {"address": {}}),
        ({"purpose": "home", "plate": "AB"}, {"purpose": "car"}, {"purpose": "car", "plate": "AB"}),
        ({"amount": 7}, {"source": None}, {"amount": 7}),
        ({"amount": 7}, {"source": "forged"}, {"amount": 7}),
    ],
)
def test_a_patch_is_merged_and_null_clears(
    client: APIClient, workflow: Workflow, before: dict[str, Any], change: dict[str, Any], after: dict[str, Any]
) -> None:
    submit(client, workflow, before)

    response = patch(client, workflow, state_data=change)

    assert response.status_code == 200
    assert stored(workflow).progress.values == {"source": "web", **after}


def test_a_patch_answers_like_an_act_and_is_told_in_the_timeline(client: APIClient, workflow: Workflow) -> None:
    submit(client, workflow, {"purpose": "car", "amount": 7})

    response = patch(
        client, workflow, state_data={"amount": 8, "purpose": None, "source": "x", "colour": 1, "last": None}
    )

    body = response.json()
    assert (body["outcome"], body["accepted"]) == ("applied", [{"field": "amount"}])
    assert body["corrected"] == [{"field": "amount", "from": 7, "to": 8}]
    assert [(found["field"], found["reason"]) for found in body["ignored"]] == [
        ("last", "empty"),
        ("source", "read_only"),
        ("colour", "unknown_field"),
    ]
    assert (body["next"], body["workflow"]["missing"]) == ("collect", ["purpose", "last"])
    assert body["workflow"]["revision"] == stored(workflow).revision == workflow.revision + 2
    assert Event.objects.of(workflow.pk).last().data == {  # type: ignore[union-attr]
        "source": "client",
        "set": {"amount": 8},
        "cleared": ["purpose"],
        "corrected": ["amount"],
    }


@pytest.mark.parametrize("write", [patch, put])
def test_a_refused_value_keeps_everything_as_it_is(
    client: APIClient, workflow: Workflow, write: Callable[..., Answer]
) -> None:
    submit(client, workflow, {"purpose": "car", "plate": "AB"})

    response = write(client, workflow, state_data={"purpose": "home", "amount": 4}, metadata={"a": 1})

    body, after = response.json(), stored(workflow)
    assert answered(response) == (400, "rejected")
    assert [(found["field"], found["code"], found["attempts"]) for found in body["rejected"]] == [
        ("amount", "minimum", 1)
    ]
    assert (body["outcome"], body["accepted"], body["next"]) == ("rejected", [], "collect")
    assert (values_of(workflow), after.metadata) == ({"purpose": "car", "plate": "AB"}, {})
    assert (after.revision, after.attempts, after.contested_fields) == (workflow.revision + 1, {"amount": 1}, [])


def test_a_put_gives_what_it_has_and_clears_what_is_asked_and_not_in_it(client: APIClient, workflow: Workflow) -> None:
    submit(client, workflow, {"purpose": "car", "plate": "AB", "amount": 7, "address": {"a": 1}})

    response = put(client, workflow, state_data={"purpose": "car", "amount": 8, "address": {"b": None}})

    assert (response.status_code, response.json()["outcome"]) == (200, "applied")
    assert stored(workflow).progress.values == {"source": "web", "purpose": "car", "amount": 8, "address": {"b": None}}


@pytest.mark.parametrize("write", [patch, put])
def test_sending_back_what_was_shown_changes_nothing_and_keeps_what_is_parked(
    client: APIClient, workflow: Workflow, write: Callable[..., Answer]
) -> None:
    submit(client, workflow, {"purpose": "car", "plate": "AB", "amount": 7, "card": "4929"})
    # To a patch, null says that something is to go.
    submit(
        client, workflow, {"purpose": "home", **({"nickname": None, "address": {"a": None}} if write is put else {})}
    )
    patch(client, workflow, metadata={"crm": {"id": 7, "tags": [None]}})
    before, events = stored(workflow), timeline(workflow.pk)

    response = write(client, workflow, **shown(client, workflow))

    after = stored(workflow)
    assert (response.status_code, response.json()["outcome"]) == (200, "noop")
    assert after.progress.values == before.progress.values
    assert after.progress.values["plate"] == "AB"
    assert (after.revision, after.metadata, after.updated_at) == (before.revision, before.metadata, before.updated_at)
    assert timeline(workflow.pk) == events


def test_what_a_start_answered_can_be_put_as_well(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    kind = make_workflow(confirmation="required")
    started = start(client, template_id=kind.template_id, user_type_id=kind.user_type_id, conversation_id="c9").json()
    path = f"/api/workflows/{started['id']}"

    confirmable = client.put(path, {**started, "state_data": {"email": "a@b.example"}}).json()
    again = client.put(path, client.get(path).json()).json()

    assert (confirmable["outcome"], confirmable["next"]) == ("applied", "confirm")
    assert (again["outcome"], again["confirmation"]["token"] != "") == ("noop", True)


def test_what_was_parked_and_comes_back_with_a_put_is_cleared_so_that_the_same_put_again_is_a_noop(
    client: APIClient, workflow: Workflow
) -> None:
    submit(client, workflow, {"purpose": "car", "plate": "AB"})
    submit(client, workflow, {"purpose": "home"})

    answers = [put(client, workflow, state_data={"purpose": "car"}).json() for _ in range(2)]

    assert [answer["outcome"] for answer in answers] == ["applied", "noop"]
    assert values_of(workflow) == {"purpose": "car"}


@pytest.mark.parametrize("write", [patch, put])
def test_a_masked_value_that_comes_back_masked_is_left_as_it_is(
    client: APIClient, seer: APIClient, workflow: Workflow, write: Callable[..., Answer]
) -> None:
    submit(client, workflow, {"card": "4929", "amount": 7})
    seen = shown(client, workflow)["state_data"]

    blind = write(client, workflow, state_data={**seen, "amount": 8})
    seeing = write(seer, workflow, state_data={"amount": 9, "card": "4930"})

    assert seen["card"] == "***"
    assert {"field": "card", "reason": "masked"} in blind.json()["ignored"]
    assert blind.json()["accepted"] == [{"field": "amount"}]
    assert seeing.json()["corrected"][-1] == {"field": "card", "from": "4929", "to": "4930"}
    assert values_of(workflow) == {"card": "4930", "amount": 9}


@pytest.mark.parametrize("write", [patch, put])
def test_a_mask_is_never_stored_for_somebody_who_sees_only_masks(
    client: APIClient, seer: APIClient, workflow: Workflow, write: Callable[..., Answer]
) -> None:
    assert write(client, workflow, state_data={"card": "***", "last": "***"}).json()["accepted"] == [{"field": "last"}]
    assert values_of(workflow) == {"last": "***"}

    write(seer, workflow, state_data={"card": "***"})

    assert stored(workflow).progress.values["card"] == "***", "who sees the values means what is sent"


def test_who_sees_only_masks_can_still_give_and_clear(client: APIClient, workflow: Workflow) -> None:
    patch(client, workflow, state_data={"card": "4929"})
    given = values_of(workflow)
    patch(client, workflow, state_data={"card": None})
    cleared = values_of(workflow)
    patch(client, workflow, state_data={"card": "4929"})
    put(client, workflow, state_data={"last": "x"})

    assert (given, cleared) == ({"card": "4929"}, {})
    assert "card" not in values_of(workflow)


@pytest.mark.parametrize(
    ("method", "body", "after", "keys"),
    [
        ("patch", {"metadata": {"b": {"d": None, "e": 3}, "a": None}}, {"b": {"c": 2, "e": 3}}, ["a", "b"]),
        ("patch", {"metadata": {"new": [1]}}, {"a": 1, "b": {"c": 2, "d": 4}, "new": [1]}, ["new"]),
        ("put", {"metadata": {"a": 1, "new": None}}, {"a": 1, "new": None}, ["b", "new"]),
        ("put", {}, {}, ["a", "b"]),
    ],
)
def test_metadata_alone_moves_the_revision_and_only_its_keys_are_told(
    client: APIClient, workflow: Workflow, method: str, *, body: Any, after: dict[str, Any], keys: list[str]
) -> None:
    Workflow.objects.filter(pk=workflow.pk).update(metadata={"a": 1, "b": {"c": 2, "d": 4}})

    response = getattr(client, method)(f"/api/workflows/{workflow.pk}", {"state_data": {}, **body})

    assert (response.status_code, response.json()["outcome"]) == (200, "applied")
    assert (stored(workflow).metadata, response.json()["workflow"]["metadata"]) == (after, after)
    assert (stored(workflow).revision, response["ETag"]) == (workflow.revision + 1, '"2"')
    last = Event.objects.of(workflow.pk).last()
    assert (last.type, last.data) == ("workflow.metadata_changed", {"keys": keys})  # type: ignore[union-attr]
    assert stored(workflow).progress.values == {"source": "web"}


def test_a_change_of_metadata_kills_a_confirmation(client: APIClient, make_workflow: Builder[Workflow]) -> None:
    workflow = make_workflow(confirmation="required")
    token = submit(client, workflow, {"email": "a@b.example"}).json()["confirmation"]["token"]

    changed = patch(client, workflow, metadata={"a": 1}).json()

    assert changed["next"] == "confirm"
    assert answered(act(client, workflow, "confirm", token=token)) == (409, "confirmation_outdated")
    assert act(client, workflow, "confirm", token=changed["confirmation"]["token"]).status_code == 200


@pytest.mark.parametrize("write", [patch, put])
def test_writing_the_last_answer_ends_the_workflow_and_hands_over_with_the_new_metadata(
    client: APIClient,
    make_template: Builder[Any],
    make_user_type: Builder[Any],
    make_workflow: Builder[Workflow],
    write: Callable[..., Answer],
) -> None:
    first, second = make_template(end_action_type="workflow", end_action_target="second"), make_template(name="second")
    workflow = make_workflow(template=first, user_type=make_user_type(first, second))

    response = write(client, workflow, state_data={"email": "a@b.example"}, metadata={"a": 1})

    follower = Workflow.objects.get(predecessor=workflow)
    body = response.json()
    assert (body["next"], body["workflow"]["status"], body["completed_steps"]) == ("done", "completed", ["only"])
    assert body["workflow"]["successor_id"] == str(follower.pk)
    assert (stored(workflow).metadata, follower.metadata) == ({"a": 1}, {"a": 1})
    assert timeline(workflow.pk)[-4:] == [
        "workflow.submitted",
        "workflow.step_completed",
        "workflow.metadata_changed",
        "workflow.completed",
    ]


def test_a_deleted_workflow_leaves_no_written_value(client: APIClient, workflow: Workflow) -> None:
    patch(client, workflow, state_data={"amount": 4711}, metadata={"k": "secret"})
    act(client, workflow, "cancel")

    client.delete(f"/api/workflows/{workflow.pk}")

    told = str(list(Event.objects.of(workflow.pk).values_list("data", flat=True)))
    assert "4711" not in told
    assert "secret" not in told


def test_the_service_writes_once_or_not_at_all(workflow: Workflow) -> None:
    acting = Acting(caller=OPERATOR, at=NOW, expected_revision=1)
    writing = Writing(values={"amount": 7}, metadata={"a": 1})

    done = services.write(workflow.pk, writing, acting)

    assert done.decision.report.outcome is Outcome.APPLIED
    assert (done.workflow.revision, done.workflow.metadata, stored(workflow).metadata) == (2, {"a": 1}, {"a": 1})
    with pytest.raises(Conflict):
        services.write(workflow.pk, writing, acting)
    assert timeline(workflow.pk)[-2:] == ["workflow.submitted", "workflow.metadata_changed"]
