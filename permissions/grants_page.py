"""The grants as a table: a template a row, a user type a column. Only what a person toggled is changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, QueryDict

from permissions.models import UserType, UserTypeWorkflowTemplate
from permissions.services import Connection
from registry.models import WorkflowTemplate

# With the hidden inputs, well below the number of inputs that Django takes (DATA_UPLOAD_MAX_NUMBER_FIELDS).
ROWS, COLUMNS = 50, 12
GIVE = "permissions.add_usertypeworkflowtemplate"
TAKE = "permissions.delete_usertypeworkflowtemplate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box to tick: the grant it stands for, whether that is there, and whether this person may change it."""

    value: str
    label: str
    is_ticked: bool
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A template and its boxes, in the order of the columns."""

    template: WorkflowTemplate
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Toggled:
    """What a person ticked, and what they took the tick from."""

    give: tuple[Connection, ...]
    take: tuple[Connection, ...]


def table(request: HttpRequest) -> dict[str, Any]:
    """Return the part of the table that the address asks for, as the page shows it."""
    templates = WorkflowTemplate.objects.order_by("name").only("name", "category")
    if words := request.GET.get("templates", "").strip():
        templates = templates.matching(words)
    kinds = UserType.objects.order_by("name")
    if words := request.GET.get("user_types", "").strip():
        kinds = kinds.filter(name__icontains=words)
    rows: Page[WorkflowTemplate] = Paginator(templates, ROWS).get_page(request.GET.get("page"))
    columns: Page[UserType] = Paginator(kinds, COLUMNS).get_page(request.GET.get("columns"))
    boxes = _rows(request, list(rows), list(columns))
    return {
        "rows": boxes,
        "row_page": rows,
        "columns": columns,
        "shown": " ".join(box.value for row in boxes for box in row.boxes if box.is_ticked and box.is_open),
        "is_open": request.user.has_perm(GIVE) or request.user.has_perm(TAKE),
    }


def _rows(request: HttpRequest, templates: list[WorkflowTemplate], kinds: list[UserType]) -> list[Row]:
    grants = UserTypeWorkflowTemplate.objects.filter(workflow_template__in=templates, user_type__in=kinds)
    there = set(grants.order_by().values_list("user_type_id", "workflow_template_id"))
    may = {False: request.user.has_perm(GIVE), True: request.user.has_perm(TAKE)}

    def box(kind: UserType, template: WorkflowTemplate) -> Box:
        is_ticked = (kind.pk, template.pk) in there
        label = f"{kind.name} may use {template.name}"
        return Box(value=f"{kind.pk}:{template.pk}", label=label, is_ticked=is_ticked, is_open=may[is_ticked])

    return [Row(template=template, boxes=tuple(box(kind, template) for kind in kinds)) for template in templates]


def toggled(form: QueryDict) -> Toggled:
    """Return what is otherwise than the page showed it. What others changed since then is no business of this form.

    :raises BadRequest: this is not what the page sends
    """
    shown, ticked = _read(form.get("shown", "").split()), _read(form.getlist("may_use"))
    return Toggled(
        give=tuple(found for found in ticked if found not in shown),
        take=tuple(found for found in shown if found not in ticked),
    )


def _read(values: Iterable[str]) -> dict[Connection, None]:
    return dict.fromkeys(map(_connection, values))


def _connection(value: str) -> Connection:
    try:
        kind, _, template = value.partition(":")
        return Connection(user_type_id=UUID(kind), workflow_template_id=UUID(template))
    except ValueError:
        raise BadRequest("This is not what the table of grants sends.") from None
