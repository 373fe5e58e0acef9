"""`Idempotency-Key`: a request that is sent again changes nothing again and gets the answer of the first.

Source: draft-ietf-httpapi-idempotency-key-header. The row of a key is inserted first in the transaction of the effect,
so that a second request waits for the first, and only what was committed is ever replayed.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate

from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import salted_hmac
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from engine.errors import Conflict, Invalid
from instances.errors import WorkflowNotFound
from instances.locks import waiting_at_most
from instances.models import IdempotencyKey, Workflow
from permissions.policy import may_see_sensitive
from rest.callers import Caller, caller_of
from rest.preconditions import etag_of

KEPT_FOR = timedelta(hours=24)
WAIT_SECONDS = 10

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 255 printable ASCII characters, like a UUID. Sent again within 24 hours, the request changes "
    "nothing again and gets the first answer; with another body it is refused.",
)

_KEY = re.compile(r'"?([\x21\x23-\x7e][\x20\x21\x23-\x7e]{0,254})"?')


class UnusableKey(Invalid):
    """The header is there and holds no key."""

    code = "idempotency_key_invalid"


class KeyReused(Invalid):
    """The key was used before, for another body."""

    code = "idempotency_key_reused"


class KeyInFlight(Conflict):
    """The first request with this key is still being worked on."""

    code = "idempotency_key_in_flight"
    retry_after = 1


def idempotent[V, **P](
    act: Callable[Concatenate[V, Request, P], Response],
) -> Callable[Concatenate[V, Request, P], HttpResponseBase]:
    """Carry out an acting view method once for each `Idempotency-Key`."""

    @wraps(act)
    def once(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        key = _key_of(request)
        if key is None:
            return act(view, request, *args, **kwargs)
        with transaction.atomic():
            first = _claim(_digest(request, key), _fingerprint(request), at=timezone.now())
            if first.body:
                return _replay(first, caller_of(request))
            response = act(view, request, *args, **kwargs)
            first.keep(
                status=response.status_code,
                body=JSONRenderer().render(response.data).decode(),
                content_type=response.content_type or "application/json",
            )
            return response

    return once


def _key_of(request: Request) -> str | None:
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    found = _KEY.fullmatch(given.strip())
    if found is None:
        raise UnusableKey("Idempotency-Key must be 1 to 255 printable ASCII characters, like a UUID.")
    return found.group(1)


def _digest(request: Request, key: str) -> str:
    """Return what a key is known by: it belongs to its caller, method and path."""
    return _sha256([caller_of(request).actor, request.method, request.path_info, key])


def _fingerprint(request: Request) -> str:
    """Return what tells one request from another; how long the client waits for the answer is no part of it.

    It is keyed, so that nobody who reads it finds out by trying what was sent.
    """
    parameters = [(name, values) for name, values in request.query_params.lists() if name != "wait"]
    caller = caller_of(request)
    sees_all = may_see_sensitive(scopes=caller.scopes, permissions=caller.permissions)
    # What was answered to somebody who sees sensitive values is not for whoever sees them no more.
    return keyed(_sha256([request.data, sorted(parameters), sees_all]))


def keyed(digest: str) -> str:
    """Return a digest that says nothing to whoever does not have the key of this service."""
    return salted_hmac("workflows.idempotency", digest, algorithm="sha256").hexdigest()


def _sha256(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _claim(digest: str, fingerprint: str, *, at: datetime) -> IdempotencyKey:
    """Insert the row of a key, or return the one that is there once its request is committed.

    :raises KeyInFlight: the first request took longer than 10 s
    :raises KeyReused: the key came with another body before
    """
    try:
        with transaction.atomic(), waiting_at_most(milliseconds=WAIT_SECONDS * 1000):
            return IdempotencyKey.objects.create(digest=digest, fingerprint=fingerprint, created_at=at)
    except OperationalError:
        raise KeyInFlight("The first request with this key is still under way. Ask again in a moment.") from None
    except IntegrityError:
        found = IdempotencyKey.objects.select_for_update().filter(digest=digest).first()
    if found is None:  # it was a day old, and the sweep took it away while this one waited for it
        return _claim(digest, fingerprint, at=at)
    if at - found.created_at >= KEPT_FOR:
        found.begin_anew(fingerprint=fingerprint, at=at)
    elif found.fingerprint != fingerprint:
        raise KeyReused("This Idempotency-Key was used for another request. Take a new key for a new request.")
    return found


def _replay(first: IdempotencyKey, caller: Caller) -> HttpResponse:
    """Answer as the first time, unless the workflow was deleted since, or is not the caller's to see any more.

    :raises WorkflowNotFound: so it is
    """
    answer = first.answer
    found = _workflows_in(json.loads(answer))
    ids = {workflow["id"] for workflow in found}
    if Workflow.objects.visible_to(caller).filter(pk__in=ids).count() < len(ids):
        raise WorkflowNotFound("There is no such workflow.")
    response = HttpResponse(answer, status=first.status, content_type=first.content_type)
    response["Idempotency-Replayed"] = "true"
    if len(found) == 1:
        response["ETag"] = etag_of(found[0]["revision"])
    return response


def _workflows_in(told: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the workflows that an answer tells of: the answer itself, or what it has as `workflow`.

    What a model called is answered with a result and a context, each of which may tell of one, or of none.
    """
    if "tool" not in told:
        return [told.get("workflow", told)]
    parts = [told["result"] or {}, told["context"] or {}]
    return [part["workflow"] for part in parts if part.get("workflow")]
