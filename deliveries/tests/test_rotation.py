"""One command brings everything that is encrypted under the first key; and what was stored before is migrated."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from rest_framework.test import APIClient

from deliveries.dispatch import dispatch
from deliveries.endpoint_services import WithSecret
from deliveries.models import Delivery, DeliveryAttempt
from deliveries.tests.receivers import Receiver, json_reply
from deliveries.tests.working import only_delivery, work
from deliveries.vault import store_secret
from instances.models import IdempotencyKey, Workflow
from instances.tests.calls import stored
from permissions.policy import Scope

type Builder[T] = Callable[..., T]

CARD = "4929 1234"
PROPERTIES = {"card": {"type": "string", "x-sensitive": "mask"}}


@pytest.fixture
def workflow(
    listen: Builder[Receiver], make_workflow: Builder[Workflow], make_endpoint: Builder[WithSecret]
) -> Workflow:
    """A workflow that ended with a request of which the receiver sent back the value."""
    server = listen(lambda _received, _number: json_reply({"card": CARD}))
    make_endpoint(server)
    store_secret("bank", value="s3cret", hosts=["bank.example"], by="o", at=timezone.now())
    made = make_workflow(
        properties=PROPERTIES,
        state_data={"card": CARD},
        end_action_type="api_call",
        end_action_target=f"{server.url}/loans",
    )
    work()
    return stored(made)


def rotate(**options: Any) -> list[str]:
    told = io.StringIO()
    call_command("rotate_keys", stdout=told, **options)
    return told.getvalue().splitlines()


@pytest.mark.django_db
def test_after_the_rotation_everything_is_read_with_the_new_key_alone(
    workflow: Workflow, make_client: Builder[APIClient], settings: Any
) -> None:
    seer = make_client(scopes=[Scope.WORKFLOWS_RUN, Scope.WORKFLOWS_SENSITIVE])
    order = {"template_id": workflow.template_id, "user_type_id": workflow.user_type_id, "user_id": "u"}
    order = {**order, "conversation_id": "c9", "state_data": {"card": "no"}}
    started = seer.post("/api/workflows", order, headers={"Idempotency-Key": "k"})
    deliveries = Delivery.objects.count()
    settings.ENCRYPTION_KEYS = [new := Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]

    assert rotate(batch=1) == [
        "secrets: 1 under the first key.",
        "webhook endpoints: 1 under the first key.",
        "workflows with sensitive fields: 2 under the first key.",
        f"deliveries: {deliveries} under the first key.",
        "attempts: 1 under the first key.",
        "kept answers: 1 under the first key.",
    ]

    settings.ENCRYPTION_KEYS = [new]
    sent = only_delivery_of_end(workflow)
    assert (sent.request or {})["url"].endswith("/loans")
    assert (stored(workflow).result, sent.tries.get().seen) == ({"card": CARD}, '{"card": "4929 1234"}')
    assert IdempotencyKey.objects.get().answer == started.content.decode()
    assert rotate()[0] == "secrets: 1 under the first key."


@pytest.mark.django_db
def test_what_is_lost_is_named_and_stops_nothing(workflow: Workflow) -> None:
    sent = only_delivery_of_end(workflow)
    Delivery.objects.filter(pk=sent.pk).update(sealed_request="gAAAAAnonsense")

    with pytest.raises(CommandError, match=f"1 cannot be read with any of ENCRYPTION_KEYS: delivery {sent.pk}"):
        rotate()


@pytest.mark.django_db
def test_a_request_that_cannot_be_read_is_not_sent_and_can_be_later(
    make_workflow: Builder[Workflow], listen: Builder[Receiver], settings: Any
) -> None:
    server = listen(lambda _received, _number: json_reply({}))
    workflow = make_workflow(
        properties={"city": {"type": "string"}},
        state_data={"city": "Bern"},
        end_action_type="api_call",
        end_action_target=f"{server.url}/loans",
    )
    call = only_delivery_after_dispatch(workflow)
    keys, settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS, [Fernet.generate_key().decode()]
    work()
    call.refresh_from_db()
    assert (call.status, call.code, server.requests) == ("pending", "encryption_key_lost", [])

    settings.ENCRYPTION_KEYS = keys
    Delivery.objects.update(next_attempt_at=timezone.now())
    work()
    assert (stored(workflow).status, len(server.requests)) == ("completed", 1)


@pytest.mark.django_db
def test_an_excerpt_that_cannot_be_read_says_so(
    workflow: Workflow, make_client: Builder[APIClient], settings: Any
) -> None:
    seer = make_client(scopes=[Scope.OPERATIONS, Scope.WORKFLOWS_SENSITIVE])
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    told = seer.get(f"/api/deliveries/{only_delivery_of_end(workflow).pk}").json()

    assert "cannot be read with any of ENCRYPTION_KEYS" in told["tries"][0]["excerpt"]
    assert told["method"] == "POST"


# ---- What was stored before ----


@pytest.fixture
def at_migrations() -> Iterator[Callable[..., Any]]:
    """Return how the database is taken to some migrations; afterwards it is brought back."""

    def migrate(*targets: tuple[str, str]) -> Any:
        executor = MigrationExecutor(connection)
        executor.migrate(list(targets))
        return MigrationExecutor(connection).loader.project_state(list(targets)).apps

    yield migrate
    migrate(*newest())


def newest() -> list[Any]:
    """Return the last migration of every app: what is taken back may take others with it."""
    return list(MigrationExecutor(connection).loader.graph.leaf_nodes())


BEFORE = (("deliveries", "0001_initial"), ("instances", "0003_sources"))


@pytest.mark.django_db(transaction=True)
def test_what_was_stored_in_plain_is_sealed_by_migrations_and_can_be_opened_again(
    workflow: Workflow, at_migrations: Callable[..., Any]
) -> None:
    end = only_delivery_of_end(workflow)
    request, progress = end.request, workflow.progress
    IdempotencyKey(digest="d", fingerprint="f", created_at=timezone.now()).save()
    IdempotencyKey.objects.get().keep(status=200, body="{}", content_type="application/json")

    before = at_migrations(*BEFORE)
    plain = before.get_model("deliveries", "Delivery").objects.get(pk=end.pk)
    assert (plain.request, plain.tries.get().excerpt) == (request, '{"card": "4929 1234"}')
    row = before.get_model("instances", "Workflow").objects.get(pk=workflow.pk)
    assert (row.state_data, row.end_action_result) == ({"card": CARD}, {"card": CARD})
    assert before.get_model("instances", "IdempotencyKey").objects.get().body == "{}"
    plain.terms = {**plain.terms, "own_addresses": ["a@b.example"]}
    plain.save()

    at_migrations(*newest())
    found, excerpt = stored(workflow), DeliveryAttempt.objects.get(delivery=end.pk).excerpt
    assert (found.progress, found.result, found.state_data) == (progress, {"card": CARD}, {})
    end.refresh_from_db()
    assert end.request == {**(request or {}), "own_addresses": ["a@b.example"]}
    assert end.terms == {"is_sensitive": True, "method": "POST"}
    assert CARD not in excerpt + end.sealed_request
    kept = IdempotencyKey.objects.get()
    assert (kept.answer, len(kept.fingerprint)) == ("{}", 64)


def only_delivery_of_end(workflow: Workflow) -> Delivery:
    return Delivery.objects.get(workflow=workflow.pk, kind="end_action")


def only_delivery_after_dispatch(workflow: Workflow) -> Delivery:
    dispatch(timezone.now())
    return only_delivery(workflow.pk)
