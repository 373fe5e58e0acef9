"""Fields and steps that got new names while a draft is tried: what was answered stays answered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from authoring.trial.acts import MAX_LENGTH, Acknowledge, Act, Begin, Clear, Fails, Found, Skip, Submit
from engine import strict_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What fields and steps are called, by the keys of their rows. The page carries it along with the acts."""

    fields: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str) -> "Names":
        """Return the names that :meth:`write` wrote; from any other text, none."""
        try:
            found = strict_json.loads(text) if 0 < len(text) <= MAX_LENGTH else None
        except strict_json.UnreadableJson:
            found = None
        if not isinstance(found, dict):
            return cls()
        return cls(fields=_texts(found.get("fields")), steps=_texts(found.get("steps")))

    def write(self) -> str:
        """Return the names as text."""
        if not self.fields and not self.steps:
            return ""
        return json.dumps({"fields": self.fields, "steps": self.steps}, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """New names for old ones."""

    fields: Mapping[str, str]
    steps: Mapping[str, str]

    @classmethod
    def of(cls, before: Names, after: Names) -> "Following":
        """Return what became of names, row by row."""
        return cls(fields=_pairs(before.fields, after.fields), steps=_pairs(before.steps, after.steps))

    def act(self, act: Act) -> Act:
        """Return an act as it would be done now."""
        match act:
            case Begin(data=data) | Submit(data=data):
                return replace(act, data=self._data(data))
            case Found(step=step, data=data):
                return Found(step=self.steps.get(step, step), data=self._data(data))
            case Clear(field=name):
                return Clear(field=self.field(name))
            case Skip(step=step) | Acknowledge(step=step) | Fails(step=step):
                return replace(act, step=self.steps.get(step, step))
            case _:
                return act

    def field(self, name: str) -> str:
        """Return what a field is called now."""
        return self.fields.get(name, name)

    def _data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return answers under the names of now: a field that is there comes before one that is gone."""
        gone = {name: value for name, value in data.items() if name not in self.fields}
        return gone | {self.fields[name]: value for name, value in data.items() if name in self.fields}


def _texts(found: Any) -> dict[str, str]:
    return {key: name for key, name in found.items() if isinstance(name, str)} if isinstance(found, dict) else {}


def _pairs(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    return {name: after[key] for key, name in before.items() if key in after}
