"""Links to the page of one workflow. All there is to know is in the link, signed; nothing of it is stored."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.urls import reverse
from rest_framework.request import Request

from engine.errors import NotFound
from instances.models import Workflow

_SIGNER = Signer(salt="workflows.page", sep=".")  # a full stop at the end of a link is taken for part of it by nobody
_LENGTH_OF_ID = 32


class LinkForged(NotFound):
    """This is no link that we made, or not as we made it."""

    code = "link_forged"


class LinkExpired(NotFound):
    """The link has had its time."""

    code = "link_expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a person finds the page of a workflow, and until when."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a link says: which workflow it is for, and until when."""

    workflow_id: UUID
    expires_at: datetime


def page_link(workflow: Workflow, *, base_url: str, at: datetime) -> Link:
    """Return a link to the page of a workflow, good for `PAGE_LINK_HOURS` from now; of our site if `base_url` is "".

    Whoever has it may answer and confirm in the person's place, and read what is not sensitive, and nothing else.
    """
    expires_at = (at + timedelta(hours=settings.PAGE_LINK_HOURS)).replace(microsecond=0)
    return link_until(workflow, base_url=base_url, expires_at=expires_at)


def link_until(workflow: Workflow, *, base_url: str, expires_at: datetime) -> Link:
    """Return a link that is good until a moment: what follows on a workflow is reached for as long as that was."""
    token = _SIGNER.sign(f"{workflow.pk.hex}{int(expires_at.timestamp()):x}")
    return Link(url=base_url.rstrip("/") + reverse("hosted-page", args=[token]), expires_at=expires_at)


def opened(token: str, *, at: datetime) -> Opened:
    """Return what the token of a link says, whether or not there still is such a workflow.

    :raises LinkForged: we never made this token
    :raises LinkExpired: we did, and it has had its time
    """
    try:
        text = _SIGNER.unsign(token)
    except BadSignature:
        raise LinkForged("This link is not complete, or was not made here. Ask for a new one.") from None
    expires_at = datetime.fromtimestamp(int(text[_LENGTH_OF_ID:], 16), UTC)
    if expires_at <= at:
        raise LinkExpired("This link has expired. Ask for a new one.")
    return Opened(workflow_id=UUID(text[:_LENGTH_OF_ID]), expires_at=expires_at)


def base_url_of(request: HttpRequest | Request) -> str:
    """Return the address of this site as people reach it: `PUBLIC_URL`, or where this request came in."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/")
