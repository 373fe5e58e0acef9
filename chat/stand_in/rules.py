"""What the stand-in does with what it hears: call one tool, or say something. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from chat.stand_in import words
from chat.stand_in.extraction import extract, says_no, says_yes
from chat.stand_in.fields import Field, Kind, called
from chat.stand_in.heard import Call, Heard, Reply

_CANCEL = re.compile(r"\b(?:cancel|stop|forget it|never mind|call it off)\b", re.IGNORECASE)
_NOTHING_TO_SAY = re.compile(
    r"\W*(?:no|nope|nothing|none|skip|pass|rather not|that'?s (?:all|it))(?:\W+(?:it|that|this|else|more|please|thanks?"
    r"|thank you))*\W*",
    re.IGNORECASE,
)


def reply(heard: Heard) -> Reply:
    """Return what comes next: words for the person once a tool was called, else a call, if the person said enough."""
    if heard.results:
        return words.after(heard)
    return _call(heard) or words.not_understood(heard)


def _call(heard: Heard) -> Call | None:
    known = heard.known
    if not known.get("workflow"):
        return _start(heard)
    if _CANCEL.search(heard.said):
        return Call(tool="cancel_workflow", arguments={"reason": heard.said})
    confirmation = known.get("confirmation")
    if confirmation and says_yes(heard.said):
        return Call(tool="confirm_workflow", arguments={"token": confirmation["token"]})
    arguments = _submission(heard)
    return Call(tool="submit_data", arguments=arguments) if arguments else None


def _start(heard: Heard) -> Call | None:
    """Start what the person speaks of, if that can be told."""
    spoken = _stems(heard.said)
    scores = {
        one["workflow"]: len(spoken & _stems(f"{one['workflow']} {one.get('description') or ''}"))
        for one in heard.known.get("startable") or ()
    }
    best = [name for name, score in scores.items() if score and score == max(scores.values())]
    return Call(tool="start_workflow", arguments={"workflow": best[0]}) if len(best) == 1 else None


def _stems(text: str) -> set[str]:
    """Return the beginnings of the longer words: enough to tell one workflow from another."""
    return {word[:5] for word in re.findall(r"[^\W_]{4,}", text.casefold())}


def _submission(heard: Heard) -> Mapping[str, Any]:
    """Return the arguments of `submit_data`; none if nothing was said that could be handed over."""
    known, asked = heard.known, list(_asked(heard))
    step = (known.get("current_step") or {}).get("id")
    if _NOTHING_TO_SAY.fullmatch(heard.said) and not any(field.kind is Kind.YES_NO for field in asked):
        return {"skip": [step]} if step in known.get("skippable", ()) else {}
    names = {field.name for field in asked}
    found = extract(heard.said, asked=asked, others=[one for name, one in heard.fields.items() if name not in names])
    if found:
        return {"data": {one.field: one.value for one in found}, "evidence": {one.field: one.quote for one in found}}
    is_read = not asked and step in known.get("acknowledgeable", ()) and not says_no(heard.said)
    return {"acknowledge": [step]} if is_read else {}


def _asked(heard: Heard) -> Iterator[Field]:
    """Return the fields that are asked now; choices that come out of a list stand only there."""
    for one in heard.known.get("ask_next") or ():
        if field := heard.fields.get(one["field"]):
            yield called(field, one)
