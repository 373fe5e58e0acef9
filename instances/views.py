"""Workflows over HTTP: parse, one service call, shape the answer."""

from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from engine.report import Outcome
from engine.submission import Submission
from engine.writing import Writing
from events.models import Event
from instances import services
from instances.acting import Acting, Done
from instances.answers import act_answer, event_answer, full_answer, start_answer
from instances.errors import AppendUnprotected
from instances.filters import WorkflowFilter
from instances.idempotency import IDEMPOTENCY_KEY, idempotent
from instances.inclusions import Acted, included
from instances.listing import listed
from instances.models import Workflow
from instances.serializers import (
    ActivateSerializer,
    ActSerializer,
    ChangeSerializer,
    ConfirmSerializer,
    EventSerializer,
    FullWorkflowSerializer,
    ListedWorkflowSerializer,
    ReasonSerializer,
    RelyingSerializer,
    ReplaceSerializer,
    ResumeSerializer,
    RetrySerializer,
    StartedSerializer,
    StartSerializer,
    SubmitSerializer,
    WorkflowSerializer,
)
from instances.services import StartOrder
from instances.waiting import waiting
from registry.definitions import definition_of
from rest.callers import caller_of
from rest.preconditions import etag_of, if_match_of
from rest.problems import problem
from rest.serializers import body_of
from rest.views import ApiViewSet

_IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description='The ETag of what was read, like "5": 412 if it is another now.',
)
_ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200, 201], description="The revision, as an entity tag."
)
_WAIT = OpenApiParameter(
    "wait", int, description="Seconds, at most 20: let what this asks for happen at once, and answer with the result."
)
_INCLUDE = [
    OpenApiParameter("include", str, description="`context`: also answer what a model needs to know now."),
    OpenApiParameter("dialect", str, description="Of an included context, as its own route takes it."),
    OpenApiParameter("locale", str, description="Likewise."),
    OpenApiParameter("max_chars", int, description="Likewise."),
]
# What a retry may come with that changes nothing: then the same is asked for again.
_SAYS_NOTHING = frozenset({"source", "evidence", "message"})
_describe = partial(extend_schema, responses={200: ActSerializer})
_describe_act = partial(_describe, parameters=[_IF_MATCH, IDEMPOTENCY_KEY, _ETAG, *_INCLUDE])
_describe_waiting_act = partial(_describe, parameters=[_IF_MATCH, IDEMPOTENCY_KEY, _ETAG, _WAIT, *_INCLUDE])
_describe_writing = partial(_describe, parameters=[_IF_MATCH, _ETAG, _WAIT, *_INCLUDE])


class WorkflowViewSet(ApiViewSet[Workflow]):
    """Workflows, and what can be done to them."""

    policy = "workflows"
    queryset = Workflow.objects.none()
    filterset_class = WorkflowFilter
    serializer_class = WorkflowSerializer

    def get_queryset(self) -> QuerySet[Workflow]:
        """Return what the caller may know of, newest first."""
        return Workflow.objects.visible_to(caller_of(self.request)).with_names().order_by("-created_at", "id")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the caller in, and refuse what an act cannot include before it is done."""
        super().initial(request, *args, **kwargs)
        if request.method not in SAFE_METHODS:
            included(request)

    @extend_schema(responses=ListedWorkflowSerializer(many=True))
    def list(self, request: Request) -> Response:
        """List workflows. One that no key of this service reads has `error`, and null for what follows from values."""
        page = self.cut(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(listed(page, caller_of(request)))

    @extend_schema(
        request=StartSerializer,
        responses={201: StartedSerializer},
        parameters=[IDEMPOTENCY_KEY, _ETAG, _WAIT, *_INCLUDE],
    )
    @waiting
    @idempotent
    def create(self, request: Request) -> Response:
        """Start a workflow; what is refused of `state_data` is in `submission`.

        With unmet prerequisites it is created and waits; `on_unmet: start` starts the first of them that can start.
        """
        caller = caller_of(request)
        done = services.start(StartOrder(**body_of(request, StartSerializer)), _acting(request))
        answer = {**start_answer(done, caller), **_included(request, done)}
        return Response(answer, status=status.HTTP_201_CREATED, headers=_tag(done.workflow))

    @extend_schema(responses=FullWorkflowSerializer, parameters=[_ETAG])
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show a workflow."""
        workflow = self.get_object()
        answer = full_answer(workflow, definition_of(workflow.version_id), caller_of(request))
        return Response(answer, headers=_tag(workflow))

    @_describe_writing(request=ReplaceSerializer)
    @waiting
    def update(self, request: Request, pk: UUID) -> Response:
        """Replace values and metadata, all or nothing; a live field that is not given is cleared."""
        self.get_object()  # whose it is not learns that, and nothing of what is wrong with the body
        body, acting = _read(request, ReplaceSerializer)
        writing = Writing(values=body["state_data"], metadata=body["metadata"], replaces=True)
        return _act_response(request, services.write(pk, writing, acting))

    @_describe_writing(request=ChangeSerializer)
    @waiting
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change values and metadata, all or nothing (JSON Merge Patch); null clears."""
        body, acting = _read(request, ChangeSerializer)
        writing = Writing(values=body.get("state_data", {}), metadata=body.get("metadata"))
        return _act_response(request, services.write(pk, writing, acting))

    @extend_schema(responses={204: None}, parameters=[_IF_MATCH])
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a created or ended workflow and its values."""
        services.delete(pk, _relying(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @_describe_waiting_act(request=SubmitSerializer)
    @action(detail=True, methods=["post"], policy="workflow-acts")
    @waiting
    @idempotent
    def submit(self, request: Request, pk: UUID) -> Response:
        """Give values; each is judged alone, and valid ones are stored even if others are refused."""
        body, acting = _read(request, SubmitSerializer)
        return _act_response(request, services.submit(pk, _submission(request, body, acting), acting))

    @_describe_waiting_act(request=ActivateSerializer)
    @action(detail=True, methods=["post"], policy="workflow-acts")
    @waiting
    @idempotent
    def activate(self, request: Request, pk: UUID) -> Response:
        """Give a created workflow the slot of its conversation, once its prerequisites are met."""
        body, acting = _read(request, ActivateSerializer)
        return _act_response(request, services.activate(pk, acting, **body))

    @_describe_act(request=ReasonSerializer)
    @action(detail=True, methods=["post"], policy="workflow-acts")
    @idempotent
    def pause(self, request: Request, pk: UUID) -> Response:
        """Free the slot of the conversation and keep everything."""
        body, acting = _read(request, ReasonSerializer)
        return _act_response(request, services.pause(pk, acting, **body))

    @_describe_waiting_act(request=ResumeSerializer)
    @action(detail=True, methods=["post"], policy="workflow-acts")
    @waiting
    @idempotent
    def resume(self, request: Request, pk: UUID) -> Response:
        """Take the slot of the conversation again, with what the person said on coming back."""
        body, acting = _read(request, ResumeSerializer)
        on_active = body.pop("on_active")
        submission = _submission(request, body, acting)
        return _act_response(request, services.resume(pk, submission, acting, on_active=on_active))

    @_describe_waiting_act(request=ConfirmSerializer)
    @action(detail=True, methods=["post"], policy="workflow-acts")
    @waiting
    @idempotent
    def confirm(self, request: Request, pk: UUID) -> Response:
        """Confirm what was collected, with the token that came with its summary."""
        body, acting = _read(request, ConfirmSerializer)
        return _act_response(request, services.confirm(pk, acting, **body))

    @_describe_act(request=ReasonSerializer)
    @action(detail=True, methods=["post"], policy="workflow-acts")
    @idempotent
    def cancel(self, request: Request, pk: UUID) -> Response:
        """End a workflow before its end; what was collected is kept."""
        body, acting = _read(request, ReasonSerializer)
        return _act_response(request, services.cancel(pk, acting, **body))

    @_describe_waiting_act(request=RetrySerializer)
    @action(detail=True, methods=["post"], policy="workflow-acts")
    @waiting
    @idempotent
    def retry(self, request: Request, pk: UUID) -> Response:
        """Ask again for what failed, an action or the end; with values, a failed workflow is active and ends anew."""
        body, acting = _read(request, RetrySerializer)
        on_active = body.pop("on_active")
        submission = _submission(request, body, acting) if body.keys() - _SAYS_NOTHING else None
        return _act_response(request, services.retry(pk, submission, acting, on_active=on_active))

    @extend_schema(responses=EventSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], policy="workflow-events", filterset_class=None)
    def events(self, request: Request, pk: UUID) -> Response:
        """Show the timeline of a workflow, oldest first."""
        return self.page_of(self.cut_only(Event.objects.of(self.get_object().pk)), event_answer)


def _acting(request: Request) -> Acting:
    return Acting(caller=caller_of(request), at=timezone.now())


def _relying(request: Request, expected_revision: int | None = None) -> Acting:
    """Return who acts on the state that the request says it has seen."""
    return replace(_acting(request), expected_revision=expected_revision, if_match=if_match_of(request))


def _read(request: Request, serializer_class: type[RelyingSerializer]) -> tuple[dict[str, Any], Acting]:
    """Return what the body of an act says, and who acts."""
    body = body_of(request, serializer_class)
    return body, _relying(request, body.pop("expected_revision", None))


def _submission(request: Request, body: dict[str, Any], acting: Acting) -> Submission:
    """Return what was handed over.

    :raises AppendUnprotected: it appends, and nothing would tell a second delivery of it from the first
    """
    is_protected = acting.expected_revision is not None or acting.if_match is not None
    if body.get("append") and not is_protected and "Idempotency-Key" not in request.headers:
        raise AppendUnprotected(
            "Sent twice, append adds twice. Send an Idempotency-Key with it, or the expected_revision."
        )
    return Submission(**body)


def _tag(workflow: Workflow) -> dict[str, str]:
    return {"ETag": etag_of(workflow.revision)}


def _act_response(request: Request, done: Done) -> Response:
    """Return the answer of an act; one of which everything was refused is a problem with the same members."""
    answer, headers = {**act_answer(done, caller_of(request)), **_included(request, done)}, _tag(done.workflow)
    if done.decision.report.outcome is Outcome.REJECTED:
        detail = "No value was accepted. What is wrong with each is in rejected."
        return problem(status.HTTP_400_BAD_REQUEST, "rejected", detail, headers=headers, **answer)
    return Response(answer, headers=headers)


def _included(request: Request, done: Done) -> dict[str, Any]:
    """Return what the request wants to know beside what its act led to."""
    acted = Acted(
        workflow=done.workflow,
        definition=done.definition,
        caller=caller_of(request),
        position=done.decision.position,
        report=done.decision.report,
        say=done.decision.say,
    )
    return included(request)(acted)
