"""What lists of deliveries can be narrowed by."""

from django_filters import rest_framework as filters

from deliveries.models import Kind
from deliveries.results import Status
from rest.filters import MomentFilter, StrictFilterSet, yes_or_no


class EndpointFilter(StrictFilterSet):
    """Narrow the list of webhook endpoints."""

    is_active = yes_or_no()


class DeliveryFilter(StrictFilterSet):
    """Narrow the list of deliveries; times are ISO 8601."""

    status = filters.ChoiceFilter(choices=[(status.value, status.value) for status in Status])
    kind = filters.ChoiceFilter(choices=[(kind.value, kind.value) for kind in Kind])
    workflow_id = filters.UUIDFilter(field_name="workflow")
    code = filters.CharFilter(strip=False)
    created_after = MomentFilter(field_name="created_at", lookup_expr="gt")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")


class EndpointDeliveryFilter(StrictFilterSet):
    """Narrow the log of one endpoint; times are ISO 8601."""

    status = filters.ChoiceFilter(choices=[(status.value, status.value) for status in Status])
    event_type = filters.CharFilter(field_name="event__type", strip=False)
    created_after = MomentFilter(field_name="created_at", lookup_expr="gt")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")
