"""What a model may do now. What is not named here would be refused."""

from conversations.briefing.facts import Around
from engine.acts import Act
from engine.definition import Definition
from engine.possible import acknowledgeable, possible_acts, skippable
from engine.progress import Position, Progress, Status

START, SWITCH, SKIP, ACKNOWLEDGE = "start", "switch", "skip", "acknowledge"

_ORDER = (Act.SUBMIT, Act.CONFIRM, Act.ACTIVATE, Act.RESUME, Act.PAUSE, Act.RETRY, Act.CANCEL)


def allowed(definition: Definition, progress: Progress, position: Position, around: Around) -> dict[str, list[str]]:
    """Return the names of what is allowed, and which steps can be skipped and acknowledged."""
    if not around.may_act:
        return {"allowed_actions": [], "skippable": [], "acknowledgeable": []}
    acts = possible_acts(
        definition,
        progress,
        position,
        failure_code=around.failure_code,
        has_unmet=around.has_unmet,
        has_room=around.has_room,
    )
    skips, reads = skippable(progress, position), acknowledgeable(definition, progress, position)
    names = [str(act) for act in _ORDER if act in acts]
    may_start = around.switchable and around.has_room and progress.status is not Status.ACTIVE
    more = {SKIP: skips, ACKNOWLEDGE: reads, START: may_start, SWITCH: around.resumable or around.switchable}
    names += [name for name, to_what in more.items() if to_what]
    return {"allowed_actions": names, "skippable": list(skips), "acknowledgeable": list(reads)}
