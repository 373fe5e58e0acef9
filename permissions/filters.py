"""What the lists of user types and grants can be narrowed by."""

from django_filters import rest_framework as filters

from rest.filters import StrictFilterSet


class UserTypeFilter(StrictFilterSet):
    """Narrow the list of user types."""

    name = filters.CharFilter()


class GrantFilter(StrictFilterSet):
    """Narrow the list of grants."""

    user_type_id = filters.UUIDFilter(field_name="user_type_id")
    workflow_template_id = filters.UUIDFilter(field_name="workflow_template_id")


class OneGrantFilter(StrictFilterSet):
    """Name one grant by what it connects."""

    user_type_id = filters.UUIDFilter(field_name="user_type_id", required=True)
    workflow_template_id = filters.UUIDFilter(field_name="workflow_template_id", required=True)
