"""The front page of the admin, for whoever looks at it."""

from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from authoring.front_page import front_page
from authoring.people import person

register = template.Library()


@register.inclusion_tag("authoring/front_page.html", takes_context=True)
def greeting(context: Context) -> dict[str, Any]:
    """Return what this person sees."""
    user = context["request"].user
    return {"page": front_page(user, at=timezone.now()), "user": user}


register.filter(person)
