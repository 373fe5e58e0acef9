"""Templates, drafts and versions over HTTP: parse, ask the registry, shape the answer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from engine.differences import differences
from registry import answers
from registry.answers import findings_answer, template_answer
from registry.diffs import patch_between
from registry.documents import ANSWER_KEYS, NO_CONTENT
from registry.errors import DraftNotFound
from registry.filters import TemplateFilter
from registry.models import WorkflowTemplate
from registry.publish_checks import Publisher
from registry.registry import WorkflowRegistry
from registry.serializers import (
    DiffSerializer,
    DocumentSerializer,
    DraftInputSerializer,
    DraftSerializer,
    PublishSerializer,
    TemplateSerializer,
    ValidationSerializer,
    VersionSerializer,
    VersionSummarySerializer,
)
from rest.callers import caller_of
from rest.serializers import EmptySerializer, StrictSerializer, body_of
from rest.views import ApiViewSet


class TemplateViewSet(ApiViewSet[WorkflowTemplate]):
    """Templates. A change of content is a new version; workflows keep the version they were started with."""

    policy = "templates"
    queryset = WorkflowTemplate.objects.none()
    filterset_class = TemplateFilter
    serializer_class = TemplateSerializer

    def get_queryset(self) -> QuerySet[WorkflowTemplate]:
        """Return what the caller may know of."""
        visible = WorkflowTemplate.objects.visible_to(caller_of(self.request)).order_by("name")
        return visible.published() if self.action in ("list", "retrieve") else visible

    def list(self, request: Request) -> Response:
        """List templates."""
        return self.page_of(self.cut(self.filter_queryset(self.get_queryset())), template_answer)

    @extend_schema(request=DocumentSerializer, responses={201: TemplateSerializer})
    def create(self, request: Request) -> Response:
        """Store a document and publish it as version 1, usable at once."""
        template = WorkflowRegistry.create(request.data, **_by(request))
        return Response(_written(request, template), status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show a template with its published content."""
        return Response(template_answer(self.get_object()))

    @extend_schema(request=DocumentSerializer)
    def update(self, request: Request, pk: UUID) -> Response:
        """Replace the document; changed content becomes the next version."""
        template = WorkflowRegistry.replace(self.get_object().pk, _document(request), **_by(request))
        return Response(_written(request, template))

    @extend_schema(request=DocumentSerializer(partial=True))
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change some top-level keys; changed content becomes the next version."""
        template = WorkflowRegistry.change(self.get_object().pk, _document(request), **_by(request))
        return Response(_written(request, template))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a template that no workflow was made from."""
        WorkflowRegistry.delete(self.get_object().pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=DocumentSerializer, responses=ValidationSerializer)
    @action(detail=False, methods=["post"], policy="template-validation")
    def validate(self, request: Request) -> Response:
        """Return everything found in a document; nothing is stored."""
        found = WorkflowRegistry.validate(request.data, publisher=Publisher.of(caller_of(request)))
        return Response({"valid": not any(finding.is_error for finding in found), "findings": findings_answer(found)})

    @extend_schema(responses=DraftSerializer)
    @action(detail=True, methods=["get"], policy="template-draft")
    def draft(self, request: Request, pk: UUID) -> Response:
        """Show the draft."""
        template = self.get_object()
        if template.draft is None:
            raise DraftNotFound(f"{template.name!r} has no draft. PUT one first.")
        return Response(answers.draft_answer(template))

    @extend_schema(request=DraftInputSerializer, responses=DraftSerializer)
    @draft.mapping.put
    def save_draft(self, request: Request, pk: UUID) -> Response:
        """Keep any JSON object as the draft."""
        body = body_of(request, DraftInputSerializer)
        template = WorkflowRegistry.save_draft(
            self.get_object().pk,
            body["document"],
            actor=caller_of(request).actor,
            at=timezone.now(),
            expected_revision=body.get("expected_revision"),
        )
        return Response(answers.draft_answer(template))

    @extend_schema(responses={204: None})
    @draft.mapping.delete
    def discard_draft(self, request: Request, pk: UUID) -> Response:
        """Take the draft away."""
        WorkflowRegistry.discard_draft(self.get_object().pk, actor=caller_of(request).actor, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=PublishSerializer, responses=TemplateSerializer)
    @action(detail=True, methods=["post"], policy="template-publishing")
    def publish(self, request: Request, pk: UUID) -> Response:
        """Publish the draft as the next version."""
        template = WorkflowRegistry.publish_draft(
            self.get_object().pk, **_by(request), **body_of(request, PublishSerializer)
        )
        return Response(_written(request, template))

    @extend_schema(responses=VersionSummarySerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], policy="template-versions", filterset_class=None)
    def versions(self, request: Request, pk: UUID) -> Response:
        """List the versions, newest first."""
        return self.page_of(self.cut_only(self.get_object().versions.order_by("-number")), answers.version_summary)

    @extend_schema(responses=VersionSerializer)
    @action(detail=True, methods=["get"], url_path="versions/<int:number>", policy="template-versions")
    def version(self, request: Request, pk: UUID, number: int) -> Response:
        """Show one version with its content."""
        return Response(answers.version_answer(WorkflowRegistry.version(self.get_object(), number)))

    @extend_schema(
        responses=DiffSerializer, parameters=[OpenApiParameter("against", int, description="default: the one before")]
    )
    @action(
        detail=True,
        methods=["get"],
        url_path="versions/<int:number>/diff",
        policy="template-versions",
        filterset_class=None,
    )
    def diff(self, request: Request, pk: UUID, number: int) -> Response:
        """Show what a version changed against another, in words and as JSON Patch."""
        template = self.get_object()
        against = _AgainstSerializer.read(request, default=number - 1)
        after = WorkflowRegistry.version(template, number)
        before = WorkflowRegistry.version(template, against).content() if against else None  # it came out of nothing
        words = differences(NO_CONTENT if before is None else before, after.content())
        patch = patch_between(before or {}, after.content())
        told = answers.differences_answer(words)
        return Response({"number": number, "against": against, "words": told, "patch": patch})

    @extend_schema(request=EmptySerializer, responses=TemplateSerializer)
    @action(detail=True, methods=["post"], url_path="versions/<int:number>/restore", policy="template-publishing")
    def restore(self, request: Request, pk: UUID, number: int) -> Response:
        """Publish the content of an earlier version again, as a new one."""
        body_of(request, EmptySerializer)
        template = WorkflowRegistry.restore(self.get_object().pk, number, **_by(request))
        return Response(_written(request, template))


class _AgainstSerializer(StrictSerializer):
    against = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    @classmethod
    def read(cls, request: Request, *, default: int) -> int:
        """Return the version to compare with."""
        parameters = cls(data=dict(request.query_params.items()))
        parameters.is_valid(raise_exception=True)
        return int(parameters.validated_data.get("against", default))


def _document(request: Request) -> Mapping[str, Any]:
    """Return the document sent, without the keys that only our answers have."""
    if not isinstance(request.data, dict):
        raise ValidationError("The body must be a JSON object.")
    return {key: part for key, part in request.data.items() if key not in ANSWER_KEYS}


def _by(request: Request) -> dict[str, Any]:
    """Return who publishes, and when."""
    caller = caller_of(request)
    return {"actor": caller.actor, "at": timezone.now(), "publisher": Publisher.of(caller)}


def _written(request: Request, template: WorkflowTemplate) -> dict[str, Any]:
    """Return a template that was just written, with what is worth knowing about it."""
    found = WorkflowRegistry.validate(template.document(), publisher=Publisher.of(caller_of(request)))
    return {**template_answer(template), "findings": findings_answer(found)}
