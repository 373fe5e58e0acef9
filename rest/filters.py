"""Filters of lists: an unknown query parameter is an error, never a list that silently shows everything."""

from typing import Any

from django_filters import rest_framework as filters

from engine.errors import did_you_mean

PAGING = frozenset({"skip", "limit"})


class StrictFilterSet(filters.FilterSet):
    """A filter set that refuses query parameters it does not know."""

    def is_valid(self) -> bool:
        """Check the known parameters, and that there are no others."""
        known = [*self.filters, *PAGING]
        for name in self.data:
            if name not in known:
                near = did_you_mean(name, known)
                hint = f"Did you mean {near!r}?" if near else f"Known are: {', '.join(sorted(known))}."
                self.form.add_error(None, f"There is no parameter {name[:100]!r} here. {hint}")
        return bool(super().is_valid())  # type: ignore[no-untyped-call]  # django-filter has no types here

    def given(self) -> dict[str, Any]:
        """Return the parameters that were given, read."""
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}


def yes_or_no() -> filters.TypedChoiceFilter:
    """Return a filter that takes `true` or `false` and nothing else."""
    return filters.TypedChoiceFilter(
        choices=[("true", "true"), ("false", "false")], coerce=lambda word: word == "true", empty_value=None
    )
