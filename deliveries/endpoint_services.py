"""Webhook endpoints: each use case is one transaction. A secret leaves here once, as the return value.

Locks are taken in the order in which a worker settles: channel, endpoint.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from deliveries import vault
from deliveries.addresses import UrlRefused, target_of
from deliveries.dispatch import dispatch
from deliveries.endpoint_errors import EndpointDisabled, EndpointInvalid, EndpointNotFound, RotatedTooOften
from deliveries.endpoints import WebhookEndpoint
from deliveries.errors import Undecipherable
from deliveries.event_types import TEST, unknown_types
from deliveries.models import Channel, Delivery
from deliveries.results import Status
from deliveries.signing import new_secret
from deliveries.webhooks import PATIENCE
from events.models import Event, NewEvent, Subject
from rest.encryption import encrypt

OLD_SECRET_STAYS = timedelta(hours=24)
MOST_SECRETS = 5
BY_AN_OPERATOR = "An operator disabled it."

MOST_REPLAYED = 10_000
REPLAYED_AT_A_TIME = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class WithSecret:
    """An endpoint with its new secret, which is shown this once."""

    endpoint: WebhookEndpoint
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Which deliveries to an endpoint are to be sent once more: those of events dispatched in this time."""

    since: datetime
    until: datetime
    only_failed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many deliveries are open again, and from when on there are more, if there are."""

    count: int
    next_since: datetime | None


@transaction.atomic
def create_endpoint(*, at: datetime, **given: Any) -> WithSecret:
    """Store a new endpoint: `url`, `description`, `event_types`, `is_active`.

    :raises EndpointInvalid: the URL must not be sent to, or a type of event does not exist
    """
    check_endpoint(given)
    secret = new_secret()
    endpoint = WebhookEndpoint(created_at=at, updated_at=at, **{**given, **_switched(given, at)})
    endpoint.secrets = endpoint.secrets_with(encrypt(secret), at=at, old_until=at)
    endpoint.save(force_insert=True)
    return WithSecret(endpoint=endpoint, secret=secret)


@transaction.atomic
def change_endpoint(endpoint_id: UUID, changes: Mapping[str, Any], *, at: datetime) -> WebhookEndpoint:
    """Store changes of an endpoint. What waits for it is sent to its new URL; enabling it forgets its failures.

    :raises EndpointInvalid: the URL must not be sent to, or a type of event does not exist
    :raises EndpointNotFound: it was deleted meanwhile
    """
    check_endpoint(changes)
    if "url" in changes or changes.get("is_active"):
        _wake(endpoint_id)
    endpoint = _locked(endpoint_id)
    is_switched = changes.get("is_active", endpoint.is_active) != endpoint.is_active
    endpoint.write({**changes, **(_switched(changes, at) if is_switched else {})}, at=at)
    return endpoint


def check_endpoint(given: Mapping[str, Any]) -> None:
    """Refuse what is wrong with an endpoint, all of it at once.

    :raises EndpointInvalid: the URL must not be sent to, or a type of event does not exist
    """
    errors = [
        *_wrong_with_url(given.get("url")),
        *(
            {"path": "/event_types", "code": "unknown_event_type", "message": sentence}
            for sentence in unknown_types(given.get("event_types", ()))
        ),
    ]
    if errors:
        raise EndpointInvalid(" ".join(error["message"] for error in errors), errors=errors)


@transaction.atomic
def rotate_secret(endpoint_id: UUID, *, at: datetime, revoke_old: bool = False) -> WithSecret:
    """Sign with a new secret from now on, and for a day with the old ones too, unless they are to be revoked.

    :raises EndpointNotFound: it was deleted meanwhile
    :raises RotatedTooOften: as many old ones are valid as there may be
    """
    endpoint, secret = _locked(endpoint_id), new_secret()
    old_until = at if revoke_old else at + OLD_SECRET_STAYS
    secrets = endpoint.secrets_with(encrypt(secret), at=at, old_until=old_until)
    if len(secrets) > MOST_SECRETS:
        raise RotatedTooOften(
            f"{MOST_SECRETS} secrets of this endpoint are valid already, each for a day after it was replaced. "
            "Wait, or rotate with revoke_old: true, which ends all old ones at once."
        )
    endpoint.write({"secrets": secrets}, at=at)
    return WithSecret(endpoint=endpoint, secret=secret)


def encrypt_anew(*, at: datetime) -> tuple[int, list[UUID]]:
    """Encrypt the secrets of all endpoints with the first key; return for how many, and which endpoints are lost."""
    count, lost = 0, []
    for endpoint_id in WebhookEndpoint.objects.values_list("pk", flat=True):
        with transaction.atomic():
            endpoint = WebhookEndpoint.objects.select_for_update().filter(pk=endpoint_id).first()
            if endpoint is None:  # it was deleted meanwhile
                continue
            try:
                secrets = endpoint.secrets_encrypted_by(lambda kept: encrypt(vault.secret_of_endpoint(kept)))
            except Undecipherable:
                lost.append(endpoint_id)
                continue
            endpoint.write({"secrets": secrets}, at=at)
            count += 1
    return count, lost


@transaction.atomic
def delete_endpoint(endpoint_id: UUID) -> None:
    """Remove an endpoint. What is still to be sent to it is given up when its turn comes."""
    WebhookEndpoint.objects.filter(pk=endpoint_id).delete()


@transaction.atomic
def send_test(endpoint_id: UUID, *, actor: str, at: datetime) -> Delivery:
    """Have a test event sent to one endpoint by the same way as any other.

    :raises EndpointNotFound: it was deleted meanwhile
    :raises EndpointDisabled: nothing is sent to it
    """
    _wake(endpoint_id)
    endpoint = _locked(endpoint_id)
    _check_active(endpoint)
    subject = Subject(id=endpoint.pk, template_id=endpoint.pk, template_version=0)
    Event.objects.write(subject, [NewEvent(type=TEST, data={})], at=at, actor=actor)
    dispatch(at, subject_id=endpoint.pk)
    sent = Delivery.objects.select_related("event", "channel").prefetch_related("tries")
    return sent.get(event=Event.objects.of(endpoint.pk).last(), target=endpoint.target)


def replay(endpoint: WebhookEndpoint, wanted: Range, *, at: datetime) -> Replayed:
    """Send once more what an endpoint missed, the same messages under the same ids; so many at most.

    :raises EndpointDisabled: nothing is sent to it
    """
    _check_active(endpoint)
    _wake(endpoint.pk)
    found = Delivery.objects.through(endpoint.channel_name).filter(
        created_at__gte=wanted.since, created_at__lt=wanted.until
    )
    found = found.exclude(sealed_request="")
    found = found.filter(status=Status.FAILED) if wanted.only_failed else found.exclude(status=Status.PENDING)
    rows = list(found.order_by("created_at", "-id").values_list("pk", "created_at")[: MOST_REPLAYED + 1])
    count = 0
    for ids in _batches([pk for pk, _ in rows[:MOST_REPLAYED]]):
        with transaction.atomic():
            some = Delivery.objects.filter(pk__in=ids)
            count += some.reopen(at=at, give_up_at=at + PATIENCE)
    return Replayed(count=count, next_since=rows[-1][1] if len(rows) > MOST_REPLAYED else None)


def _batches(ids: list[UUID]) -> Iterable[list[UUID]]:
    return (ids[begin : begin + REPLAYED_AT_A_TIME] for begin in range(0, len(ids), REPLAYED_AT_A_TIME))


def _wake(endpoint_id: UUID) -> None:
    """End the rest that the channel of an endpoint has from failing: an operator thinks that it is well again."""
    Channel.objects.filter(name=WebhookEndpoint(pk=endpoint_id).channel_name).update(open_until=None)


def _locked(endpoint_id: UUID) -> WebhookEndpoint:
    endpoint = WebhookEndpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if endpoint is None:
        raise EndpointNotFound("There is no such webhook endpoint.")
    return endpoint


def _check_active(endpoint: WebhookEndpoint) -> None:
    if not endpoint.is_active:
        raise EndpointDisabled(
            f"This endpoint is disabled. {endpoint.disabled_reason} Enable it first: PATCH is_active to true."
        )


def _switched(given: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Return what goes with being switched on or off."""
    if given.get("is_active", True):
        return {"disabled_reason": "", "disabled_at": None, "failing_since": None}
    return {"disabled_reason": BY_AN_OPERATOR, "disabled_at": at}


def _wrong_with_url(url: str | None) -> list[dict[str, str]]:
    if url is None:
        return []
    try:
        target_of(url, allow=settings.EGRESS_ALLOW)
    except UrlRefused as refused:
        return [{"path": "/url", "code": code, "message": sentence} for code, sentence in refused.findings]
    return []
