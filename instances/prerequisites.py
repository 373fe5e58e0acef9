"""Which prerequisites of a definition a person meets, by the workflows that this person has completed."""

from collections.abc import Iterator

from engine.conditions import Known
from engine.definition import Definition
from engine.prerequisites import REGULAR_END, Finished, Prerequisite, unmet
from engine.progress import locate
from instances.models import Person, Workflow
from registry.definitions import definition_of

MAX_LOOKED_AT = 100
"""So many workflows of one template are looked at, the latest first."""


def unmet_of(definition: Definition, person: Person) -> tuple[str, ...]:
    """Return the templates that the person is still to complete; at most one query for each."""
    return unmet(definition.prerequisites, lambda wanted: _finished(wanted, person))


def _finished(wanted: Prerequisite, person: Person) -> Iterator[Finished]:
    """Return what may meet a prerequisite, read a few at a time: mostly the first one does."""
    found = Workflow.objects.of_person(person).completed_from(wanted.template)
    if wanted.check is None:
        found = found.filter(outcome=REGULAR_END)
    for workflow in found[:MAX_LOOKED_AT].iterator(chunk_size=10):
        progress = workflow.progress
        live = locate(definition_of(workflow.version_id), progress).live
        yield Finished(
            outcome=workflow.outcome, known=Known(values=live, today=progress.today, attempts=progress.attempts)
        )
