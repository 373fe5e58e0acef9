"""What came of a call, for a model: what an act answers, without what the context says beside it."""

from collections.abc import Iterable
from typing import Any

from conversations.acts import Acted
from engine.report import Outcome
from engine.saying import Say
from engine.workflow import next_of
from instances.answers import report_answer, say_answer
from rest.callers import Caller

# That a workflow has begun is something done, whatever became of the values that came with it.
_BEGUN = {Outcome.NOOP: Outcome.APPLIED, Outcome.REJECTED: Outcome.PARTIAL}


def report_of(acted: Acted, caller: Caller) -> dict[str, Any]:
    """Return what became of everything in a call; what is empty is left out."""
    done, first = acted.done, acted.started and acted.started.prerequisite
    workflow, decision = done.workflow, done.decision
    report = report_answer(done.definition, decision, caller)
    if acted.started is not None:
        report["outcome"] = _BEGUN.get(report["outcome"], report["outcome"])
    report["ignored"] += [{"field": name, "reason": "not_started_yet"} for name in acted.not_taken]
    report["say"] = say_answer(_to_say(acted))
    report["started_prerequisite"] = {"id": str(first.pk), "workflow": first.template.name} if first else None
    return {
        **{name: part for name, part in report.items() if part},
        "next": next_of(done.definition, decision.progress, decision.position),
        "workflow": {
            "id": str(workflow.pk),
            "template": workflow.template.name,
            "status": workflow.status,
            "outcome": workflow.outcome or None,
            "revision": workflow.revision,
        },
    }


def _to_say(acted: Acted) -> Iterable[Say]:
    """Return what is to be said since the start, each once."""
    at_start = acted.started.decision.say if acted.started else ()
    return dict.fromkeys((*at_start, *acted.done.decision.say))
