"""Links to the hosted page, made for a client that hands them to the person."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from conversations.links import base_url_of, page_link
from instances.models import Workflow
from rest.callers import caller_of
from rest.serializers import EmptySerializer, body_of
from rest.views import ApiViewSet


class LinkSerializer(serializers.Serializer[Any]):
    """A link to the page of a workflow; whoever has it acts in the person's place until it expires."""

    url = serializers.URLField()
    expires_at = serializers.DateTimeField()


class LinkViewSet(ApiViewSet[Workflow]):
    """Links to the pages of workflows."""

    policy = "workflow-links"
    queryset = Workflow.objects.none()
    serializer_class = LinkSerializer
    filterset_class = None

    def get_queryset(self) -> QuerySet[Workflow]:
        """Return what the caller may know of."""
        return Workflow.objects.visible_to(caller_of(self.request)).only("pk")

    @extend_schema(request=EmptySerializer, responses={201: LinkSerializer}, operation_id="workflows_link_create")
    def create(self, request: Request, pk: UUID) -> Response:
        """Make a link to a page on which the person fills in, corrects and confirms this workflow, without an account.

        Values that no model may see (`never_llm`) are given there. The link is made, not stored: each call makes one.
        """
        workflow = self.get_object()
        body_of(request, EmptySerializer)
        link = page_link(workflow, base_url=base_url_of(request), at=timezone.now())
        return Response({"url": link.url, "expires_at": link.expires_at}, status=status.HTTP_201_CREATED)
