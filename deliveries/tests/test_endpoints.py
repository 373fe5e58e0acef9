"""Operators manage webhook endpoints over REST; nobody else does, and a secret is shown once."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import serializers
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient
from standardwebhooks import WebhookVerificationError

from deliveries import endpoint_services
from deliveries.dispatch import dispatch
from deliveries.endpoint_services import WithSecret, encrypt_anew, rotate_secret, send_test
from deliveries.endpoints import WebhookEndpoint
from deliveries.models import Delivery, DeliveryAttempt, Status
from deliveries.tests.receivers import Received, Receiver, Reply
from deliveries.tests.webhook_calls import ids_of, verified
from deliveries.tests.working import work, work_patiently
from events.models import Event
from instances.models import Workflow
from instances.tests.calls import Answer, answered
from permissions.models import UserType

type Builder[T] = Callable[..., T]

PATH = "/api/webhook-endpoints"
PERSON = {"email": "ada@example.org"}
GOOD = "https://receiver.example/hook"


@pytest.fixture
def operator(make_client: Builder[APIClient]) -> APIClient:
    """Return somebody whose key is for operations and for nothing else."""
    return make_client(scopes=["operations"])


def _create(client: APIClient, **body: Any) -> Answer:
    return client.post(PATH, {"url": GOOD, **body})


def _errors(response: Answer) -> list[tuple[str, str]]:
    assert response.status_code == 400, response.content
    return [(error["path"], error["code"]) for error in response.json()["errors"]]


def test_an_endpoint_is_stored_shown_listed_changed_and_deleted(operator: APIClient) -> None:
    created = _create(operator, description="Billing", event_types=["workflow.completed", "workflow.completed"])

    assert created.status_code == 201
    assert created["Cache-Control"] == "no-store"
    shown = created.json()
    secret, place = shown.pop("secret"), f"{PATH}/{shown['id']}"
    assert secret.startswith("whsec_")
    assert shown == {
        "id": shown["id"],
        "url": GOOD,
        "description": "Billing",
        "event_types": ["workflow.completed"],
        "is_active": True,
        "disabled_reason": None,
        "disabled_at": None,
        "failing_since": None,
        "last_success_at": None,
        "created_at": shown["created_at"],
        "updated_at": shown["created_at"],
    }
    assert operator.get(place).json() == shown
    assert operator.get(PATH).json()["results"] == [shown]
    changed = operator.patch(place, {**shown, "event_types": [], "is_active": False})
    assert changed.status_code == 200
    assert changed.json()["event_types"] == []
    assert changed.json()["disabled_reason"] == "An operator disabled it."
    assert [len(operator.get(PATH, {"is_active": word}).json()["results"]) for word in ("true", "false")] == [0, 1]
    assert operator.delete(place).status_code == 204
    assert operator.get(place).status_code == 404


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://receiver.example/hook", "scheme"),
        ("https://127.0.0.1/", "loopback"),
        ("https://169.254.169.254/latest/meta-data", "metadata"),
        ("https://10.0.0.8/", "private"),
        ("https://localhost/", "host"),
        ("https://user:word@receiver.example/", "userinfo"),
        ("https://receiver.example:6379/", "port"),
        ("https://receiver.example/{{state.email}}", "character"),
        ("file:///etc/passwd", "scheme"),
    ],
)
def test_a_url_that_must_not_be_sent_to_is_refused_with_the_reason(operator: APIClient, url: str, code: str) -> None:
    assert ("/url", code) in _errors(_create(operator, url=url))

    made = _create(operator).json()
    assert ("/url", code) in _errors(operator.patch(f"{PATH}/{made['id']}", {"url": url}))
    assert WebhookEndpoint.objects.get().url == GOOD


def test_all_that_is_wrong_is_said_at_once(operator: APIClient) -> None:
    response = _create(operator, url="http://10.0.0.8/", event_types=["workflow.complete"])

    assert _errors(response) == [
        ("/url", "private"),
        ("/url", "scheme"),
        ("/url", "port"),
        ("/event_types", "unknown_event_type"),
    ]
    assert "Did you mean 'workflow.completed'?" in response.json()["detail"]
    assert _errors(_create(operator, is_activ=True, event_types="all")) == [
        ("/event_types", "not_a_list"),
        ("/is_activ", "unknown_key"),
    ]


def test_nobody_but_operators_gets_anywhere_near(
    stranger: APIClient, nobody: APIClient, make_client: Builder[APIClient], operator: APIClient
) -> None:
    made = _create(operator).json()
    backend = make_client(scopes=["workflows:read", "workflows:run", "templates:write"])
    place = f"{PATH}/{made['id']}"
    doors = [
        ("get", PATH),
        ("post", PATH),
        ("get", place),
        ("patch", place),
        ("delete", place),
        ("post", f"{place}/rotate-secret"),
        ("post", f"{place}/test"),
        ("get", f"{place}/deliveries"),
        ("post", f"{place}/replay"),
    ]
    for method, path in doors:
        for caller, expected in ((nobody, 401), (stranger, 403), (backend, 403)):
            assert getattr(caller, method)(path, {}).status_code == expected, (method, path)
    assert WebhookEndpoint.objects.get().secrets == WebhookEndpoint.objects.get(pk=made["id"]).secrets
    assert not Delivery.objects.exists()


def test_a_key_limited_to_user_types_cannot_be_given_the_right(
    make_client: Builder[APIClient], make_user_type: Builder[UserType]
) -> None:
    with pytest.raises(Exception, match="cannot hold operations"):
        make_client(scopes=["operations"], user_types=[make_user_type()])


def test_what_is_not_there_is_404(operator: APIClient) -> None:
    place = f"{PATH}/00000000-0000-0000-0000-000000000000"

    for method, path in (("get", ""), ("patch", ""), ("delete", ""), ("get", "/deliveries")):
        assert getattr(operator, method)(place + path, {}).status_code == 404
    for act in ("rotate-secret", "test", "replay"):
        assert answered(operator.post(f"{place}/{act}", {})) == (404, "not_found")


def test_a_test_event_goes_the_same_way_and_to_this_endpoint_alone(
    operator: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret]
) -> None:
    asked, other = listen(), listen()
    made = make_endpoint(asked, "workflow.failed")
    make_endpoint(other)

    response = operator.post(f"{PATH}/{made.endpoint.pk}/test", {})
    again = operator.post(f"{PATH}/{made.endpoint.pk}/test", {})
    work()

    assert (response.status_code, response.json()["status"]) == (202, "pending")
    first, second = asked.requests
    message = verified(first, made.secret)
    assert message["type"] == "webhook.test"
    assert message["data"] == {"sequence": 1, "endpoint_id": str(made.endpoint.pk)}
    assert sorted(ids_of([first, second])) == sorted([response.json()["id"], again.json()["id"]])
    assert other.requests == []


def test_a_disabled_endpoint_takes_no_test_and_no_replay(operator: APIClient) -> None:
    place = f"{PATH}/{_create(operator, is_active=False).json()['id']}"

    assert answered(operator.post(f"{place}/test", {})) == (409, "endpoint_disabled")
    since = timezone.now().isoformat()
    assert answered(operator.post(f"{place}/replay", {"since": since})) == (409, "endpoint_disabled")
    assert not Event.objects.filter(type="webhook.test").exists()


def test_the_log_shows_every_attempt_and_nothing_of_what_was_sent(
    operator: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, number: Reply(status=500 if number == 1 else 200, body=b"so so"))
    made = make_endpoint(server, "workflow.completed")
    workflow = make_workflow(state_data=PERSON)
    work_patiently()

    response = operator.get(f"{PATH}/{made.endpoint.pk}/deliveries")

    (line,) = response.json()["results"]
    assert (line["status"], line["method"], line["attempts"]) == ("delivered", "POST", 2)
    assert (line["endpoint_id"], line["workflow_id"]) == (str(made.endpoint.pk), str(workflow.pk))
    assert line["event"]["type"] == "workflow.completed"
    assert [(t["number"], t["result"], t["status_code"], t["excerpt"]) for t in line["tries"]] == [
        (1, "retry", 500, "so so"),
        (2, "delivered", 200, "so so"),
    ]
    assert PERSON["email"] not in response.content.decode()


def test_the_log_is_narrowed_and_costs_the_same_however_long_it_is(
    operator: APIClient,
    listen: Builder[Receiver],
    make_endpoint: Builder[WithSecret],
    make_workflow: Builder[Workflow],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = make_endpoint(listen())
    for _ in range(3):
        make_workflow(state_data=PERSON)
    work()
    place = f"{PATH}/{made.endpoint.pk}/deliveries"
    operator.get(place)

    with django_assert_num_queries(5):  # the key, the endpoint, the count, the page, the attempts
        everything = operator.get(place).json()

    assert everything["count"] == Delivery.objects.count()
    completed = operator.get(place, {"event_type": "workflow.completed", "status": "delivered"}).json()
    assert completed["count"] == 3
    assert operator.get(place, {"status": "failed"}).json()["count"] == 0
    assert operator.get(place, {"status": "sent"}).status_code == 400
    assert operator.get(place, {"kind": "webhook"}).status_code == 400


def _missed(
    listen: Builder[Receiver],
    make_endpoint: Builder[WithSecret],
    make_workflow: Builder[Workflow],
    times: list[datetime],
) -> tuple[Receiver, WithSecret]:
    """Have webhooks fail that were dispatched at these times; the receiver is well from then on."""
    is_well = threading.Event()
    server = listen(lambda _received, _number: Reply(status=200 if is_well.is_set() else 500))
    made = make_endpoint(server, "workflow.completed")
    for at in times:
        make_workflow(state_data=PERSON)
        dispatch(at)
    Delivery.objects.update(max_attempts=1)
    work_patiently()
    assert set(Delivery.objects.values_list("status", flat=True)) == {"failed"}
    is_well.set()
    return server, made


def test_what_failed_in_a_range_of_time_is_sent_once_more_under_the_same_ids(
    operator: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    now = timezone.now()
    times = [now - timedelta(hours=hours) for hours in (3, 2, 1)]
    server, made = _missed(listen, make_endpoint, make_workflow, times)
    missed = {str(found.pk): found.created_at for found in Delivery.objects.all()}
    before = len(server.requests)

    answer = operator.post(
        f"{PATH}/{made.endpoint.pk}/replay", {"since": times[1].isoformat(), "until": times[2].isoformat()}
    )
    work()

    assert (answer.status_code, answer.json()) == (202, {"reopened": 1, "next_since": None})
    (request,) = server.requests[before:]
    assert missed[request.headers["webhook-id"]] == times[1]
    verified(request, made.secret)
    rest = operator.post(f"{PATH}/{made.endpoint.pk}/replay", {"since": times[0].isoformat()}).json()
    assert rest["reopened"] == 2, "what got through meanwhile is not sent again"


def test_what_got_through_is_sent_once_more_only_if_asked_for(
    operator: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen()
    made = make_endpoint(server, "workflow.completed")
    make_workflow(state_data=PERSON)
    work()
    order = {"since": (timezone.now() - timedelta(hours=1)).isoformat()}

    assert operator.post(f"{PATH}/{made.endpoint.pk}/replay", order).json()["reopened"] == 0
    assert operator.post(f"{PATH}/{made.endpoint.pk}/replay", {**order, "only_failed": False}).json()["reopened"] == 1
    assert operator.post(f"{PATH}/{made.endpoint.pk}/replay", {**order, "only_failed": False}).json()["reopened"] == 0
    work()

    assert len(server.requests) == 2
    assert len(set(ids_of(server.requests))) == 1


def test_a_replay_that_fails_is_tried_by_the_whole_schedule_again(
    operator: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen(lambda _received, _number: Reply(status=500))
    made = make_endpoint(server, "workflow.completed")
    make_workflow(state_data=PERSON)
    work_patiently()
    order = {"since": (timezone.now() - timedelta(hours=1)).isoformat()}
    operator.post(f"{PATH}/{made.endpoint.pk}/replay", order)

    work()

    pending = Delivery.objects.get()
    assert (pending.status, pending.attempts) == (Status.PENDING, 11)
    assert (pending.next_attempt_at - timezone.now()).total_seconds() < 7
    work_patiently()
    assert (Delivery.objects.get().status, len(server.requests)) == (Status.FAILED, 20)


def test_a_replay_takes_so_many_at_most_and_says_where_to_go_on(
    operator: APIClient,
    listen: Builder[Receiver],
    make_endpoint: Builder[WithSecret],
    make_workflow: Builder[Workflow],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endpoint_services, "MOST_REPLAYED", 3)
    monkeypatch.setattr(endpoint_services, "REPLAYED_AT_A_TIME", 2)
    now = timezone.now()
    times = [now - timedelta(hours=hours) for hours in (5, 4, 3, 2, 1)]
    _, made = _missed(listen, make_endpoint, make_workflow, times)

    first = operator.post(f"{PATH}/{made.endpoint.pk}/replay", {"since": times[0].isoformat()}).json()
    second = operator.post(f"{PATH}/{made.endpoint.pk}/replay", {"since": first["next_since"]}).json()

    assert (first["reopened"], datetime.fromisoformat(first["next_since"])) == (3, times[3])
    assert second == {"reopened": 2, "next_since": None}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, ("/since", "required")),
        ({"since": "yesterday"}, ("/since", "invalid")),
        ({"since": "2026-03-01T12:00:00"}, ("/since", "naive")),
        ({"since": "0001-01-01T00:00:00+14:00"}, ("/since", "overflow")),
        ({"since": "2026-03-01T12:00:00Z", "upto": "2026-03-02T12:00:00Z"}, ("/upto", "unknown_key")),
    ],
)
def test_a_range_that_is_none_is_refused(operator: APIClient, body: dict[str, str], error: tuple[str, str]) -> None:
    place = f"{PATH}/{_create(operator).json()['id']}"

    assert _errors(operator.post(f"{place}/replay", body)) == [error]


def test_what_was_blanked_is_not_sent_once_more(
    operator: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    _, made = _missed(listen, make_endpoint, make_workflow, [timezone.now()])
    Delivery.objects.all().blank()

    order = {"since": (timezone.now() - timedelta(hours=1)).isoformat()}

    assert operator.post(f"{PATH}/{made.endpoint.pk}/replay", order).json()["reopened"] == 0


def test_rotating_shows_a_new_secret_and_signs_with_both_for_a_day(
    operator: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret]
) -> None:
    server = listen()
    made = make_endpoint(server)
    place = f"{PATH}/{made.endpoint.pk}"

    rotated = operator.post(f"{place}/rotate-secret", {})
    operator.post(f"{place}/test", {})
    work()

    assert (rotated.status_code, rotated["Cache-Control"]) == (200, "no-store")
    new = rotated.json()["secret"]
    assert new != made.secret
    assert verified(server.requests[0], new) == verified(server.requests[0], made.secret)
    endpoint, now = WebhookEndpoint.objects.get(), timezone.now()
    assert len(endpoint.encrypted_secrets(now + timedelta(hours=23.9))) == 2
    assert len(endpoint.encrypted_secrets(now + timedelta(hours=24.1))) == 1


def test_an_old_secret_is_dropped_after_its_day_and_a_rotation_does_not_prolong_it(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret]
) -> None:
    made, now = make_endpoint(listen()), timezone.now()

    rotate_secret(made.endpoint.pk, at=now)
    later = rotate_secret(made.endpoint.pk, at=now + timedelta(hours=20)).endpoint

    assert [len(later.encrypted_secrets(now + timedelta(hours=hours))) for hours in (20, 24, 44)] == [3, 2, 1]


def test_a_secret_that_leaked_is_revoked_at_once(
    operator: APIClient, listen: Builder[Receiver], make_endpoint: Builder[WithSecret]
) -> None:
    server = listen()
    made = make_endpoint(server)
    place = f"{PATH}/{made.endpoint.pk}"

    new = operator.post(f"{place}/rotate-secret", {"revoke_old": True}).json()["secret"]
    operator.post(f"{place}/test", {})
    work()

    verified(server.requests[0], new)
    with pytest.raises(WebhookVerificationError):
        verified(server.requests[0], made.secret)


def test_rotating_again_and_again_is_refused_rather_than_breaking_a_promise(operator: APIClient) -> None:
    place = f"{PATH}/{_create(operator).json()['id']}"
    for _ in range(4):
        assert operator.post(f"{place}/rotate-secret", {}).status_code == 200

    assert answered(operator.post(f"{place}/rotate-secret", {})) == (409, "rotated_too_often")
    assert operator.post(f"{place}/rotate-secret", {"revoke_old": True}).status_code == 200


def test_secrets_are_encrypted_anew_and_stay_the_same(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret]
) -> None:
    server = listen()
    made = make_endpoint(server)
    new = rotate_secret(made.endpoint.pk, at=timezone.now()).secret
    before = {kept["encrypted"] for kept in WebhookEndpoint.objects.get().secrets}

    assert encrypt_anew(at=timezone.now()) == 1

    assert before.isdisjoint(kept["encrypted"] for kept in WebhookEndpoint.objects.get().secrets)
    send_test(made.endpoint.pk, actor="test", at=timezone.now())
    work()
    verified(server.requests[0], new)
    verified(server.requests[0], made.secret)


@pytest.mark.django_db(transaction=True)
def test_while_secrets_rotate_under_load_every_hit_verifies_with_the_old_or_the_new_one(
    listen: Builder[Receiver], make_endpoint: Builder[WithSecret], make_workflow: Builder[Workflow]
) -> None:
    server = listen()
    made = make_endpoint(server)
    known, failures = [made.secret], list[Exception]()
    for _ in range(10):
        make_workflow(state_data=PERSON)

    def send() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  raised in the test below
            failures.append(error)
        finally:
            connection.close()

    dispatch(timezone.now())
    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    known += [rotate_secret(made.endpoint.pk, at=timezone.now()).secret for _ in range(4)]
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(server.requests) == Delivery.objects.count() > 40
    for request in server.requests:
        assert any(_is_verified(request, secret) for secret in known)
        verified(request, made.secret)  # whoever did not hear of the rotation yet


def _is_verified(request: Received, secret: str) -> bool:
    try:
        return bool(verified(request, secret))
    except WebhookVerificationError:
        return False


def test_a_secret_is_in_no_row_answer_log_or_attempt(
    operator: APIClient,
    listen: Builder[Receiver],
    make_workflow: Builder[Workflow],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def echo(received: Received, _number: int) -> Reply:
        return Reply(status=500, body=received.head + received.body)

    server = listen(echo)
    with caplog.at_level(logging.DEBUG):
        made = _create(operator, url=f"{server.url}/hook").json()
        place = f"{PATH}/{made['id']}"
        secrets = [made["secret"], operator.post(f"{place}/rotate-secret", {}).json()["secret"]]
        make_workflow(state_data=PERSON)
        work()
        answers = [
            operator.get(place),
            operator.get(PATH),
            operator.patch(place, {"description": "x"}),
            operator.get(f"{place}/deliveries"),
            operator.post(f"{place}/test", {}),
            operator.post(f"{place}/replay", {"since": "2026-01-01T00:00:00Z"}),
        ]

    models = (WebhookEndpoint, Delivery, DeliveryAttempt, Event)
    rows = [serializers.serialize("json", model._default_manager.all()) for model in models]
    seen = "\n".join([*rows, caplog.text, *(answer.content.decode() for answer in answers)])
    assert "webhook-signature" in seen, "the receiver did send back what it got"
    for secret in secrets:
        assert secret not in seen
        assert secret.removeprefix("whsec_") not in seen
