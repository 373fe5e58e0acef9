"""Workflows as a list tells them: one that no key reads takes no other with it."""

import logging
from collections.abc import Sequence
from typing import Any

from instances.answers import unreadable_answer, workflow_answer
from instances.models import Workflow
from registry.definitions import definitions_of
from rest.callers import Caller
from rest.encryption import KeyLost

logger = logging.getLogger(__name__)


def listed(workflows: Sequence[Workflow], caller: Caller) -> list[dict[str, Any]]:
    """Return workflows as this caller sees them. What cannot be read says so, here and, by its id, in the log."""
    definitions = definitions_of(workflow.version_id for workflow in workflows)
    answers, unreadable = [], []
    for workflow in workflows:
        try:
            answer = workflow_answer(workflow, definitions[workflow.version_id], caller)
        except KeyLost as lost:
            unreadable.append(str(workflow.pk))
            answer = unreadable_answer(workflow, lost)
        answers.append(answer)
    if unreadable:
        logger.error("In a list of workflows: %s These are: %s", KeyLost().message, ", ".join(unreadable))
    return answers
