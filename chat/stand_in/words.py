"""How the stand-in words what the service says: with the author's words, where there are any. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from chat.stand_in.heard import Heard


def after(heard: Heard) -> str:
    """Return what to say after tools were called: what became of it, then what to ask."""
    told = [line for result in heard.results for line in _became(result, heard)]
    return "\n".join(dict.fromkeys([*told, *_next(heard)])) or "All right."


def not_understood(heard: Heard) -> str:
    """Return what to say where no rule found anything."""
    if not heard.known.get("workflow"):
        return "\n".join(["What is it about? I can help with:", *_startable(heard.known)])
    return "\n".join(["I did not find an answer in that.", *_next(heard)])


def _became(answer: Mapping[str, Any], heard: Heard) -> Iterator[str]:
    """Return what to say of one call."""
    if error := answer.get("error"):
        yield error["message"]
    result = answer.get("result") or {}
    for one in result.get("rejected") or ():
        yield one.get("message") or f"{_label(heard, one['field'])}: that cannot be."
    for one in result.get("corrected") or ():
        yield f"{_label(heard, one['field'])}: {one['to']} instead of {one['from']}."
    for one in result.get("say") or ():
        yield one["text"]
    if result.get("next") == "finishing":
        yield "Thank you, it is on its way."
    if result.get("next") == "done":
        yield "It is cancelled." if result["workflow"]["status"] == "cancelled" else "That is all. Thank you."


def _next(heard: Heard) -> Iterator[str]:
    """Return what to ask now."""
    known = heard.known
    yield from (one["message"] for one in known.get("unmet") or ())
    if confirmation := known.get("confirmation"):
        yield "This is what I have:"
        yield from (f"- {line['label']}: {line['words']}" for line in confirmation["summary"])
        yield "Is that right?"
        return
    asked = known.get("ask_next") or ()
    yield from map(_question, asked)
    if asked and all(one["reason"] == "optional" for one in asked):
        yield "You may skip this."
    step = known.get("current_step")
    if step and not asked and step.get("description"):
        yield step["description"]
    if page := known.get("page"):
        yield f"Here you can give the rest, and look at everything: {page['url']}"


def _question(one: Mapping[str, Any]) -> str:
    choices = ", ".join(choice["title"] for choice in one.get("choices") or ())
    question = one.get("ask") or f"{one['label']}?"
    return f"{question} ({choices})" if choices else question


def _startable(known: Mapping[str, Any]) -> Iterator[str]:
    for one in known.get("startable") or ():
        yield f"- {one.get('description') or one['workflow']}"


def _label(heard: Heard, name: str) -> str:
    field = heard.fields.get(name)
    return field.label if field else name
