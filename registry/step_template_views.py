"""Reusable steps over HTTP: parse, ask the registry, shape the answer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from registry import answers, step_templates
from registry.filters import StepTemplateFilter
from registry.models import StepTemplate, StepTemplateQuerySet
from registry.serializers import (
    StepSourceSerializer,
    StepTemplateSerializer,
    StepVersionSerializer,
    UsedInSerializer,
    VersionSummarySerializer,
)
from rest.callers import caller_of
from rest.views import ApiViewSet


class StepTemplateViewSet(ApiViewSet[StepTemplate]):
    """Reusable steps. A change of content is a new version; templates keep the one they were made from."""

    policy = "step-templates"
    queryset = StepTemplate.objects.none()
    filterset_class = StepTemplateFilter
    serializer_class = StepTemplateSerializer

    def get_queryset(self) -> StepTemplateQuerySet:
        """Return what the caller may know of."""
        return StepTemplate.objects.visible_to(caller_of(self.request)).order_by("slug")

    def list(self, request: Request) -> Response:
        """List reusable steps."""
        found = self.filter_queryset(self.get_queryset().with_content())
        return self.page_of(self.cut(found), answers.step_template_answer)

    @extend_schema(request=StepSourceSerializer, responses={201: StepTemplateSerializer})
    def create(self, request: Request) -> Response:
        """Store a reusable step and publish it as version 1, usable at once."""
        made = step_templates.create(request.data, **_by(request))
        return Response(_written(made), status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show a reusable step with its current content."""
        return Response(answers.step_template_answer(self.get_object()))

    @extend_schema(request=StepSourceSerializer)
    def update(self, request: Request, pk: UUID) -> Response:
        """Replace a reusable step; changed content becomes the next version."""
        return Response(_written(step_templates.replace(self.get_object().pk, _source(request), **_by(request))))

    @extend_schema(request=StepSourceSerializer(partial=True))
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change some top-level keys; changed content becomes the next version."""
        return Response(_written(step_templates.change(self.get_object().pk, _source(request), **_by(request))))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a reusable step that no template names."""
        step_templates.delete(self.get_object().pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=VersionSummarySerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], policy="step-template-versions", filterset_class=None)
    def versions(self, request: Request, pk: UUID) -> Response:
        """List the versions, newest first."""
        return self.page_of(self.cut_only(self.get_object().versions.order_by("-number")), answers.version_summary)

    @extend_schema(responses=StepVersionSerializer)
    @action(detail=True, methods=["get"], url_path="versions/<int:number>", policy="step-template-versions")
    def version(self, request: Request, pk: UUID, number: int) -> Response:
        """Show one version with its content."""
        return Response(answers.step_version_answer(step_templates.version_of(self.get_object(), number)))

    @extend_schema(responses=UsedInSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], url_path="used-by", policy="step-template-uses", filterset_class=None)
    def used_by(self, request: Request, pk: UUID) -> Response:
        """List the steps of templates that were made from it, and say which are behind."""
        made = self.get_object()
        found = self.cut_values(list(step_templates.used_by(made.slug)))
        return self.page_of(found, lambda used: answers.used_in_answer(used, latest=made.current_version))


def _source(request: Request) -> Mapping[str, Any]:
    """Return the reusable step sent, without the keys that only our answers have."""
    if not isinstance(request.data, dict):
        raise ValidationError("The body must be a JSON object.")
    return {key: part for key, part in request.data.items() if key not in step_templates.ANSWER_KEYS}


def _by(request: Request) -> dict[str, Any]:
    """Return who publishes, and when."""
    return {"actor": caller_of(request).actor, "at": timezone.now()}


def _written(made: StepTemplate) -> dict[str, Any]:
    """Return a reusable step that was just written, with what is worth knowing about it."""
    found = step_templates.validate(made.source())
    return {**answers.step_template_answer(made), "findings": answers.findings_answer(found)}
