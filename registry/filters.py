"""What the list of templates can be narrowed by."""

from uuid import UUID

from django_filters import rest_framework as filters

from registry import step_templates
from registry.models import StepTemplateQuerySet, WorkflowTemplateQuerySet
from registry.registry import WorkflowRegistry
from rest.callers import caller_of
from rest.filters import StrictFilterSet, yes_or_no


class TemplateFilter(StrictFilterSet):
    """Narrow the list of templates; `search` looks into name, description and category."""

    category = filters.CharFilter(strip=False)
    is_active = yes_or_no()
    name = filters.CharFilter(strip=False)
    search = filters.CharFilter()
    user_type = filters.CharFilter(strip=False, label="id or name of a user type that may use the template")

    def filter_queryset(self, queryset: WorkflowTemplateQuerySet) -> WorkflowTemplateQuerySet:
        """Ask the registry."""
        given = self.given()
        if "user_type" in given:
            given["user_type"] = id_or_name(given["user_type"])
        return WorkflowRegistry.discover(within=queryset, among=caller_of(self.request).user_type_ids, **given)


class StepTemplateFilter(StrictFilterSet):
    """Narrow the list of reusable steps; `search` looks into slug, name and description."""

    category = filters.CharFilter(strip=False)
    name = filters.CharFilter(strip=False)
    search = filters.CharFilter()

    def filter_queryset(self, queryset: StepTemplateQuerySet) -> StepTemplateQuerySet:
        """Ask the registry."""
        return step_templates.discover(within=queryset, **self.given())


def id_or_name(text: str) -> UUID | str:
    """Return a UUID if the text is one, else the text as a name."""
    try:
        return UUID(text)
    except ValueError:
        return text
