"""The sweep: what is due ends, once, and nothing else is touched."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event as Signal
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from conftest import NOW, OPERATOR
from engine.errors import WorkflowEnded
from engine.progress import Status
from engine.submission import Submission
from events.models import Event
from instances import services, sweep
from instances.acting import Acting
from instances.idempotency import KEPT_FOR
from instances.models import IdempotencyKey, Workflow
from instances.sweep import Swept, expire_idle, purge_idempotency_keys
from instances.tests.calls import answered, start, stored, submit, timeline
from registry.models import WorkflowTemplate

pytestmark = pytest.mark.django_db

type Builder[T] = Callable[..., T]

DUE = NOW + timedelta(days=7)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def template(make_template: Builder[WorkflowTemplate]) -> WorkflowTemplate:
    return make_template(properties={"a": {"type": "string"}, "b": {"type": "string"}}, expires_after="P7D")


@pytest.fixture
def idle(template: WorkflowTemplate, make_workflow: Builder[Workflow]) -> Callable[..., Workflow]:
    """Return a builder of workflows that are due in a week."""

    def make(**parts: Any) -> Workflow:
        return make_workflow(template=template, **parts)

    return make


def key(digest: str, created_at: datetime) -> IdempotencyKey:
    return IdempotencyKey.objects.create(digest=digest, fingerprint="", body="{}", created_at=created_at)


def test_it_expires_at_the_moment_and_not_before(idle: Builder[Workflow]) -> None:
    workflow = idle()

    before = expire_idle(DUE - MOMENT)
    status_before = stored(workflow).status
    at_the_moment = expire_idle(DUE)

    assert (before, status_before) == (Swept(expired=0, failed=0), "active")
    assert (at_the_moment, stored(workflow).status) == (Swept(expired=1, failed=0), "cancelled")


def test_one_that_expired_is_cancelled_keeps_its_data_and_says_why(client: APIClient, idle: Builder[Workflow]) -> None:
    workflow = idle(state_data={"a": "kept"})

    expire_idle(DUE + timedelta(hours=1))

    shown = client.get(f"/api/workflows/{workflow.pk}").json()
    assert (shown["status"], shown["reason"], shown["next"]) == ("cancelled", "expired", "done")
    assert (shown["state_data"], shown["outcome"], shown["expires_at"]) == ({"a": "kept"}, None, None)
    assert shown["revision"] == workflow.revision + 1
    assert stored(workflow).ended_at == DUE + timedelta(hours=1)
    assert stored(workflow).last_interaction_at == NOW, "it tells how long the silence was"


def test_its_timeline_tells_it_once(idle: Builder[Workflow]) -> None:
    workflow = idle()

    expire_idle(DUE)
    again = expire_idle(DUE)

    assert again == Swept(expired=0, failed=0)
    assert timeline(workflow.pk) == ["workflow.created", "workflow.activated", "workflow.expired"]
    event = Event.objects.of(workflow.pk).last()
    assert event is not None
    assert (event.actor, event.data, event.at) == ("sweep", {"reason": "expired"}, DUE)


def test_it_frees_the_conversation_and_takes_nothing_any_more(client: APIClient, idle: Builder[Workflow]) -> None:
    workflow = idle(conversation_id="c1")
    expire_idle(DUE)

    refused = submit(client, workflow, {"a": "late"})
    started = start(client, template_id=workflow.template_id, user_type_id=workflow.user_type_id)

    assert answered(refused) == (409, "workflow_ended")
    assert started.status_code == 201


def test_a_paused_one_is_not_offered_any_more_once_it_expired(client: APIClient, idle: Builder[Workflow]) -> None:
    paused, active = idle(conversation_id="c1"), Acting(caller=OPERATOR, at=NOW)
    services.pause(paused.pk, active, reason="")
    current = idle(conversation_id="c1")
    services.submit(current.pk, Submission(data={"a": "A"}), Acting(caller=OPERATOR, at=DUE))

    expire_idle(DUE)

    done = submit(client, current, {"b": "B"}).json()
    assert (stored(paused).reason, done["next"], done["resumable"]) == ("expired", "done", [])


def test_one_that_was_never_activated_expires(idle: Builder[Workflow]) -> None:
    workflow = idle(activate=False)

    expire_idle(DUE)

    assert (stored(workflow).status, timeline(workflow.pk)) == ("cancelled", ["workflow.created", "workflow.expired"])


@pytest.mark.parametrize("status", [Status.FINISHING, Status.COMPLETED, Status.FAILED, Status.CANCELLED])
def test_what_is_finishing_or_has_ended_is_left_alone(idle: Builder[Workflow], status: Status) -> None:
    workflow = idle()
    Workflow.objects.filter(pk=workflow.pk).update(status=status, expires_at=None)

    swept = expire_idle(DUE + timedelta(days=10_000))

    assert (swept.expired, stored(workflow).status) == (0, status)


@pytest.mark.parametrize("data", [{"a": "A"}, {"a": 5}, {}])
def test_somebody_who_comes_late_but_before_the_sweep_keeps_it_alive(
    idle: Builder[Workflow], data: dict[str, Any]
) -> None:
    workflow, late = idle(), DUE + timedelta(hours=1)

    services.submit(workflow.pk, Submission(data=data), Acting(caller=OPERATOR, at=late))
    swept = expire_idle(late)

    assert (swept.expired, stored(workflow).status) == (0, "active")
    assert stored(workflow).expires_at == late + timedelta(days=7)


def test_somebody_who_comes_after_the_sweep_is_told_that_it_ended(idle: Builder[Workflow]) -> None:
    workflow = idle()
    expire_idle(DUE)

    with pytest.raises(WorkflowEnded):
        services.submit(workflow.pk, Submission(data={"a": "A"}), Acting(caller=OPERATOR, at=DUE))

    assert timeline(workflow.pk)[-1] == "workflow.expired"


def test_it_goes_on_from_batch_to_batch(idle: Builder[Workflow], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "BATCH", 2)
    workflows = [idle() for _ in range(5)]
    Workflow.objects.filter(pk=workflows[3].pk).update(expires_at=DUE - timedelta(days=1))
    Workflow.objects.filter(pk=workflows[4].pk).update(expires_at=DUE + MOMENT)

    swept = expire_idle(DUE)

    assert swept == Swept(expired=4, failed=0)
    assert [stored(workflow).status for workflow in workflows] == ["cancelled"] * 4 + ["active"]


def test_it_stops_between_two_workflows_when_it_is_asked_to_the_longest_overdue_first(idle: Builder[Workflow]) -> None:
    workflows = [idle() for _ in range(3)]
    for days, workflow in enumerate(workflows):
        Workflow.objects.filter(pk=workflow.pk).update(expires_at=DUE - timedelta(days=days))

    swept = expire_idle(DUE, is_stopping=lambda: Workflow.objects.filter(status=Status.CANCELLED).exists())

    assert swept == Swept(expired=1, failed=0)
    assert [stored(workflow).status for workflow in workflows] == ["active", "active", "cancelled"]


def test_one_that_cannot_be_ended_stops_no_other_and_its_values_stay_out_of_the_log(
    idle: Builder[Workflow], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sweep, "BATCH", 1)
    broken, sound = idle(state_data={"a": "secret"}), idle()
    Workflow.objects.filter(pk=broken.pk).update(previous_values=["secret"], expires_at=DUE - timedelta(days=1))

    with caplog.at_level(logging.ERROR):
        swept = expire_idle(DUE)

    assert swept == Swept(expired=1, failed=1)
    assert (stored(broken).status, stored(sound).status) == ("active", "cancelled")
    assert timeline(broken.pk)[-1] != "workflow.expired"
    assert f"Workflow {broken.pk} could not expire: ValueError" in caplog.text
    assert "in _expire" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one lock for all, which is waited for")
@pytest.mark.django_db(transaction=True)
def test_one_that_somebody_is_working_on_is_not_waited_for(idle: Builder[Workflow]) -> None:
    taken, free = idle(), idle()
    is_held, is_swept = Signal(), Signal()

    def work() -> None:
        try:
            with transaction.atomic():
                Workflow.objects.locked().get(pk=taken.pk)
                is_held.set()
                is_swept.wait(30)
        finally:
            connections.close_all()

    with ThreadPoolExecutor() as threads:
        worked = threads.submit(work)
        is_held.wait(30)
        swept = expire_idle(DUE)
        is_swept.set()
        worked.result(30)

    assert swept == Swept(expired=1, failed=0)
    assert (stored(taken).status, stored(free).status) == ("active", "cancelled")
    assert expire_idle(DUE).expired == 1


def test_keys_are_forgotten_after_a_day_and_not_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "BATCH", 2)
    for number in range(5):
        key(f"old {number}", NOW - KEPT_FOR)
    key("young", NOW - KEPT_FOR + MOMENT)

    purged = purge_idempotency_keys(NOW)

    assert purged == 5
    assert IdempotencyKey.objects.get().digest == "young"
    assert purge_idempotency_keys(NOW) == 0


def test_forgetting_keys_stops_when_it_is_asked_to() -> None:
    key("old", NOW - KEPT_FOR)

    assert purge_idempotency_keys(NOW, is_stopping=lambda: True) == 0
    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_request_whose_old_key_is_being_forgotten_is_carried_out(
    client: APIClient, template: WorkflowTemplate, make_user_type: Builder[Any]
) -> None:
    kind = make_user_type(template)
    headers = {"Idempotency-Key": "a-key"}
    order = {"template_id": template.pk, "user_type_id": kind.pk, "user_id": "u"}
    client.post("/api/workflows", {**order, "conversation_id": "yesterday"}, headers=headers)
    IdempotencyKey.objects.update(created_at=timezone.now() - KEPT_FOR)
    is_held = Signal()

    def forget() -> None:
        try:
            with transaction.atomic():
                old = IdempotencyKey.objects.select_for_update().get()
                is_held.set()
                Signal().wait(0.5)  # in which the request finds the row and waits for it
                IdempotencyKey.objects.filter(pk=old.pk).delete()
        finally:
            connections.close_all()

    with ThreadPoolExecutor() as threads:
        forgotten = threads.submit(forget)
        is_held.wait(30)
        response = client.post("/api/workflows", {**order, "conversation_id": "today"}, headers=headers)
        forgotten.result(30)

    assert (response.status_code, "Idempotency-Replayed" in response) == (201, False)
    assert IdempotencyKey.objects.get().created_at > timezone.now() - KEPT_FOR
