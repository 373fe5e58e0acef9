"""The secret of an endpoint is shown once, is nowhere to be found afterwards, and changes without a loss."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import serializers
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient
from standardwebhooks import WebhookVerificationError

from deliveries.dispatch import dispatch
from deliveries.endpoint_services import WithSecret, encrypt_anew, rotate_secret, send_test
from deliveries.endpoints import WebhookEndpoint
from deliveries.models import Delivery, DeliveryAttempt
from deliveries.tests.receivers import Received, Receiver, Reply
from deliveries.tests.webhook_calls import PATH, create, verified
from deliveries.tests.working import work
from events.models import Event
from instances.models import Workflow
from instances.tests.calls import answered

type Builder[T] = Callable[..., T]

PERSON = {"email": "ada@example.org"}


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
    place = f"{PATH}/{create(operator).json()['id']}"
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

    assert encrypt_anew(at=timezone.now()) == (1, [])

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
        made = create(operator, url=f"{server.url}/hook").json()
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
