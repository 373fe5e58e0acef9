"""What must be true of the world before a document is published. A list, like Django's own system checks.

Apps above the registry add theirs in `AppConfig.ready()`; each gets a document without errors and returns findings.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.definition import EndActionType
from engine.findings import Finding, Severity
from registry.models import WorkflowTemplate

type PublishCheck = Callable[[Mapping[str, Any]], Iterable[Finding]]

_checks: list[PublishCheck] = []


def register(check: PublishCheck) -> None:
    """Ask this check before every publication; registering it again changes nothing."""
    if check not in _checks:
        _checks.append(check)


def run(document: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return what all checks find in a document."""
    return tuple(finding for check in _checks for finding in check(document))


def target_exists(document: Mapping[str, Any]) -> Iterable[Finding]:
    """Warn of a `workflow` end action whose target is not there yet: templates may refer to each other."""
    target = document["end_action_target"]
    if document["end_action_type"] != EndActionType.WORKFLOW or target == document["name"]:
        return
    if not WorkflowTemplate.objects.filter(name=target).exists():
        yield Finding(
            rule="unknown_target",
            severity=Severity.WARNING,
            path="/end_action_target",
            message=f"There is no template {target!r} yet. Until there is, workflows that end here will fail.",
        )
