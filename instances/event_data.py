"""How facts are written down: as they are, except that values of sensitive fields leave only a keyed digest."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.utils.crypto import salted_hmac

from engine.definition import Definition
from engine.facts import ActionRequested, Fact, Submitted
from events.models import NewEvent


def events_of(definition: Definition, facts: Iterable[Fact]) -> list[NewEvent]:
    """Return the events that facts are stored as."""
    return [NewEvent(type=fact.type, data=_data(definition, fact)) for fact in facts]


def _data(definition: Definition, fact: Fact) -> Mapping[str, Any]:
    data = {name: value for name, value in asdict(fact).items() if value not in ((), {}, None)}
    if isinstance(fact, ActionRequested):
        # Whoever knows few possible inputs must not find out which it was.
        data["digest"] = _keyed(f"action.{fact.step}", fact.digest)
    if isinstance(fact, Submitted) and fact.set:
        data["set"] = {name: _recordable(definition, name, value) for name, value in fact.set.items()}
    if isinstance(fact, Submitted) and fact.appended:
        data["appended"] = {
            name: {str(key): _recordable(definition, name, entry) for key, entry in entries.items()}
            for name, entries in fact.appended.items()
        }
    return data


def _recordable(definition: Definition, name: str, value: Any) -> Any:
    """Return the value, or for a sensitive field a digest by which equal values can be told, and nothing more."""
    if definition.fields[name].sensitive is None:
        return value
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return {"digest": _keyed(name, text)}


def _keyed(name: str, text: str) -> str:
    return salted_hmac(f"workflows.event.{name}", text, algorithm="sha256").hexdigest()
