"""Sending one delivery: an HTTP request or a call of a tool, from what was rendered to what came of it.

Secrets are filled in here and nowhere earlier, and taken out of what comes back before anybody stores it.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from deliveries import vault
from deliveries.client import Answer, SendFailed
from deliveries.client import send as send_request
from deliveries.hosts import host_of
from deliveries.models import Delivery, Kind
from deliveries.patience import TookTooLong, within
from deliveries.redaction import redact
from deliveries.results import EXCERPT, Delivered, NotYet, Refused, Result, Seen
from deliveries.tools import ToolCall, ToolNotFound, ToolRefused, tool_named
from deliveries.webhooks import signed_request
from engine.errors import DomainError
from engine.rendering import fill_secrets, secret_names
from engine.requests import Request
from engine.strict_json import UnreadableJson, check, loads
from engine.verdicts import Verdict, captured, classify
from instances.quiet import log_quietly
from rest.encryption import KeyLost

logger = logging.getLogger(__name__)

LONGEST_SECONDS = min(20.0, settings.DELIVERIES_LEASE_SECONDS / 2)
"""The longest anything may take to send: at most half the lease under which it is sent."""

MAX_ANSWER = 64 * 1024

_UNTOLD = "The tool refuses what it was asked. Its words are not kept: they may quote what is sensitive."


def send(delivery: Delivery) -> Result:
    """Send a delivery once."""
    if refusal := delivery.terms.get("unrenderable"):
        return Refused(code=refusal["code"], reason=refusal["reason"])
    try:
        request = delivery.request
    except KeyLost as lost:  # nothing was sent; it can be once an operator has brought the key back
        return NotYet(code=lost.code, reason=lost.message, may_have_been_done=False, blames_receiver=False)
    if request is None:
        return Refused(code="request_forgotten", reason="What was to be sent is not kept any more.")
    if delivery.kind == Kind.WEBHOOK:
        return _send_webhook(delivery, body=request["body"])
    if "tool" in request:
        return _call_tool(delivery, request)
    return _send_api_call(delivery, Request.from_dict(request))


def _send_api_call(delivery: Delivery, request: Request) -> Result:
    host, port = host_of(request.url)
    try:
        secrets = vault.reveal(secret_names(request), host=host, port=port, at=timezone.now())
    except DomainError as refusal:
        return Refused(code=refusal.code, reason=refusal.message)
    filled = with_headers(fill_secrets(request, secrets), {"Idempotency-Key": str(delivery.pk)})
    return exchange(filled, delivery.terms, secrets=list(secrets.values()))


def _send_webhook(delivery: Delivery, *, body: str) -> Result:
    """Send a webhook: the receiver either took it or said that it is gone, and anything else is worth another try."""
    request = signed_request(delivery, body=body, at=timezone.now())
    if isinstance(request, Refused):
        return request
    result = exchange(request, {})
    if isinstance(result, Refused) and not result.is_gone:
        return NotYet(code=result.code, reason=result.reason, seen=result.seen)
    return result


def exchange(request: Request, terms: Mapping[str, Any], *, secrets: Sequence[str] = ()) -> Result:
    """Send an HTTP request and judge the answer by the terms of the delivery."""
    try:
        answer = send_request(
            request,
            deadline=min(terms.get("timeout", LONGEST_SECONDS), LONGEST_SECONDS),
            max_body=MAX_ANSWER,
            allow=settings.EGRESS_ALLOW,
        )
    except SendFailed as failure:
        if failure.code in ("blocked", "header_refused", "body_refused"):
            return Refused(code=failure.code, reason=failure.message)
        return NotYet(code=failure.code, reason=failure.message, may_have_been_done=failure.may_have_arrived)
    return judged(answer, terms, secrets=secrets, at=timezone.now())


def judged(answer: Answer, terms: Mapping[str, Any], *, secrets: Sequence[str], at: datetime) -> Result:
    """Return what an answer means: its status decides, by what the author said counts as success."""
    text = redact(answer.body.decode("utf-8", errors="replace"), secrets).replace("\x00", "\ufffd")
    seen = Seen(status_code=answer.status, excerpt=text[:EXCERPT])
    words = f"The receiver answered {answer.status}."
    match classify(answer.status, terms):
        case Verdict.SUCCESS:
            return Delivered(answer=captured(terms, _parsed(text, is_cut=answer.is_cut)), seen=seen)
        case Verdict.RETRY:
            return NotYet(
                code=f"http_{answer.status}",
                reason=words,
                wish=_wish_of(answer, at),
                may_have_been_done=answer.status >= 500,
                seen=seen,
            )
        case Verdict.FAILURE:
            return Refused(code=f"http_{answer.status}", reason=words, is_gone=answer.status == 410, seen=seen)


def with_headers(request: Request, headers: Mapping[str, str]) -> Request:
    """Return the request with these headers, whatever the author wrote under the same names."""
    ours = {name.lower() for name in headers}
    kept = {name: value for name, value in request.headers.items() if name.lower() not in ours}
    return replace(request, headers={**kept, **headers})


def _call_tool(delivery: Delivery, request: Mapping[str, Any]) -> Result:
    """Call a tool. What it raises, but for a refusal, leaves open whether it was done."""
    workflow = delivery.workflow
    call = ToolCall(
        idempotency_key=str(delivery.pk),
        workflow_id=str(workflow.pk) if workflow else "",
        template=workflow.template.name if workflow else "",
        version=workflow.version.number if workflow else 0,
        at=timezone.now(),
        own_addresses=frozenset(request.get("own_addresses", ())),
    )
    try:
        tool = tool_named(request["tool"])
        answer = within(LONGEST_SECONDS, lambda: tool.run(call, request["arguments"]))
    except TookTooLong:
        words = f"The tool took longer than {LONGEST_SECONDS} s. It may still do what it was asked."
        return NotYet(code="tool_timeout", reason=words)
    except (ToolRefused, ToolNotFound) as refusal:
        code = getattr(refusal, "reason", refusal.code)
        return Refused(code=code, reason=_UNTOLD if delivery.is_sensitive else refusal.message)
    except Exception as error:  # noqa: BLE001  tools are other people's code
        log_quietly(logger, f"Tool {request['tool']} failed in delivery {delivery.pk}", error)
        return NotYet(code="tool_failed", reason=f"The tool failed ({type(error).__name__}). The log says where.")
    return Delivered(answer=captured(delivery.terms, _storable(answer, request["tool"])))


def _storable(answer: Any, tool: str) -> Any:
    """Return what a tool answered if it is JSON; it did what it was asked in any case."""
    try:
        check(answer)
    except UnreadableJson:
        logger.error("Tool %s answered what is no JSON; it is not kept.", tool)  # noqa: TRY400  the answer is in it
        return None
    return answer


def _parsed(text: str, *, is_cut: bool) -> Any:
    """Return an answer as JSON if it is, and as text otherwise; one that was cut is text, too."""
    if not text.strip():
        return None
    if is_cut:
        return text
    try:
        return loads(text)
    except UnreadableJson:
        return text


def _wish_of(answer: Answer, at: datetime) -> timedelta | None:
    """Return how long the receiver asks us to wait: seconds or an HTTP date (RFC 9110, section 10.2.3)."""
    given = answer.headers.get("retry-after", "").strip()
    if given.isascii() and given.isdecimal():
        return timedelta(seconds=min(int(given), 10**6))
    try:
        moment = parsedate_to_datetime(given)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return max(moment - at, timedelta(0))
