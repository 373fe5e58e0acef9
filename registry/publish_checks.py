"""What must be true of the world before a document is published. A list, like Django's own system checks.

Apps above the registry add theirs in `AppConfig.ready()`; each gets a document without errors, and who would publish
it, and returns findings.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from engine.conditions import rows
from engine.errors import did_you_mean
from engine.findings import Finding, Severity, pointer
from engine.prerequisites import Prerequisite
from engine.references import handovers, prerequisite_names
from registry.models import WorkflowTemplate
from rest.callers import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """What whoever publishes a document holds: scopes of an API key, or Django permissions."""

    scopes: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    may_everything: bool = False

    @classmethod
    def of(cls, caller: Caller) -> Self:
        """Return the publisher that a caller is."""
        return cls(scopes=caller.scopes, permissions=caller.permissions)

    def holds(self, permission: str, *, scope: str) -> bool:
        """Tell whether this Django permission is held, or the scope that stands for it."""
        return self.may_everything or permission in self.permissions or scope in self.scopes


NOBODY_IN_PARTICULAR = Publisher()
OPERATOR = Publisher(may_everything=True)
"""Whoever has the command line of the service."""

type PublishCheck = Callable[[Mapping[str, Any], Publisher], Iterable[Finding]]

MAX_LEVELS = 100
MAX_NEEDED = 1000
"""So deep, and among so many templates, a circle of prerequisites is looked for."""

_checks: list[PublishCheck] = []


def register(check: PublishCheck) -> None:
    """Ask this check before every publication; registering it again changes nothing."""
    if check not in _checks:
        _checks.append(check)


def run(document: Mapping[str, Any], publisher: Publisher) -> tuple[Finding, ...]:
    """Return what all checks find in a document that this publisher would publish."""
    return tuple(finding for check in _checks for finding in check(document, publisher))


def target_exists(document: Mapping[str, Any], _: Publisher) -> Iterable[Finding]:
    """Warn of `workflow` end actions whose target is not there yet: templates may refer to each other."""
    wanted = [(path, name) for path, name in handovers(document) if name != document["name"]]
    named = WorkflowTemplate.objects.published().filter(name__in={name for _, name in wanted})
    known = set(named.values_list("name", flat=True)) if wanted else set()
    for path, target in wanted:
        if target not in known:
            words = f"There is no template {target!r} yet. Until there is, workflows that end here will fail."
            yield Finding(rule="unknown_target", severity=Severity.WARNING, path=path, message=words)


def prerequisites_exist(document: Mapping[str, Any], _: Publisher) -> Iterable[Finding]:
    """Warn of prerequisites that are not there yet, and of checks on fields that they do not have."""
    wanted = [Prerequisite.from_document(entry) for entry in document["prerequisites"]]
    found = WorkflowTemplate.objects.published().filter(name__in=[prerequisite.template for prerequisite in wanted])
    schemas = dict(found.values_list("name", "state_schema")) if wanted else {}
    for index, prerequisite in enumerate(wanted):
        path = pointer("prerequisites", index)
        if prerequisite.template in schemas:
            yield from _check_findings(prerequisite, schemas[prerequisite.template]["properties"], path)
            continue
        words = f"There is no template {prerequisite.template!r} yet. Until there is, nothing can start that needs it."
        yield Finding(rule="unknown_target", severity=Severity.WARNING, path=path, message=words)


def _check_findings(prerequisite: Prerequisite, properties: Mapping[str, Any], path: str) -> Iterator[Finding]:
    for place, row in rows(prerequisite.check, path + "/check") if prerequisite.check is not None else ():
        for name in row.fields:
            if name in properties:
                continue
            near = did_you_mean(name, properties)
            hint = f" Did you mean {near!r}?" if near else ""
            yield Finding(
                rule="unknown_field",
                severity=Severity.WARNING,
                path=place,
                message=f"{prerequisite.template!r} has no field {name!r}, so this is never known.{hint}",
                suggestion=near,
            )


def prerequisites_end(document: Mapping[str, Any], _: Publisher) -> Iterable[Finding]:
    """Refuse prerequisites that need, by way of others, what is to be published: nobody could ever begin."""
    own, named = document["name"], prerequisite_names(document)
    needs = _needs_below(own, named)
    for index, name in enumerate(named):
        circle = _way(needs, start=name, end=own)
        if circle:
            words = f"These need each other in a circle: {' -> '.join([own, *circle])}. Nobody could ever begin."
            yield Finding(rule="prerequisite_cycle", path=pointer("prerequisites", index), message=words)


def _needs_below(own: str, named: list[str]) -> dict[str, list[str]]:
    """Return what each template below these needs, read level by level with one query each."""
    needs: dict[str, list[str]] = {own: []}
    level = set(named)
    for _ in range(MAX_LEVELS):
        level = set(sorted(level - needs.keys())[: MAX_NEEDED - len(needs)])
        if not level:
            break
        found = WorkflowTemplate.objects.prerequisites_of(level)
        needs |= {name: found.get(name, []) for name in level}
        level = {name for above in level for name in needs[above]}
    return needs


def _way(needs: Mapping[str, list[str]], *, start: str, end: str) -> list[str]:
    """Return the shortest way from one template to another by what each needs; empty if there is none."""
    came_from: dict[str, str] = {start: start}
    for name in (queue := [start]):  # grows on the way; each name is in it once
        if name == end:
            break
        fresh = [below for below in needs.get(name, ()) if below not in came_from]
        came_from |= dict.fromkeys(fresh, name)
        queue += fresh
    way = [end] if end in came_from else []
    while way and way[0] != start:
        way.insert(0, came_from[way[0]])
    return way
