"""The page over HTTP: who may enter, and what is answered to whom may not. It knows a person by the link alone."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from conversations.links import LinkExpired, LinkForged, Opened, link_until, opened
from conversations.page.looking import Shown, Visit
from conversations.page.picture import Moment
from conversations.page.pressing import press
from conversations.page.rates import TooOften, count_address, count_link
from engine.strict_json import MAX_BYTES
from instances.errors import WorkflowNotFound
from rest.encryption import KeyLost

logger = logging.getLogger(__name__)

type Page = Callable[[HttpRequest, str], HttpResponseBase]

_METHODS = ("GET", "HEAD", "POST")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refusal:
    """What a person reads who is not let in."""

    status: HTTPStatus
    heading: str
    text: str


_NOT_STORED = "What you did just now was not stored."

# A link that had its time and one whose workflow was deleted are refused alike: neither tells what is there.
_GONE = _Refusal(
    status=HTTPStatus.GONE,
    heading="This link does not work any more",
    text="Links are good for a while only. Go back to where you got this one, and ask for a new link.",
)
_UNKNOWN = _Refusal(
    status=HTTPStatus.NOT_FOUND,
    heading="This link does not work",
    text="Perhaps a part of it is missing. Copy the whole link, or go back to where you got it and ask for a new one.",
)
_NO_COOKIE = _Refusal(
    status=HTTPStatus.FORBIDDEN,
    heading="Please open the link again",
    text="What you wrote was not sent: this page has been open for too long, or your browser keeps no cookies. "
    "Allow cookies for this site, open the link again and write it once more.",
)
_TOO_LARGE = _Refusal(
    status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    heading="That was too much at once",
    text="What you wrote is too long to be sent. Go back and make it shorter.",
)
_UNREADABLE = _Refusal(
    status=HTTPStatus.BAD_REQUEST,
    heading="That could not be read",
    text="It was not sent as this page sends it. Open the link again in a browser, and write it once more.",
)
_TOO_OFTEN = _Refusal(
    status=HTTPStatus.TOO_MANY_REQUESTS,
    heading="That was too fast",
    text="This page was asked for very often in a short time. Wait a minute, and open the link again.",
)
_BUSY = _Refusal(
    status=HTTPStatus.SERVICE_UNAVAILABLE,
    heading="We are busy",
    text="Wait a moment, and open the link again. It shows whether what you did just now was stored.",
)

_CLOSED = _Refusal(
    status=HTTPStatus.SERVICE_UNAVAILABLE,
    heading="This cannot be opened at the moment",
    text="Nothing is lost, and what you did just now was not stored. Please tell whoever sent you here, and come back "
    "later.",
)


def _guarded(view: Page) -> Page:
    """Let a request in that is neither too large nor one of too many, and keep the answer to the person alone."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponseBase:
        return _private(_answer(view, request, token))

    return guarded


def _answer(view: Page, request: HttpRequest, token: str) -> HttpResponseBase:
    if request.method not in _METHODS:
        return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(_METHODS)})
    try:
        count_address(request)
        if _length_of(request) > MAX_BYTES:
            return _refused(request, _TOO_LARGE)
        response = view(request, token)
    except (BadRequest, SuspiciousOperation, MultiPartParserError):
        return _refused(request, _UNREADABLE)
    except TooOften as refusal:
        return _refused(request, _in_vain(request, _TOO_OFTEN), retry_after=refusal.seconds)
    except LinkForged:
        return _refused(request, _UNKNOWN)
    except (LinkExpired, WorkflowNotFound):
        return _refused(request, _in_vain(request, _GONE))
    except OperationalError as error:
        logger.error("The database did not answer", exc_info=error)  # noqa: TRY400  to the person it is no failure
        return _refused(request, _BUSY, retry_after=5)
    except KeyLost as lost:
        logger.error("%s", lost.message)  # noqa: TRY400  where it was noticed helps nobody
        return _refused(request, _CLOSED)
    # The page itself forbids nothing, so this is what protects it from being used by other sites.
    return _refused(request, _NO_COOKIE) if response.status_code == HTTPStatus.FORBIDDEN else response


# Exempt from the middleware, which would read a body of any size before it is looked at here how large it is.
@csrf_exempt
@_guarded
@csrf_protect
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show a workflow to the person who has a link to it, after the button that they pressed."""
    now = timezone.now()
    link = opened(token, at=now)
    count_link(request, link.workflow_id)
    visit = Visit.of(link.workflow_id, at=now)
    if request.method != "POST":
        return _rendered(request, link, visit, visit.shown(changing=request.GET.getlist("change")))
    shown = press(visit, request.POST)
    if shown is None:
        return HttpResponseRedirect(request.path, status=HTTPStatus.SEE_OTHER)
    return _rendered(request, link, visit, shown)


def _rendered(request: HttpRequest, link: Opened, visit: Visit, shown: Shown) -> HttpResponse:
    context: dict[str, Any] = {
        "shown": shown,
        "picture": shown.picture,
        "name": name_of(visit.workflow.template.name),
        "following": _following(link, visit, shown),
    }
    return render(request, "conversations/page.html", context)


def _following(link: Opened, visit: Visit, shown: Shown) -> dict[str, str] | None:
    """Return where the person goes on, if the workflow handed over to another one of theirs; no longer than this."""
    successor = getattr(visit.workflow, "successor", None) if shown.picture.moment is Moment.COMPLETED else None
    if successor is None:
        return None
    url = link_until(successor, base_url="", expires_at=link.expires_at).url
    return {"url": url, "name": name_of(successor.template.name)}


def name_of(template: str) -> str:
    """Return the name of a template as people read it.

    >>> name_of("flu_vaccination")
    'Flu vaccination'
    """
    words = template.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _in_vain(request: HttpRequest, refusal: _Refusal) -> _Refusal:
    """Say to whoever wrote something that it was in vain: a link expires while people write, too."""
    return replace(refusal, text=f"{_NOT_STORED} {refusal.text}") if request.method == "POST" else refusal


def _refused(request: HttpRequest, refusal: _Refusal, *, retry_after: int | None = None) -> HttpResponse:
    context = {"heading": refusal.heading, "text": refusal.text}
    response = render(request, "conversations/refused.html", context, status=refusal.status)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """Let nobody keep the answer, and tell no other site of the link: the referrer has it in its path."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"  # with less than that, browsers keep back what protects forms
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _length_of(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else MAX_BYTES + 1
