"""`?wait=seconds`: a request that lets what its act asked for happen at once, and answers with what came of it.

What leaves the building is sent by a layer above this one, which registers how; here is only the waiting.
"""

import json
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.http.response import HttpResponse, HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from engine.errors import Conflict, Invalid
from engine.progress import Status
from engine.report import Rejected, Report
from engine.saying import Say
from engine.submission import Submission
from engine.workflow import Next
from instances import services
from instances.acting import Acting
from instances.answers import SHARED, full_answer, say_answer, workflow_part
from instances.inclusions import Acted, included
from instances.models import Workflow
from instances.quiet import log_quietly
from registry.definitions import definition_of
from rest.callers import Caller, caller_of
from rest.preconditions import etag_of

MOST_SECONDS = 20

logger = logging.getLogger(__name__)

type Carrier = Callable[[UUID, float], None]
"""Carries out what a workflow waits for; returns when nothing is left to carry out, or after so many seconds."""

_carriers: list[Carrier] = []


class WaitInvalid(Invalid):
    """The time to wait is no number of seconds, or too long."""

    code = "wait_invalid"


def register(carrier: Carrier) -> None:
    """Let this carry out what workflows wait for; registering it again changes nothing."""
    if carrier not in _carriers:
        _carriers.append(carrier)


def carry_out(workflow_id: UUID, seconds: float) -> None:
    """Let what a workflow waits for happen; returns when nothing is left to happen, or after so many seconds."""
    for carrier in _carriers:
        carrier(workflow_id, seconds)


def waiting[V, **P](
    act: Callable[Concatenate[V, Request, P], HttpResponseBase],
) -> Callable[Concatenate[V, Request, P], HttpResponseBase]:
    """Wait, after an acting view method, for what it asked for; outside of its transaction, which is committed."""

    @wraps(act)
    def waited(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        seconds = _seconds_of(request)
        response = act(view, request, *args, **kwargs)
        told = _told(response) if seconds else None
        if told is None:
            return response
        try:
            return _after_waiting(told, response, seconds, request)
        except Exception as error:  # noqa: BLE001  the act is done; whoever is told of an error would repeat it
            log_quietly(logger, "A request could not wait", error)
            return response

    return waited


def _seconds_of(request: Request) -> float:
    given = request.query_params.get("wait")
    if given is None:
        return 0
    if not re.fullmatch("[0-9]{1,2}", given) or int(given) > MOST_SECONDS:
        raise WaitInvalid(f"wait is a whole number of seconds, at most {MOST_SECONDS}.")
    return int(given)


def _told(response: HttpResponseBase) -> dict[str, Any] | None:
    """Return what was answered if there is something to wait for."""
    if response.status_code >= 300:
        return None
    told: dict[str, Any] | None = None
    if isinstance(response, Response):
        told = response.data
    elif isinstance(response, HttpResponse):  # the answer of an earlier request with the same key
        told = json.loads(response.content)
    if told is None or told["next"] not in (Next.WAIT, Next.FINISHING):
        return None
    return told if _workflow_in(told)["status"] in (Status.ACTIVE, Status.FINISHING) else None


def _workflow_in(told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = told.get("workflow", told)
    return found


def _after_waiting(
    told: dict[str, Any], response: HttpResponseBase, seconds: float, request: Request
) -> HttpResponseBase:
    """Let it happen, and answer as before, but with the workflow as it is now."""
    caller, workflow_id = caller_of(request), UUID(str(_workflow_in(told)["id"]))
    carry_out(workflow_id, seconds)
    workflow = Workflow.objects.visible_to(caller).with_names().filter(pk=workflow_id).first()
    if workflow is None:  # it was deleted meanwhile
        return response
    acted = _as_it_is_now(workflow, caller)
    now = full_answer(acted.workflow, acted.definition, caller, acted.position)
    say = now["say"] if acted.say is None else say_answer(acted.say)
    heard = {found["step"] for found in told["say"]}
    answer = {**told, **(now if "workflow" not in told else {name: now[name] for name in SHARED})}
    if "workflow" in told:
        answer["workflow"] = workflow_part(now)
    answer["say"] = [*told["say"], *(found for found in say if found["step"] not in heard)]
    answer |= included(request)(_with_report(acted, told, answer["say"]))
    headers = {name: response[name] for name in ("Idempotency-Replayed",) if name in response}
    return Response(answer, status=response.status_code, headers={**headers, "ETag": etag_of(now["revision"])})


def _as_it_is_now(workflow: Workflow, caller: Caller) -> Acted:
    """Return a workflow as it is now; what is to be said since the result came counts as said by that."""
    definition = definition_of(workflow.version_id)
    if workflow.status == Status.ACTIVE:
        try:
            done = services.submit(workflow.pk, Submission(), Acting(caller=caller, at=timezone.now()))
        except Conflict:  # it ended at this moment
            workflow = Workflow.objects.with_names().get(pk=workflow.pk)
        else:
            return Acted(
                workflow=done.workflow,
                definition=definition,
                caller=caller,
                position=done.decision.position,
                say=done.decision.say,
            )
    return Acted(workflow=workflow, definition=definition, caller=caller)


def _with_report(acted: Acted, told: dict[str, Any], say: list[dict[str, str]]) -> Acted:
    """Return what an act led to by now, with what it refused and all there is to say since."""
    refused = told.get("submission", told)["rejected"]
    report = Report(rejected=tuple(Rejected(**found) for found in refused))
    return replace(acted, report=report, say=tuple(Say(**found) for found in say))
