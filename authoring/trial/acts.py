"""What an author did while trying a draft out. The page carries the list along; nothing else remembers it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine import strict_json
from engine.errors import Invalid

MAX_ACTS = 200
MAX_LENGTH = 200_000
"""Of the list as text, in characters."""


class TrialUnreadable(Invalid):
    """What a page carried along is no list of acts."""

    code = "trial_unreadable"


class TrialTooLong(Invalid):
    """There are more acts, or longer answers, than a page carries along."""

    code = "trial_too_long"

    def __init__(self) -> None:
        super().__init__("This try has become too long. Go back, or start again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """What the system that starts the workflow knows already."""

    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """The person answered."""

    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear:
    """The person took an answer back."""

    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """The person left an optional step out."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """The person read a step, or has nothing to add to it."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The server call of a step came back with these values."""

    step: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fails:
    """The server call of a step failed."""

    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """The person confirmed what they were shown."""


type Act = Begin | Submit | Clear | Skip | Acknowledge | Found | Fails | Confirm


def read(text: str) -> tuple[Act, ...]:
    """Return the acts that :func:`write` wrote; an empty text is an empty list.

    :raises TrialUnreadable: it is no such list, or too long
    """
    if not text:
        return ()
    if len(text) > MAX_LENGTH:
        raise TrialUnreadable("The list of acts is too long.")
    try:
        acts = strict_json.loads(text)
    except strict_json.UnreadableJson as error:
        raise TrialUnreadable(error.message) from None
    if not isinstance(acts, list) or len(acts) > MAX_ACTS:
        raise TrialUnreadable(f"There must be a list of at most {MAX_ACTS} acts.")
    return tuple(map(_act, acts))


def write(acts: Iterable[Act]) -> str:
    """Return the acts as text.

    :raises TrialTooLong: there are too many, or too much in them
    """
    named = [_as_json(act) for act in acts]
    text = json.dumps(named, ensure_ascii=False, separators=(",", ":"))
    if len(named) > MAX_ACTS or len(text) > MAX_LENGTH:
        raise TrialTooLong
    return text


def _act(source: Any) -> Act:
    match source:
        case {"act": "start", "data": dict(data)}:
            return Begin(data=data)
        case {"act": "submit", "data": dict(data)}:
            return Submit(data=data)
        case {"act": "clear", "field": str(field)}:
            return Clear(field=field)
        case {"act": "skip", "step": str(step)}:
            return Skip(step=step)
        case {"act": "acknowledge", "step": str(step)}:
            return Acknowledge(step=step)
        case {"act": "found", "step": str(step), "data": dict(data)}:
            return Found(step=step, data=data)
        case {"act": "fails", "step": str(step)}:
            return Fails(step=step)
        case {"act": "confirm"}:
            return Confirm()
        case _:
            raise TrialUnreadable("One of the acts is none that can be done.")


def _as_json(act: Act) -> dict[str, Any]:
    match act:
        case Begin(data=data):
            return {"act": "start", "data": dict(data)}
        case Submit(data=data):
            return {"act": "submit", "data": dict(data)}
        case Clear(field=field):
            return {"act": "clear", "field": field}
        case Skip(step=step):
            return {"act": "skip", "step": step}
        case Acknowledge(step=step):
            return {"act": "acknowledge", "step": step}
        case Found(step=step, data=data):
            return {"act": "found", "step": step, "data": dict(data)}
        case Fails(step=step):
            return {"act": "fails", "step": step}
        case _:
            return {"act": "confirm"}
