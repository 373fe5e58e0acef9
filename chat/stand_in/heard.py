"""What a model is told in one request, whichever wire format it came in. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chat.stand_in.fields import Field, fields_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A tool to be called."""

    tool: str
    arguments: Mapping[str, Any]


type Reply = str | Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What the person said last, what came of calls since, what can be given, and what the prompt says is known."""

    said: str
    results: tuple[Mapping[str, Any], ...]
    fields: Mapping[str, Field]
    known: Mapping[str, Any]


def heard(*, prompt: str, said: str, results: Iterable[str], tools: Mapping[str, Mapping[str, Any]]) -> Heard:
    """Return what a request says; tools are the schemas of their arguments, by name."""
    submitted = tools.get("submit_data", {}).get("properties", {}).get("data", {})
    return Heard(
        said=said,
        results=tuple(_object(result) for result in results),
        fields=fields_of(submitted),
        known=_known(prompt),
    )


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _known(prompt: str) -> Mapping[str, Any]:
    """Return the data of a prompt: the last JSON object in it."""
    decoder = json.JSONDecoder()
    known: Mapping[str, Any] = {}
    at = prompt.find("{")
    while at >= 0:
        try:
            found, end = decoder.raw_decode(prompt, at)
        except ValueError:
            end = at + 1
        else:
            known = found
        at = prompt.find("{", end)
    return known
