"""Webhook endpoints over HTTP: parse, one service call, shape the answer."""

from functools import partial
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from deliveries import endpoint_services as services
from deliveries.answers import delivery_answer, endpoint_answer
from deliveries.endpoint_serializers import (
    EndpointInputSerializer,
    EndpointSerializer,
    EndpointWithSecretSerializer,
    ReplayedSerializer,
    ReplaySerializer,
    RotateSerializer,
)
from deliveries.endpoint_services import Range, WithSecret
from deliveries.endpoints import WebhookEndpoint
from deliveries.filters import EndpointDeliveryFilter, EndpointFilter
from deliveries.models import Delivery
from deliveries.serializers import DeliverySerializer
from rest.callers import caller_of
from rest.serializers import EmptySerializer, body_of
from rest.views import ApiViewSet


class WebhookEndpointViewSet(ApiViewSet[WebhookEndpoint]):
    """Where webhooks go."""

    policy = "webhook-endpoints"
    queryset = WebhookEndpoint.objects.order_by("-created_at", "id")
    filterset_class = EndpointFilter
    serializer_class = EndpointSerializer

    def list(self, request: Request) -> Response:
        """List webhook endpoints."""
        return self.page_of(self.cut(self.filter_queryset(self.get_queryset())), endpoint_answer)

    @extend_schema(request=EndpointInputSerializer, responses={201: EndpointWithSecretSerializer})
    def create(self, request: Request) -> Response:
        """Store a webhook endpoint; the secret in the answer is shown this once."""
        made = services.create_endpoint(at=timezone.now(), **body_of(request, EndpointInputSerializer))
        return _secret_response(made, status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show a webhook endpoint."""
        return Response(endpoint_answer(self.get_object()))

    @extend_schema(request=EndpointInputSerializer(partial=True))
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change a webhook endpoint; enabling it forgets its failures."""
        self.get_object()
        serializer = EndpointInputSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        return Response(endpoint_answer(services.change_endpoint(pk, serializer.validated_data, at=timezone.now())))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a webhook endpoint; what is still to be sent to it is given up."""
        services.delete_endpoint(self.get_object().pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=RotateSerializer, responses=EndpointWithSecretSerializer)
    @action(detail=True, methods=["post"], url_path="rotate-secret", policy="webhook-endpoint-acts")
    def rotate_secret(self, request: Request, pk: UUID) -> Response:
        """Sign with a new secret, and for a day with the old ones too; the new one is shown this once."""
        self.get_object()
        made = services.rotate_secret(pk, at=timezone.now(), **body_of(request, RotateSerializer))
        return _secret_response(made, status.HTTP_200_OK)

    @extend_schema(request=EmptySerializer, responses={202: DeliverySerializer})
    @action(detail=True, methods=["post"], policy="webhook-endpoint-acts")
    def test(self, request: Request, pk: UUID) -> Response:
        """Have a `webhook.test` event sent to this endpoint."""
        self.get_object()
        body_of(request, EmptySerializer)
        sent = services.send_test(pk, actor=caller_of(request).actor, at=timezone.now())
        return Response(delivery_answer(sent, caller_of(request)), status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=DeliverySerializer(many=True))
    @action(
        detail=True,
        methods=["get"],
        policy="webhook-endpoint-deliveries",
        filterset_class=EndpointDeliveryFilter,
        serializer_class=DeliverySerializer,
    )
    def deliveries(self, request: Request, pk: UUID) -> Response:
        """List what was sent to this endpoint or is to be, newest first, with every attempt."""
        filters = EndpointDeliveryFilter(request.query_params, queryset=_log_of(self.get_object()), request=request)
        filters.check()
        return self.page_of(self.cut(filters.qs), partial(delivery_answer, caller=caller_of(request)))

    @extend_schema(request=ReplaySerializer, responses={202: ReplayedSerializer})
    @action(detail=True, methods=["post"], policy="webhook-endpoint-acts")
    def replay(self, request: Request, pk: UUID) -> Response:
        """Send once more what this endpoint missed in a range of time: the same messages under the same ids."""
        endpoint, now = self.get_object(), timezone.now()
        done = services.replay(endpoint, Range(**{"until": now, **body_of(request, ReplaySerializer)}), at=now)
        answer = {"reopened": done.count, "next_since": done.next_since}
        return Response(answer, status=status.HTTP_202_ACCEPTED)


def _log_of(endpoint: WebhookEndpoint) -> QuerySet[Delivery]:
    sent = Delivery.objects.through(endpoint.channel_name).select_related("event", "channel").prefetch_related("tries")
    return sent.order_by("-created_at", "id")


def _secret_response(made: WithSecret, code: int) -> Response:
    return Response({**endpoint_answer(made.endpoint), "secret": made.secret}, status=code)
