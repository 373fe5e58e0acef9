"""What is sensitive is stored encrypted and read as it is; without the key nothing is read, and nothing overwritten."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.fernet import Fernet
from rest_framework.test import APIClient

from conftest import step
from events.models import Event
from instances.models import IdempotencyKey, Workflow
from instances.resealing import reseal
from instances.tests.calls import act, answered, stored, submit
from permissions.policy import Scope
from registry.models import TemplateVersion
from rest import encryption
from rest.tests.staff import browser

type Builder[T] = Callable[..., T]

PROPERTIES = {
    "card": {"type": "string", "x-sensitive": "mask"},
    "city": {"type": "string"},
    "plate": {"type": "string", "x-sensitive": "never_llm", "x-depends-on": ["city"], "x-on-change": "reset"},
    "last": {"type": "string"},
}


@pytest.fixture
def workflow(make_workflow: Builder[Workflow]) -> Workflow:
    """A workflow that is completed."""
    return make_workflow(
        properties=PROPERTIES, state_data={"card": "4929", "city": "Bern", "plate": "BE 1", "last": "x"}, required=[]
    )


@pytest.fixture
def open_workflow(client: APIClient, make_workflow: Builder[Workflow]) -> Workflow:
    """A workflow with a sensitive value, and another one that was taken out."""
    made = make_workflow(properties=PROPERTIES)
    submit(client, made, {"card": "4929", "city": "Bern", "plate": "BE 1"})
    submit(client, made, {"city": "Basel"})
    return stored(made)


def columns(workflow: Workflow) -> str:
    """Return everything that is stored of a workflow, as text."""
    return json.dumps(Workflow.objects.filter(pk=workflow.pk).values().get(), default=str)


def reseal_all(*, batch: int = 500) -> list[tuple[int, list[str]]]:
    done = reseal(Workflow.objects.all(), TemplateVersion.objects.all(), batch=batch)
    return [(part.count, part.lost) for part in done]


def unseal(workflow: Workflow) -> None:
    """Store a workflow as it was stored before anything was sealed."""
    found = stored(workflow)
    found.state_data, found.previous_values = dict(found.progress.values), dict(found.progress.previous)
    found.sealed_data = ""
    found.save()


def test_values_are_sealed_and_read_as_they_are(open_workflow: Workflow) -> None:
    progress = open_workflow.progress

    assert progress.values == {"card": "4929", "city": "Basel"}
    assert progress.previous == {"plate": "BE 1"}
    assert (open_workflow.state_data, open_workflow.previous_values) == ({"city": "Basel"}, {})
    assert not any(value in columns(open_workflow) for value in ("4929", "BE 1"))


def test_nothing_is_sealed_where_nothing_is_sensitive_or_given(
    client: APIClient, make_workflow: Builder[Workflow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encryption, "_ciphers", None)  # to encrypt or decrypt anything would fail
    plain = make_workflow(properties={"city": {"type": "string"}, "last": {"type": "string"}})
    empty = make_workflow(properties=PROPERTIES)
    submit(client, plain, {"city": "Bern"})
    submit(client, empty, {"city": "Bern"})

    assert [stored(one).sealed_data for one in (plain, empty)] == ["", ""]
    assert client.get("/api/workflows").json()["count"] == 2


def test_a_list_of_the_admin_decrypts_nothing(open_workflow: Workflow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encryption, "_ciphers", None)

    response = browser("instances.view_workflow").get("/admin/instances/workflow/")

    assert (response.status_code, str(open_workflow.pk) in response.content.decode()) == (200, True)


def test_a_workflow_is_decrypted_once_however_often_it_is_asked(
    open_workflow: Workflow, monkeypatch: pytest.MonkeyPatch
) -> None:
    decrypted: list[str] = []
    decrypt = encryption.decrypt

    def noting(kept: str) -> str:
        decrypted.append(kept)
        return decrypt(kept)

    monkeypatch.setattr(encryption, "decrypt", noting)

    found = stored(open_workflow)
    assert found.progress == found.progress
    assert (found.result, len(decrypted)) == (None, 1)
    found.refresh_from_db()
    assert len(decrypted) == 1


def test_a_value_that_is_given_again_changes_nothing_although_it_would_be_encrypted_anew(
    client: APIClient, open_workflow: Workflow
) -> None:
    answer = submit(client, open_workflow, {"card": "4929"}).json()

    assert (answer["outcome"], stored(open_workflow).sealed_data) == ("noop", open_workflow.sealed_data)


def test_the_digest_of_what_an_action_is_asked_with_is_sealed_too(
    client: APIClient, make_workflow: Builder[Workflow]
) -> None:
    action = {"type": "api_call", "target": "https://a.example/{{state.pin}}", "result": {"age": "/age"}}
    properties = {"pin": {"type": "string", "x-sensitive": "mask"}, "age": {"type": "number"}}
    steps = [step("who", fields=["pin"]), step("age", fields=["age"], action={**action, "idempotent": True})]
    workflow = make_workflow(properties=properties, steps=steps, state_data={"pin": "1234"})

    found = stored(workflow)
    digest = found.progress.actions["age"].digest
    assert (len(digest), found.actions["age"]["digest"], digest in columns(workflow)) == (64, "", False)

    corrected = submit(client, workflow, {"pin": "1235"}).json()
    assert (corrected["next"], stored(workflow).progress.actions["age"].run) == ("wait", 2)


def test_without_the_key_nothing_is_read_or_written_and_who_operates_is_told(
    client: APIClient, open_workflow: Workflow, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    before = columns(open_workflow)
    events = Event.objects.count()
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    refused = [
        client.get(f"/api/workflows/{open_workflow.pk}"),
        submit(client, open_workflow, {"last": "x"}),
        act(client, open_workflow, "pause"),
        client.patch(f"/api/workflows/{open_workflow.pk}", {"metadata": {"a": 1}}),
    ]

    assert [answered(each) for each in refused] == [(503, "encryption_key_lost")] * 4
    assert "cannot be read with any of ENCRYPTION_KEYS" in caplog.text
    assert (columns(open_workflow), Event.objects.count()) == (before, events)


def test_without_the_key_the_admin_says_so(open_workflow: Workflow, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    operator, page = browser("instances.view_workflow", "instances.change_workflow"), "/admin/instances/workflow/"

    for path in ("change", "retry"):
        response = operator.get(f"{page}{open_workflow.pk}/{path}/", follow=True)
        assert "cannot be read with any of ENCRYPTION_KEYS" in response.content.decode()


# ---- What was stored before ----


def test_what_was_stored_in_plain_is_read_and_sealed_by_the_next_act(
    client: APIClient, open_workflow: Workflow
) -> None:
    unseal(open_workflow)

    shown = client.get(f"/api/workflows/{open_workflow.pk}").json()["state_data"]
    submit(client, open_workflow, {"city": "Chur"})

    assert shown == {"card": "***", "city": "Basel"}
    assert (stored(open_workflow).state_data, "4929" in columns(open_workflow)) == ({"city": "Chur"}, False)


def test_what_was_stored_in_plain_is_sealed_and_keeps_its_revision(
    open_workflow: Workflow, make_workflow: Builder[Workflow]
) -> None:
    make_workflow(properties={"city": {"type": "string"}}, state_data={"city": "Bern"})
    before = stored(open_workflow).progress
    unseal(open_workflow)
    assert "4929" in columns(open_workflow)

    assert reseal_all() == [(1, [])]

    assert "4929" not in columns(open_workflow)
    assert (stored(open_workflow).progress, stored(open_workflow).revision) == (before, open_workflow.revision)


def test_what_came_back_at_the_end_is_sealed(workflow: Workflow) -> None:
    Workflow.objects.filter(pk=workflow.pk).update(end_action_result={"card": "4929"})

    assert reseal_all() == [(1, [])]

    assert (stored(workflow).end_action_result, stored(workflow).result) == (None, {"card": "4929"})


def test_after_a_rotation_the_old_key_can_go(open_workflow: Workflow, workflow: Workflow, settings: Any) -> None:
    before, (old,), new = stored(open_workflow).progress, settings.ENCRYPTION_KEYS, Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, old]

    assert reseal_all(batch=1) == [(1, []), (1, [])]
    sealed = stored(open_workflow).sealed_data
    assert reseal_all() == [(2, [])]

    settings.ENCRYPTION_KEYS = [new]
    assert (stored(open_workflow).progress, stored(open_workflow).sealed_data) == (before, sealed)


def test_what_cannot_be_read_is_told_and_left_alone(open_workflow: Workflow, workflow: Workflow, settings: Any) -> None:
    Workflow.objects.filter(pk=open_workflow.pk).update(sealed_data="gAAAAAnonsense")

    assert reseal_all() == [(1, [str(open_workflow.pk)])]
    assert stored(open_workflow).sealed_data == "gAAAAAnonsense"


def test_an_act_in_the_middle_of_a_rotation_wins(
    client: APIClient, open_workflow: Workflow, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]
    renewed = encryption.renewed

    def interrupted(kept: str) -> str:
        monkeypatch.undo()
        submit(client, open_workflow, {"card": "5500"})
        return renewed(kept)

    monkeypatch.setattr("instances.resealing.renewed", interrupted)
    assert reseal_all() == [(1, [])]

    assert stored(open_workflow).progress.values["card"] == "5500"


# ---- Kept answers ----


def test_a_kept_answer_is_encrypted_and_replayed_as_it_was(
    make_client: Builder[APIClient], open_workflow: Workflow
) -> None:
    seer = make_client(scopes=[Scope.WORKFLOWS_RUN, Scope.WORKFLOWS_SENSITIVE])
    path, headers = f"/api/workflows/{open_workflow.pk}/submit", {"Idempotency-Key": "k"}

    first = seer.post(path, {"data": {"card": "5500"}}, headers=headers)
    again = seer.post(path, {"data": {"card": "5500"}}, headers=headers)
    other = seer.post(path, {"data": {"card": "5501"}}, headers=headers)

    assert (again.content, b"5500" in again.content) == (first.content, True)
    assert answered(other) == (400, "idempotency_key_reused")
    assert "5500" not in IdempotencyKey.objects.get().body
