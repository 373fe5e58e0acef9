"""Filters of lists: an unknown query parameter is an error, never a list that silently shows everything."""

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from django_filters.utils import translate_validation

from engine.errors import did_you_mean

PAGING = frozenset({"skip", "limit"})


class StrictFilterSet(filters.FilterSet):
    """A filter set that refuses query parameters it does not know."""

    def is_valid(self) -> bool:
        """Check the known parameters, that there are no others, and that none is empty."""
        known = [*self.filters, *PAGING]
        for name, value in self.data.items():
            if name in self.filters and value == "":
                self.form.add_error(name, "This is empty. Give it a value, or leave it out.")
            elif name not in known:
                near = did_you_mean(name, known)
                hint = f"Did you mean {near!r}?" if near else f"Known are: {', '.join(sorted(known))}."
                self._refuse(name[:100], hint)
        return bool(super().is_valid())  # type: ignore[no-untyped-call]  # django-filter has no types here

    def check(self) -> None:
        """Complain of everything that is wrong, each with its code.

        :raises rest_framework.exceptions.ValidationError: a parameter is unknown, empty, missing or malformed
        """
        if not self.is_valid():
            raise translate_validation(self.errors)

    def _refuse(self, name: str, hint: str) -> None:
        # As parameters, since the words of an error are a format, in which a name may hold a percent sign.
        words, known = "There is no parameter %(name)r here. %(hint)s", {"name": name, "hint": hint}
        error = ValidationError(words, code="unknown_parameter", params=known)
        self.form.errors.setdefault(name, self.form.error_class()).append(error)

    def given(self) -> dict[str, Any]:
        """Return the parameters that were given, read."""
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "")}


class PageOnly(StrictFilterSet):
    """A list that is cut into pages and narrowed by nothing."""


class MomentField(IsoDateTimeField):
    """A time in ISO 8601; one that has no date in UTC is refused, because SQLite could not compare with it."""

    def to_python(self, value: Any) -> datetime | None:
        """Read the text."""
        moment: datetime | None = super().to_python(value)
        try:
            return moment.astimezone(UTC) if moment else None
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class MomentFilter(filters.IsoDateTimeFilter):
    """Compare with a time."""

    field_class = MomentField


def yes_or_no() -> filters.TypedChoiceFilter:
    """Return a filter that takes `true` or `false` and nothing else."""
    return filters.TypedChoiceFilter(
        choices=[("true", "true"), ("false", "false")], coerce=lambda word: word == "true", empty_value=None
    )
