"""What a model calls, over HTTP, and the tools that it is told of."""

from dataclasses import asdict
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from conversations.calls import ToolCall, carry_out
from conversations.links import base_url_of
from conversations.parameters import DialectSerializer, conversation_id_in, person_of, read, wanted_of
from conversations.parties import Conversation
from conversations.tool_serializers import (
    TemplateToolsSerializer,
    ToolCallSerializer,
    ToolResultSerializer,
)
from conversations.tools import tools_of
from conversations.toolschema.dialects import Dialect
from instances.acting import Acting
from instances.idempotency import IDEMPOTENCY_KEY, idempotent
from instances.models import Workflow
from registry.definitions import definition_of
from registry.models import TemplateVersion, WorkflowTemplate
from rest.callers import caller_of
from rest.serializers import body_of
from rest.views import ApiViewSet


class ToolCallViewSet(ApiViewSet[Workflow]):
    """What a model called in a conversation."""

    policy = "tool-calls"
    queryset = Workflow.objects.none()
    serializer_class = ToolResultSerializer

    @extend_schema(
        request=ToolCallSerializer,
        responses={200: ToolResultSerializer},
        parameters=[IDEMPOTENCY_KEY],
        operation_id="conversations_tool_calls_create",
    )
    @idempotent
    def create(self, request: Request, conversation_id: str) -> Response:
        """Carry out what a model called. What it can mend is answered as `error`, with what to do next.

        A message with several calls is several requests, one after the other; the last answer has the context.
        """
        body = body_of(request, ToolCallSerializer)
        call = ToolCall(
            name=body["name"],
            arguments=body["arguments"],
            message=body.get("message"),
            is_protected="Idempotency-Key" in request.headers or "expected_revision" in body,
        )
        answer = carry_out(
            Conversation(id=conversation_id_in(conversation_id), **person_of(body)),
            call,
            Acting(caller=caller_of(request), at=timezone.now(), expected_revision=body.get("expected_revision")),
            wanted=wanted_of(body),
            base_url=base_url_of(request),
        )
        return Response(answer)


class TemplateToolsViewSet(ApiViewSet[WorkflowTemplate]):
    """What models are told that they can call while a workflow of a template is active."""

    policy = "template-tools"
    queryset = WorkflowTemplate.objects.none()
    serializer_class = TemplateToolsSerializer
    filterset_class = None

    def get_queryset(self) -> QuerySet[WorkflowTemplate]:
        """Return what the caller may know of."""
        return WorkflowTemplate.objects.visible_to(caller_of(self.request)).published()

    @extend_schema(parameters=[DialectSerializer], operation_id="workflow_templates_tools_retrieve")
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show the tools of the published version in a dialect, and what the dialect cannot say."""
        template = self.get_object()
        dialect = Dialect(read(request, DialectSerializer)["dialect"])
        version = get_object_or_404(TemplateVersion.objects.current(), template=template)
        told = tools_of(version.pk, definition_of(version.pk), dialect)
        return Response(
            {
                "dialect": dialect,
                "version": version.number,
                "tools": told.tools,
                "losses": [asdict(loss) for loss in told.losses],
            }
        )
