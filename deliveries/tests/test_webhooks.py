"""What becomes true is told to who asked for it: signed, once as far as the receiver can tell, without secrets."""

import json
from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from conftest import OPERATOR
from deliveries.dispatch import dispatch
from deliveries.endpoint_services import WithSecret, change_endpoint
from deliveries.event_types import EVENT_TYPES
from deliveries.models import Delivery, Kind
from deliveries.tests.receivers import Receiver, Reply
from deliveries.tests.webhook_calls import ids_of, verified
from deliveries.tests.working import work
from engine.facts import Fact
from events.models import Event
from instances import services
from instances.acting import Acting
from instances.models import Workflow
from instances.tests.calls import act, submit
from registry.models import WorkflowTemplate

type Builder[T] = Callable[..., T]

PERSON = {"email": "ada@example.org"}


def test_who_listens_is_told_and_can_verify_that_it_was_us(
    client: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen()
    made = make_endpoint(server, "workflow.completed")
    workflow = make_workflow()

    submit(client, workflow, PERSON)
    work()

    (request,) = server.requests
    delivery = Delivery.objects.get()
    assert (request.method, request.target) == ("POST", "/hook")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == str(delivery.pk)
    assert verified(request, made.secret) == {
        "type": "workflow.completed",
        "timestamp": delivery.event.at.isoformat().replace("+00:00", "Z"),
        "data": {
            "sequence": delivery.event.sequence,
            "workflow_id": str(workflow.pk),
            "template_id": str(workflow.template_id),
            "template": workflow.template.name,
            "version": 1,
            "conversation_id": workflow.conversation_id,
            "user_id": "user 1",
            "status": "completed",
            "outcome": "completed",
            "state": PERSON,
        },
    }


def test_an_endpoint_without_types_hears_of_everything_there_is_to_hear(
    client: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen()
    made = make_endpoint(server)
    workflow = make_workflow()
    act(client, workflow, "cancel", reason="changed their mind")
    submit(client, make_workflow(), PERSON)

    work()

    told = [verified(request, made.secret) for request in server.requests]
    assert {message["type"] for message in told} == {
        "template.published",
        "workflow.created",
        "workflow.activated",
        "workflow.step_completed",
        "workflow.completed",
        "workflow.cancelled",
    }
    by_type = {message["type"]: message["data"] for message in told}
    assert by_type["workflow.cancelled"]["reason"] == "changed their mind"
    assert by_type["workflow.step_completed"]["step"] == "only"
    published = next(
        message["data"] for message in told if message["data"].get("template_id") == str(workflow.template_id)
    )
    assert (published["template"], published["version"]) == (workflow.template.name, 1)
    assert len(set(ids_of(server.requests))) == len(server.requests)


def test_what_fails_says_why(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda received, _number: Reply(status=200 if received.target == "/hook" else 422))
    made = make_endpoint(server, "workflow.failed")
    make_workflow(end_action_type="api_call", end_action_target=f"{server.url}/loans", state_data=PERSON)

    work()

    data = verified(server.requests[-1], made.secret)["data"]
    assert (data["status"], data["code"], data["reason"]) == (
        "failed",
        "end_action_failed",
        "The receiver answered 422.",
    )


def test_sensitive_values_are_masked_whoever_listens(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen()
    make_endpoint(server)
    asked = {
        "iban": {"type": "string", "x-sensitive": "mask"},
        "pin": {"type": "string", "x-sensitive": "never_llm"},
        "purpose": {"type": "string"},
    }
    given = {"iban": "DE02120300000000202051", "pin": "xyzzy-4711", "purpose": "a car"}
    make_workflow(properties=asked, state_data=given)

    work()

    sent = b"".join(request.body for request in server.requests).decode()
    states = [json.loads(request.body)["data"]["state"] for request in server.requests if b'"state"' in request.body]
    assert states
    assert all(state == {"iban": "***", "pin": "***", "purpose": "a car"} for state in states)
    assert given["iban"] not in sent
    assert given["pin"] not in sent
    assert "digest" not in sent


def test_what_people_said_on_a_branch_that_does_not_apply_is_not_told(
    client: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen()
    made = make_endpoint(server, "workflow.completed")
    steps = [
        {"id": "what", "name": "What", "fields": ["purpose"]},
        {"id": "car", "name": "Car", "fields": ["plate"], "when": {"field": "purpose", "op": "==", "value": "car"}},
    ]
    workflow = make_workflow(properties={"purpose": {"type": "string"}, "plate": {"type": "string"}}, steps=steps)

    submit(client, workflow, {"purpose": "home", "plate": "AB 123"})
    work()

    assert verified(server.requests[0], made.secret)["data"]["state"] == {"purpose": "home"}


def test_of_a_workflow_that_was_deleted_meanwhile_only_what_the_event_has_is_told(
    client: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen()
    made = make_endpoint(server, "workflow.cancelled")
    workflow = make_workflow(state_data={})
    act(client, workflow, "cancel", reason="called Ada")
    services.delete(workflow.pk, Acting(caller=OPERATOR, at=timezone.now()))

    work()

    (request,) = server.requests
    data = verified(request, made.secret)["data"]
    assert data.pop("sequence") > 0
    assert data == {
        "workflow_id": str(workflow.pk),
        "template_id": str(workflow.template_id),
        "version": 1,
        "reason": "",
    }


def test_what_was_told_is_forgotten_with_the_workflow(
    client: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    make_endpoint(listen(), "workflow.completed")
    workflow = make_workflow(state_data=PERSON)
    work()
    services.delete(workflow.pk, Acting(caller=OPERATOR, at=timezone.now()))

    orphans = Delivery.objects.orphaned()

    assert [found.kind for found in orphans] == [Kind.WEBHOOK]
    orphans.blank()
    assert Delivery.objects.get().request is None


def test_a_disabled_endpoint_is_told_nothing(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    made = make_endpoint(listen(), "workflow.completed")
    change_endpoint(made.endpoint.pk, {"is_active": False}, at=timezone.now())

    make_workflow(state_data=PERSON)
    work()

    assert not Delivery.objects.exists()


def test_one_event_never_makes_two_deliveries_to_one_endpoint(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen()
    make_endpoint(server, "workflow.completed")
    make_workflow(state_data=PERSON)
    dispatch(timezone.now())
    Event.objects.update(dispatched_at=None)  # which no crash can do: both are one transaction

    work()
    work()

    assert len(server.requests) == 1


def test_two_endpoints_get_the_same_message_under_ids_and_signatures_of_their_own(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    servers = listen(), listen()
    secrets = [make_endpoint(server, "workflow.completed").secret for server in servers]
    make_workflow(state_data=PERSON)

    work()

    (first,), (second,) = servers[0].requests, servers[1].requests
    assert verified(first, secrets[0]) == verified(second, secrets[1])
    assert ids_of([first]) != ids_of([second])


def test_a_batch_that_nobody_listens_to_costs_no_query_per_event(
    client: APIClient,
    make_template: Builder[WorkflowTemplate],
    make_workflow: Builder[Workflow],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    template = make_template()
    for _ in range(20):
        make_workflow(template=template, state_data=PERSON)
    assert Event.objects.undispatched().count() > 100

    # Which there are, the batch, the endpoints, the note, around it a transaction, and that there is no more; on
    # PostgreSQL also that constraints are checked at once.
    with django_assert_num_queries(8 if connection.vendor == "postgresql" else 7):
        dispatch(timezone.now())


def test_who_is_told_what_is_read_once_for_a_batch(
    listen: Builder[Receiver],
    make_endpoint: Builder[WithSecret],
    make_template: Builder[WorkflowTemplate],
    make_workflow: Builder[Workflow],
) -> None:
    server = listen()
    make_endpoint(server, "workflow.completed")
    make_endpoint(server, "workflow.completed")
    template = make_template()
    counts = []
    for number in (2, 10):
        for _ in range(number):
            make_workflow(template=template, state_data=PERSON)
        with CaptureQueriesContext(connection) as seen:
            dispatch(timezone.now())
        counts.append(len(seen))

    assert Delivery.objects.count() == 24
    assert counts[1] - counts[0] <= 8 * 3, "beside the row and its savepoint, an event more costs nothing"


def test_every_type_of_event_is_one_that_somebody_writes() -> None:
    written = {"workflow.created", "template.published", *(fact.type for fact in Fact.__value__.__args__)}

    assert set(EVENT_TYPES) <= written
