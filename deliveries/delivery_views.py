"""Deliveries over HTTP: what was sent, what came of it, and sending again what was given up."""

from functools import partial
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from deliveries import services
from deliveries.answers import delivery_answer
from deliveries.filters import DeliveryFilter
from deliveries.models import Delivery
from deliveries.serializers import DeliverySerializer, ReplayAllSerializer, ReplayedAllSerializer
from deliveries.services import Wanted
from instances.acting import Acting
from rest.callers import caller_of
from rest.serializers import EmptySerializer, body_of
from rest.views import ApiViewSet


class DeliveryViewSet(ApiViewSet[Delivery]):
    """What left the building, or is to."""

    policy = "deliveries"
    queryset = Delivery.objects.none()
    filterset_class = DeliveryFilter
    serializer_class = DeliverySerializer

    def get_queryset(self) -> QuerySet[Delivery]:
        """Return deliveries, newest first, with what is answered of each."""
        return Delivery.objects.in_full().order_by("-created_at", "id")

    def list(self, request: Request) -> Response:
        """List deliveries with their attempts."""
        return self.page_of(
            self.cut(self.filter_queryset(self.get_queryset())), partial(delivery_answer, caller=caller_of(request))
        )

    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Show a delivery with its attempts."""
        return Response(delivery_answer(self.get_object(), caller_of(request)))

    @extend_schema(request=EmptySerializer)
    @action(detail=True, methods=["post"], policy="delivery-acts")
    def replay(self, request: Request, pk: UUID) -> Response:
        """Send again, under the same key, what was given up; what waits for its next attempt is tried now."""
        body_of(request, EmptySerializer)
        services.replay(pk, Acting(caller=caller_of(request), at=timezone.now()))
        return Response(delivery_answer(self.get_object(), caller_of(request)))

    @extend_schema(operation_id="deliveries_replay_all", request=ReplayAllSerializer, responses=ReplayedAllSerializer)
    @action(detail=False, methods=["post"], url_path="replay", policy="delivery-acts", filterset_class=None)
    def replay_all(self, request: Request) -> Response:
        """Send again what was given up in a range of time, a thousand at most, but for what is in doubt."""
        acting = Acting(caller=caller_of(request), at=timezone.now())
        wanted = Wanted(**{"until": acting.at, **body_of(request, ReplayAllSerializer)})
        done = services.replay_all(wanted, acting)
        return Response({"replayed": done.count, "refused": done.refused, "next_since": done.next_since})
