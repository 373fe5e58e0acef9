"""The form by which somebody issues an API key, no further reaching than they are themselves."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone

from permissions.keys import new_prefix
from permissions.models import UserType
from permissions.policy import Scope, excessive_scopes, scopes_within
from rest.callers import Caller

WORDS: Mapping[Scope, str] = {
    Scope.TEMPLATES_READ: "See which workflows there are, and what they ask.",
    Scope.TEMPLATES_WRITE: "Write, publish and delete templates.",
    Scope.PERMISSIONS_READ: "See user types, and what each may use.",
    Scope.PERMISSIONS_WRITE: "Change user types, and what each may use.",
    Scope.WORKFLOWS_READ: "See workflows and what people answered, sensitive answers masked.",
    Scope.WORKFLOWS_RUN: "Start workflows, answer and end them: what a chat needs.",
    Scope.WORKFLOWS_SENSITIVE: "See sensitive answers, too.",
    Scope.ANALYTICS_READ: "See figures: how many start, finish and leave.",
    Scope.TOOLS_USE: "Publish templates that call tools, like sending e-mail.",
    Scope.OPERATIONS: "Look after deliveries, webhooks and secrets.",
}
LONGEST = timedelta(days=36_500)


class IssueForm(forms.Form):
    """A key to issue. Its prefix is named beforehand, so that sending the form twice makes one key."""

    key_prefix = forms.CharField(
        widget=forms.HiddenInput, initial=new_prefix, validators=[RegexValidator(r"\A[0-9a-f]{12}\Z")]
    )
    name = forms.CharField(max_length=255, help_text="Who uses it and for what, like: chat of the clinic's website.")
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        widget=forms.CheckboxSelectMultiple,
        help_text="You can give what you may do yourself.",
        error_messages={
            "required": "Tick at least one.",
            "invalid_choice": "You cannot give %(value)s: you may not do all of that yourself.",
        },
    )
    user_types = forms.ModelMultipleChoiceField(
        label="For which user types",
        queryset=UserType.objects.order_by("name"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Tick those it acts for: it sees and touches nothing else. Tick none for a key without this limit.",
    )
    last_day = forms.DateField(
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="It opens nothing after this day (UTC). Leave it empty for a key that does not expire.",
    )

    def __init__(self, *args: Any, giver: Caller, **kwargs: Any) -> None:
        """Offer the scopes that this person can give."""
        super().__init__(*args, **kwargs)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)  # noqa: S101  declared above
        scopes.choices = [(str(scope), f"{scope}: {WORDS[scope]}") for scope in scopes_within(giver.permissions)]

    def clean_last_day(self) -> date | None:
        """Refuse a day on which the key would be useless, or so far away that it means nothing."""
        day: date | None = self.cleaned_data["last_day"]
        today = timezone.now().astimezone(UTC).date()
        if day is not None and not today <= day <= today + LONGEST:
            raise forms.ValidationError("Choose today or a later day, within a hundred years.")
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse, beside the scopes, those that a key limited to user types cannot hold."""
        cleaned: dict[str, Any] = super().clean() or {}
        if excessive := excessive_scopes(cleaned.get("scopes", ()), is_limited=bool(cleaned.get("user_types"))):
            words = (
                f"A key for some user types cannot hold {', '.join(excessive)}. Take that away, or tick no user type."
            )
            self.add_error("scopes", words)
        return cleaned

    def order(self) -> dict[str, Any]:
        """Return what `permissions.services.issue_api_key` takes."""
        cleaned = self.cleaned_data
        day: date | None = cleaned["last_day"]
        return {
            "name": cleaned["name"],
            "scopes": cleaned["scopes"],
            "user_types": [kind.name for kind in cleaned["user_types"]],
            "expires_at": datetime.combine(day + timedelta(days=1), time.min, UTC) if day else None,
            "prefix": cleaned["key_prefix"],
        }
