"""Starting what a waiting workflow waits for: the first prerequisite that can start, or what that one needs in turn."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from engine.errors import DomainError
from instances.acting import Acting
from instances.models import Workflow
from instances.prerequisites import unmet_of
from instances.settling import Plan, begin, plan
from instances.slots import OnActive
from registry.models import TemplateVersion

MAX_LOOKED_AT = 50


class OnUnmet(StrEnum):
    """What becomes of a start whose prerequisites are unmet."""

    WAIT = "wait"
    START = "start"


def start_prerequisite(waiting: Workflow, acting: Acting, *, on_active: OnActive) -> Workflow | None:
    """Start the first prerequisite that can start; None if none can, or one is under way in this conversation.

    One that must wait itself is stored, and what it waits for is started in turn: the last one is returned, with which
    the person goes on.

    :raises ActiveWorkflowExists: the slot is taken, and stays so
    """
    try:
        path = _Search(waiting, acting).down_from(waiting.template.name, waiting.unmet_prerequisites)
    except _NeedsItself:
        return None
    started = None
    for planned in path or ():
        started = begin(planned, acting, on_active=on_active).workflow
    return started


class _NeedsItself(Exception):
    """A prerequisite needs, by way of others, what waits for it: whatever is started, that will never begin."""


@dataclass(slots=True)
class _Search:
    """A walk down the unmet prerequisites that stores nothing; each template is looked at once, and not too many."""

    waiting: Workflow
    acting: Acting
    above: list[str] = field(default_factory=list)
    looked_at: set[str] = field(default_factory=set)

    def down_from(self, template: str, unmet: Iterable[str]) -> list[Plan] | None:
        """Return what is to be started, each before what it waits for; None if nothing can be.

        :raises _NeedsItself: the prerequisites lead in a circle
        """
        self.above.append(template)
        found = None
        for name in unmet:
            found = self._start_of(name)
            if found is not None:
                break
        self.above.pop()
        return found

    def _start_of(self, name: str) -> list[Plan] | None:
        if name in self.above:
            raise _NeedsItself
        if name in self.looked_at or len(self.looked_at) == MAX_LOOKED_AT:
            return None
        self.looked_at.add(name)
        if Workflow.objects.of_person(self.waiting.person).under_way(name, self.waiting.conversation_id).exists():
            return []
        planned = self._plan(name)
        if planned is None:
            return None
        unmet = unmet_of(planned.definition, self.waiting.person)
        below = self.down_from(name, unmet) if unmet else []
        return None if below is None else [planned, *below]

    def _plan(self, name: str) -> Plan | None:
        """Plan the start of a prerequisite without any values; None if it is refused."""
        version = TemplateVersion.objects.current().filter(template__name=name).first()
        if version is None:
            return None
        try:
            return plan(
                version,
                self.waiting.user_type,
                self.acting,
                conversation_id=self.waiting.conversation_id,
                user_id=self.waiting.user_id,
                metadata=self.waiting.metadata,
                prefill={},
            )
        except DomainError:
            return None
