"""Webhooks are signed so that the library of Standard Webhooks, and anybody by hand, can verify them."""

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from deliveries.event_types import EVENT_TYPES, HEARD, TEST, unknown_types
from deliveries.signing import new_secret, signature_headers

PUBLISHED_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OURS = "whsec_d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3c="
BODY = '{"name":"Zoë 🦊"}'


def test_the_vector_that_the_libraries_of_standard_webhooks_share_comes_out() -> None:
    at = datetime(2021, 2, 25, 15, 2, 10, tzinfo=UTC)

    headers = signature_headers(
        [PUBLISHED_SECRET], message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, body='{"test": 2432232314}'
    )

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_what_openssl_computes_comes_out_for_letters_beyond_ascii() -> None:
    at = datetime(2026, 1, 1, 0, 0, 0, 999_999, tzinfo=UTC)

    headers = signature_headers([OURS], message_id="id-1", at=at, body=BODY)

    assert headers["webhook-timestamp"] == "1767225600"
    assert headers["webhook-signature"] == "v1,j0AJdpyMxuxMGUUpk43SQKHqeX9KJe3GOxiv76Qlm+o="


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9, minutes=-30))])
def test_the_library_verifies_ours_whatever_zone_the_clock_is_in(zone: timezone) -> None:
    secret = new_secret()

    headers = signature_headers([secret], message_id="id-1", at=datetime.now(zone), body=BODY)

    assert Webhook(secret).verify(BODY, headers) == {"name": "Zoë 🦊"}


def test_while_rotating_the_old_secret_and_the_new_one_verify_and_no_third() -> None:
    old, new, other = new_secret(), new_secret(), new_secret()

    headers = signature_headers([new, old], message_id="id-1", at=datetime.now(UTC), body=BODY)

    assert headers["webhook-signature"].count(" ") == 1
    Webhook(old).verify(BODY, headers)
    Webhook(new).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(BODY, headers)


@pytest.mark.parametrize(
    "changed", [{"webhook-id": "id-2"}, {"webhook-timestamp": str(int(datetime.now(UTC).timestamp()) + 1)}]
)
def test_a_signature_is_of_this_id_and_this_moment(changed: dict[str, str]) -> None:
    secret = new_secret()
    headers = signature_headers([secret], message_id="id-1", at=datetime.now(UTC) - timedelta(minutes=1), body=BODY)

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, {**headers, **changed})


def test_every_secret_is_another_one_and_long_enough() -> None:
    secrets = {new_secret() for _ in range(100)}

    assert len(secrets) == 100
    assert {len(base64.b64decode(secret.removeprefix("whsec_"))) for secret in secrets} == {32}


def test_the_types_of_events_are_those_of_the_contract_and_a_test_is_none_to_listen_to() -> None:
    assert HEARD - set(EVENT_TYPES) == {TEST}
    assert unknown_types(EVENT_TYPES) == []
    assert len(unknown_types([TEST])) == 1


def test_unknown_types_are_named_once_each_with_the_nearest_one_there_is() -> None:
    first, second = unknown_types(["workflow.complete", "nonsense", "workflow.complete", "workflow.failed"])

    assert first == "There is no event type 'workflow.complete'. Did you mean 'workflow.completed'?"
    assert second.startswith("There is no event type 'nonsense'. Known are: workflow.created, workflow.activated,")


def test_a_long_list_of_nonsense_makes_no_long_answer() -> None:
    sentences = unknown_types(["x" * 10_000, *map(str, range(1000))])

    assert len(sentences) == 20
    assert sentences[0].startswith(f"There is no event type '{'x' * 100}'. ")
    assert max(map(len, sentences)) < 400
