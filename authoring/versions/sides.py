"""Which two versions of a template, or which version and its draft, somebody looks at side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from authoring.versions.history import Told, changes, draft_document, version_document
from engine.side_by_side import Table, side_by_side
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

DRAFT = "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that can stand on a side."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What stands on the left and on the right, and how they differ; or what is wrong with what was asked for."""

    choices: Sequence[Choice]
    left: Choice | None = None
    right: Choice | None = None
    problem: str = ""
    told: Told | None = None
    tables: Sequence[Table] = ()
    has_only_differing: bool = False
    """Whether what is the same on both sides is left out."""


def sides_of(template: WorkflowTemplate, asked: Mapping[str, Any]) -> Sides:
    """Return what was asked for by `left` and `right`; without them, the latest two there are.

    With `only`, what is the same on both sides is left out.
    """
    choices = _choices(template)
    if len(choices) < 2:
        return Sides(choices=choices)
    known = {choice.value: choice for choice in choices}
    left = known.get(str(asked.get("left", choices[1].value)))
    right = known.get(str(asked.get("right", choices[0].value)))
    if left is None or right is None:
        return Sides(
            choices=choices, left=left, right=right, problem="There is no such version. Choose two of those below."
        )
    before, after = _document(template, left.value), _document(template, right.value)
    return Sides(
        choices=choices,
        left=left,
        right=right,
        told=changes(before, after),
        tables=side_by_side(before, after),
        has_only_differing="only" in asked,
    )


def _choices(template: WorkflowTemplate) -> list[Choice]:
    """Return what there is, the latest first."""
    draft = [] if template.draft is None else [Choice(value=DRAFT, label="The draft")]
    numbers = template.versions.order_by("-number").values_list("number", flat=True)
    return [*draft, *(Choice(value=str(number), label=_label(template, number)) for number in numbers)]


def _label(template: WorkflowTemplate, number: int) -> str:
    return f"Version {number} (published now)" if number == template.current_version else f"Version {number}"


def _document(template: WorkflowTemplate, side: str) -> dict[str, Any]:
    if side == DRAFT:
        return draft_document(template)
    return version_document(template, WorkflowRegistry.version(template, int(side)))
