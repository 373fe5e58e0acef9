"""What a person confirms: a summary, and a token that is worth something only for exactly what it summarises."""

from datetime import timedelta
from typing import Any

from django.core import signing

from engine.definition import Definition
from engine.errors import Conflict
from engine.progress import Position
from engine.summary import Line, summary, summary_of_inputs
from engine.workflow import action_to_confirm
from instances.masking import MASK, is_masked, shown
from instances.models import Workflow
from instances.requests import request_to_confirm
from rest.callers import Caller

VALID_FOR = timedelta(hours=24)
_SALT = "workflows.confirmation"


class ConfirmationOutdated(Conflict):
    """The token is missing, forged, expired, or of what was stored before."""

    code = "confirmation_outdated"


def confirmation_of(workflow: Workflow, definition: Definition, position: Position, caller: Caller) -> dict[str, Any]:
    """Return the summary of what is stored now and the token that confirms it; of an action, that of its inputs."""
    step = action_to_confirm(position)
    lines = summary(definition, position) if step is None else summary_of_inputs(definition, position, step)
    return {
        "token": signing.dumps(_what(workflow), salt=_SALT),
        "summary": [_shown_line(definition, line, caller) for line in lines],
        "action": request_to_confirm(workflow, definition, position, step, caller=caller) if step else None,
    }


def _shown_line(definition: Definition, line: Line, caller: Caller) -> dict[str, Any]:
    return {
        "field": line.field,
        "label": line.label,
        "value": shown(definition, line.field, line.value, caller),
        "words": MASK if is_masked(definition, line.field, caller) else line.words,
    }


def check_token(
    token: str | None, workflow: Workflow, definition: Definition, position: Position, caller: Caller
) -> None:
    """Refuse a token that was not made for this workflow as it is stored now.

    :raises ConfirmationOutdated: with a fresh summary and token
    """
    try:
        confirmed = signing.loads(token or "", salt=_SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        confirmed = None
    if confirmed != _what(workflow):
        raise ConfirmationOutdated(
            "What was confirmed is not what is stored now. Show the new summary and confirm with its token.",
            confirmation=confirmation_of(workflow, definition, position, caller),
        )


def _what(workflow: Workflow) -> list[Any]:
    return [str(workflow.pk), workflow.revision]
