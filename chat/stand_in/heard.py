"""What a model is told in one request, whichever wire format it came in. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chat.stand_in.fields import Field, called, fields_of


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
    table = {row["field"]: row for row in map(_object, _ROW.findall(prompt)) if "field" in row}
    blocks = _DATA.findall(prompt)
    return Heard(
        said=said,
        results=tuple(map(_object, results)),
        fields={name: called(field, table.get(name, {})) for name, field in fields_of(submitted).items()},
        known=_object(blocks[-1]) if blocks else {},
    )


_DATA = re.compile(r"^<data>$(.*?)^</data>$", re.DOTALL | re.MULTILINE)
_ROW = re.compile(r'^\{"field":.*\}$', re.MULTILINE)
"""How the prompt tells what is known, and in its other part what fields there are."""


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
