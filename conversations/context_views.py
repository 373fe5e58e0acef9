"""Contexts over HTTP."""

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from conversations.contexts import context_of, conversation_context
from conversations.links import base_url_of
from conversations.parameters import (
    ConversationSerializer,
    WantedSerializer,
    conversation_id_in,
    person_of,
    read,
    wanted_of,
)
from conversations.parties import Conversation, party_of
from conversations.serializers import ContextSerializer, ConversationContextSerializer
from instances.models import Workflow
from registry.definitions import definition_of
from rest.callers import caller_of
from rest.preconditions import etag_of
from rest.views import ApiViewSet

_ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200], description="The revision, as an entity tag."
)


class WorkflowContextViewSet(ApiViewSet[Workflow]):
    """What a model needs to know of one workflow."""

    policy = "contexts"
    queryset = Workflow.objects.none()

    def get_queryset(self) -> QuerySet[Workflow]:
        """Return what the caller may know of."""
        return Workflow.objects.visible_to(caller_of(self.request)).in_brief()

    @extend_schema(parameters=[WantedSerializer, _ETAG], responses=ContextSerializer)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Tell a model everything that it needs to know of a workflow now."""
        workflow, wanted = self.get_object(), wanted_of(read(request, WantedSerializer))
        answer = context_of(
            workflow,
            definition_of(workflow.version_id),
            caller_of(request),
            wanted=wanted,
            base_url=base_url_of(request),
        )
        return Response(answer, headers={"ETag": etag_of(workflow.revision)})


class ConversationContextViewSet(ApiViewSet[Workflow]):
    """What a model needs to know in a conversation."""

    policy = "contexts"
    queryset = Workflow.objects.none()

    @extend_schema(parameters=[ConversationSerializer], responses=ConversationContextSerializer)
    def retrieve(self, request: Request, conversation_id: str) -> Response:
        """Tell a model of the active workflow of a conversation, or of what the person may start."""
        given, caller = read(request, ConversationSerializer), caller_of(request)
        party = party_of(Conversation(id=conversation_id_in(conversation_id), **person_of(given)), caller)
        answer = conversation_context(party, caller, wanted=wanted_of(given), base_url=base_url_of(request))
        return Response(answer)
