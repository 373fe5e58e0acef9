"""The templates that a caller may start, and the pages in which they are listed."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator

from engine.errors import Invalid
from registry.errors import TemplateNotFound
from registry.models import TemplateVersion, WorkflowTemplate, WorkflowTemplateQuerySet
from rest.callers import Caller

PAGE = 100
# Descriptions are of any length, and a list of them is read by a model.
MAX_DESCRIPTION = 500


class UnusableCursor(Invalid):
    """The cursor is none of ours."""

    code = "cursor_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some templates, by name, and the cursor of those that come after them, if any do."""

    templates: Sequence[WorkflowTemplate]
    next_cursor: str | None

    @property
    def cursor(self) -> dict[str, Any]:
        """The cursor as a member of a result, which the protocol leaves out where there is none."""
        return {"nextCursor": self.next_cursor} if self.next_cursor else {}


def offered_to(caller: Caller) -> WorkflowTemplateQuerySet:
    """Return the templates that a caller may start."""
    return WorkflowTemplate.objects.visible_to(caller).published().filter(is_active=True)


def page_of(templates: WorkflowTemplateQuerySet, cursor: Any, *, size: int | None = None) -> Page:
    """Return the templates after a cursor, by name, so that what is added meanwhile shifts nothing.

    :raises UnusableCursor: it is none of ours
    """
    after = templates.filter(name__gt=_name_in(cursor)) if cursor is not None else templates
    most = size or PAGE
    found = list(after.order_by("name").only("name", "description", "category")[: most + 1])
    is_last = len(found) <= most
    return Page(templates=found[:most], next_cursor=None if is_last else _cursor_of(found[most - 1].name))


def version_of(caller: Caller, name: str) -> TemplateVersion:
    """Return the version of a template that is started now.

    :raises TemplateNotFound: there is none, or it is not the caller's to see
    """
    seen = WorkflowTemplate.objects.visible_to(caller).filter(name=name)
    version = TemplateVersion.objects.current().filter(template__in=seen).first()
    if version is None:
        raise TemplateNotFound("There is no such template. list_workflows says which there are.")
    return version


def brief(template: WorkflowTemplate) -> str:
    """Return the description of a template, or its beginning."""
    return Truncator(template.description).chars(MAX_DESCRIPTION)


def _cursor_of(name: str) -> str:
    return urlsafe_b64encode(name.encode()).decode()


def _name_in(cursor: Any) -> str:
    try:
        name = b64decode(str(cursor).encode(), altchars=b"-_", validate=True).decode()
    except ValueError:
        name = "\x00"
    if "\x00" in name:
        raise UnusableCursor("There is no such cursor. Begin the list anew, without one.")
    return name
