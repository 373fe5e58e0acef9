"""What the list of workflows can be narrowed by."""

from django_filters import rest_framework as filters

from engine.progress import Status
from rest.filters import MomentFilter, StrictFilterSet


class WorkflowFilter(StrictFilterSet):
    """Narrow the list of workflows; times are ISO 8601."""

    status = filters.ChoiceFilter(choices=[(status.value, status.value) for status in Status])
    conversation_id = filters.CharFilter(strip=False)
    user_id = filters.CharFilter(strip=False)
    template_id = filters.UUIDFilter(field_name="template_id")
    category = filters.CharFilter(field_name="template__category", strip=False)
    created_after = MomentFilter(field_name="created_at", lookup_expr="gt")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")
