"""User types and grants over HTTP."""

from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from permissions import services
from permissions.answers import grant_answer, user_type_answer
from permissions.filters import GrantFilter, OneGrantFilter, UserTypeFilter
from permissions.models import UserType, UserTypeWorkflowTemplate
from permissions.serializers import (
    GrantInputSerializer,
    GrantSerializer,
    UserTypeInputSerializer,
    UserTypeSerializer,
)
from registry.answers import template_answer
from registry.filters import TemplateFilter
from registry.models import WorkflowTemplate
from registry.serializers import TemplateSerializer
from rest.callers import caller_of
from rest.serializers import body_of
from rest.views import ApiViewSet


class UserTypeViewSet(ApiViewSet[UserType]):
    """Kinds of end users."""

    policy = "user-types"
    queryset = UserType.objects.order_by("name")
    filterset_class = UserTypeFilter
    serializer_class = UserTypeSerializer

    def list(self, request: Request) -> Response:
        """List user types."""
        return self.page_of(self.cut(self.filter_queryset(self.get_queryset())), user_type_answer)

    @extend_schema(request=UserTypeInputSerializer, responses={201: UserTypeSerializer})
    def create(self, request: Request) -> Response:
        """Store a user type."""
        kind = services.save_user_type(UserType(), **_settings(request))
        return Response(user_type_answer(kind), status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show a user type."""
        return Response(user_type_answer(self.get_object()))

    @extend_schema(request=UserTypeInputSerializer)
    def update(self, request: Request, pk: UUID) -> Response:
        """Replace a user type."""
        changes = {"description": "", **_settings(request)}
        return Response(user_type_answer(services.save_user_type(self.get_object(), **changes)))

    @extend_schema(request=UserTypeInputSerializer(partial=True))
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change a user type."""
        changes = _settings(request, partial=True)
        return Response(user_type_answer(services.save_user_type(self.get_object(), **changes)))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a user type and its grants."""
        services.delete_user_type(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=TemplateSerializer(many=True))
    @action(
        detail=True,
        methods=["get"],
        url_path="workflow-templates",
        policy="user-type-templates",
        filterset_class=TemplateFilter,
        queryset=WorkflowTemplate.objects.published(),
        serializer_class=TemplateSerializer,
    )
    def workflow_templates(self, request: Request, pk: UUID) -> Response:
        """List the templates that the user type may use."""
        kind = services.user_type_for(caller_of(request), user_type_id=pk, name=None)
        granted = WorkflowTemplate.objects.published().granted_to(kind.pk).order_by("name")
        filters = TemplateFilter(request.query_params, queryset=granted, request=request)
        filters.check()
        return self.page_of(self.cut(filters.qs), template_answer)


class GrantViewSet(ApiViewSet[UserTypeWorkflowTemplate]):
    """Grants: which user type may use which template."""

    policy = "grants"
    queryset = UserTypeWorkflowTemplate.objects.none()
    filterset_class = GrantFilter
    serializer_class = GrantSerializer

    def get_queryset(self) -> QuerySet[UserTypeWorkflowTemplate]:
        """Return all grants, each with its two names."""
        return UserTypeWorkflowTemplate.objects.select_related("user_type", "workflow_template").order_by(
            "user_type__name", "workflow_template__name"
        )

    def list(self, request: Request) -> Response:
        """List grants."""
        return self.page_of(self.cut(self.filter_queryset(self.get_queryset())), grant_answer)

    @extend_schema(request=GrantInputSerializer, responses={201: GrantSerializer})
    def create(self, request: Request) -> Response:
        """Let a user type use a template."""
        made = services.grant(**body_of(request, GrantInputSerializer))
        return Response(grant_answer(made), status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show a grant."""
        return Response(grant_answer(self.get_object()))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Take a grant away."""
        _take_away(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        responses={204: None},
        operation_id="permissions_destroy_by_connection",
        parameters=[
            OpenApiParameter("user_type_id", UUID, required=True),
            OpenApiParameter("workflow_template_id", UUID, required=True),
        ],
    )
    def destroy_connection(self, request: Request) -> Response:
        """Take away the grant that connects a user type and a template."""
        filters = OneGrantFilter(request.query_params, queryset=self.get_queryset())
        filters.check()
        _take_away(get_object_or_404(filters.qs))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _take_away(grant: UserTypeWorkflowTemplate) -> None:
    services.take_away(user_type_id=grant.user_type_id, workflow_template_id=grant.workflow_template_id)


def _settings(request: Request, *, partial: bool = False) -> dict[str, str]:
    """Return what is to be stored of a user type."""
    serializer = UserTypeInputSerializer(data=request.data, partial=partial)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
