"""What came of a call, for a model: what an act answers, without what the context says beside it."""

from typing import Any

from engine.workflow import next_of
from instances.acting import Done
from instances.answers import report_answer, say_answer
from rest.callers import Caller


def report_of(done: Done, caller: Caller) -> dict[str, Any]:
    """Return what became of everything in a call; what is empty is left out."""
    workflow, decision = done.workflow, done.decision
    report = {**report_answer(done.definition, decision, caller), "say": say_answer(decision.say)}
    return {
        **{name: part for name, part in report.items() if part},
        "next": next_of(done.definition, decision.progress, decision.position),
        "workflow": {
            "id": workflow.pk,
            "template": workflow.template.name,
            "status": workflow.status,
            "outcome": workflow.outcome or None,
            "revision": workflow.revision,
        },
    }
