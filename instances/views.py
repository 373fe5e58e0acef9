"""Workflows over HTTP: parse, one service call, shape the answer."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from engine.submission import Outcome, Submission
from events.models import Event
from instances import services
from instances.acting import Acting, Done
from instances.answers import act_answer, event_answer, full_answer, start_answer, workflow_answer
from instances.filters import WorkflowFilter
from instances.idempotency import idempotent
from instances.models import Workflow
from instances.serializers import (
    ActivateSerializer,
    ActSerializer,
    ConfirmSerializer,
    EventSerializer,
    FullWorkflowSerializer,
    ReasonSerializer,
    ResumeSerializer,
    StartedSerializer,
    StartSerializer,
    SubmitSerializer,
    WorkflowSerializer,
)
from instances.services import StartOrder
from registry.definitions import definition_of, definitions_of
from rest.callers import caller_of
from rest.problems import problem
from rest.serializers import body_of
from rest.views import ApiViewSet


class WorkflowViewSet(ApiViewSet[Workflow]):
    """Workflows, and what can be done to them."""

    policy = "workflows"
    queryset = Workflow.objects.none()
    filterset_class = WorkflowFilter
    serializer_class = WorkflowSerializer

    def get_queryset(self) -> QuerySet[Workflow]:
        """Return what the caller may know of, newest first."""
        return Workflow.objects.visible_to(caller_of(self.request)).with_names().order_by("-created_at", "id")

    def list(self, request: Request) -> Response:
        """List workflows."""
        page = self.cut(self.filter_queryset(self.get_queryset()))
        definitions = definitions_of(workflow.version_id for workflow in page)
        caller = caller_of(request)
        return self.page_of(page, lambda workflow: workflow_answer(workflow, definitions[workflow.version_id], caller))

    @extend_schema(request=StartSerializer, responses={201: StartedSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Start a workflow; what is refused of `state_data` is in `submission`.

        With unmet prerequisites it is created and waits; `on_unmet: start` starts the first of them that can start.
        """
        caller = caller_of(request)
        done = services.start(StartOrder(**body_of(request, StartSerializer)), _acting(request))
        return Response(start_answer(done, caller), status=status.HTTP_201_CREATED)

    @extend_schema(responses=FullWorkflowSerializer)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show a workflow."""
        workflow = self.get_object()
        return Response(full_answer(workflow, definition_of(workflow.version_id), caller_of(request)))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a created or ended workflow and its values."""
        services.delete(pk, _acting(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=SubmitSerializer, responses={200: ActSerializer})
    @action(detail=True, methods=["post"], policy="workflow-acts")
    @idempotent
    def submit(self, request: Request, pk: UUID) -> Response:
        """Give values; each is judged alone, and valid ones are stored even if others are refused."""
        submission, acting = _submission(request, body_of(request, SubmitSerializer))
        return _act_response(request, services.submit(pk, submission, acting))

    @extend_schema(request=ActivateSerializer, responses={200: ActSerializer})
    @action(detail=True, methods=["post"], policy="workflow-acts")
    @idempotent
    def activate(self, request: Request, pk: UUID) -> Response:
        """Give a created workflow the slot of its conversation, once its prerequisites are met."""
        body = body_of(request, ActivateSerializer)
        return _act_response(request, services.activate(pk, _acting(request), **body))

    @extend_schema(request=ReasonSerializer, responses={200: ActSerializer})
    @action(detail=True, methods=["post"], policy="workflow-acts")
    @idempotent
    def pause(self, request: Request, pk: UUID) -> Response:
        """Free the slot of the conversation and keep everything."""
        body = body_of(request, ReasonSerializer)
        return _act_response(request, services.pause(pk, _acting(request), **body))

    @extend_schema(request=ResumeSerializer, responses={200: ActSerializer})
    @action(detail=True, methods=["post"], policy="workflow-acts")
    @idempotent
    def resume(self, request: Request, pk: UUID) -> Response:
        """Take the slot of the conversation again, with what the person said on coming back."""
        body = body_of(request, ResumeSerializer)
        on_active = body.pop("on_active")
        submission, acting = _submission(request, body)
        return _act_response(request, services.resume(pk, submission, acting, on_active=on_active))

    @extend_schema(request=ConfirmSerializer, responses={200: ActSerializer})
    @action(detail=True, methods=["post"], policy="workflow-acts")
    @idempotent
    def confirm(self, request: Request, pk: UUID) -> Response:
        """Confirm what was collected, with the token that came with its summary."""
        body = body_of(request, ConfirmSerializer)
        return _act_response(request, services.confirm(pk, _acting(request), **body))

    @extend_schema(request=ReasonSerializer, responses={200: ActSerializer})
    @action(detail=True, methods=["post"], policy="workflow-acts")
    @idempotent
    def cancel(self, request: Request, pk: UUID) -> Response:
        """End a workflow before its end; what was collected is kept."""
        body = body_of(request, ReasonSerializer)
        return _act_response(request, services.cancel(pk, _acting(request), **body))

    @extend_schema(responses=EventSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], policy="workflow-events", filterset_class=None)
    def events(self, request: Request, pk: UUID) -> Response:
        """Show the timeline of a workflow, oldest first."""
        return self.page_of(self.cut(Event.objects.of(self.get_object().pk)), event_answer)


def _acting(request: Request, expected_revision: int | None = None) -> Acting:
    return Acting(caller=caller_of(request), at=timezone.now(), expected_revision=expected_revision)


def _submission(request: Request, body: dict[str, Any]) -> tuple[Submission, Acting]:
    """Return what was handed over, and how."""
    acting = _acting(request, body.pop("expected_revision", None))
    return Submission(**body), acting


def _act_response(request: Request, done: Done) -> Response:
    """Return the answer of an act; one of which everything was refused is a problem with the same members."""
    answer = act_answer(done, caller_of(request))
    if done.decision.report.outcome is Outcome.REJECTED:
        detail = "No value was accepted. What is wrong with each is in rejected."
        return problem(status.HTTP_400_BAD_REQUEST, "rejected", detail, **answer)
    return Response(answer)
