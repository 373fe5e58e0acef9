"""Following new names of fields through the whole of a document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.naming import (
    renamed_end_action,
    renamed_name,
    renamed_property,
    renamed_schema,
    renamed_step,
    renamed_words,
)

_APPLICATORS = ("allOf", "anyOf", "oneOf")
_SINGLE_APPLICATORS = ("if", "then", "else", "not")
_BY_PROPERTY = ("dependentRequired", "dependentSchemas")
_BY_FIELD = ("data", "state_data", "append", "remove", "evidence", "accepted", "rejected", "values", "state")
"""Parts of a golden conversation that are objects with the names of fields as keys."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """New names for old ones."""

    names: Mapping[str, str]

    def document(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return a document in which the new names are followed: it has fields, else there were none."""
        if not self.names:
            return document
        parts: Mapping[str, Callable[[Any], Any]] = {
            "state_schema": self._state_schema,
            "steps": self._steps,
            "tests": self._tests,
            "metadata": _as_it_is,  # these two say nothing of its own fields
            "prerequisites": _as_it_is,
        }
        found = {key: parts.get(key, self._words)(part) for key, part in document.items()}
        return dict(renamed_end_action(found, self._name))

    def _name(self, name: str) -> str:
        return self.names.get(name, name)

    def _words(self, part: Any) -> Any:
        return renamed_words(part, self._name)

    def _steps(self, steps: Any) -> Any:
        if not isinstance(steps, list):
            return steps
        return [renamed_step(step, self._name) if isinstance(step, Mapping) else step for step in steps]

    def _state_schema(self, schema: Any) -> Any:
        """Follow the names through what a state schema says at its root, and in the schemas that it applies there."""
        if not isinstance(schema, Mapping):
            return schema
        return {key: self._keyword(key, part) for key, part in schema.items()}

    def _keyword(self, key: str, part: Any) -> Any:
        match part:
            case Mapping() if key == "properties":
                return {self._name(name): renamed_property(one, self._name) for name, one in part.items()}
            case Mapping() if key in _BY_PROPERTY:
                return {self._name(name): self._dependent(one) for name, one in part.items()}
            case list() if key == "required":
                return renamed_name(part, self._name)
            case list() if key in _APPLICATORS:
                return [self._state_schema(one) for one in part]
            case Mapping() if key in _SINGLE_APPLICATORS:
                return self._state_schema(part)
            case _:
                return renamed_schema({key: part}, self._name)[key]  # the keyword tells whether its content is data

    def _dependent(self, part: Any) -> Any:
        return renamed_name(part, self._name) if isinstance(part, list) else self._state_schema(part)

    def _tests(self, part: Any, key: str = "") -> Any:
        """Follow the names through golden conversations: in what is given by field, in lists of fields, in `field`."""
        match part:
            case Mapping() if key in _BY_FIELD:
                return {self._name(name): one for name, one in part.items()}
            case Mapping():
                return {name: self._tests(one, name) for name, one in part.items()}
            case list():
                return [self._name(one) if isinstance(one, str) else self._tests(one) for one in part]
            case str() if key == "field":
                return self._name(part)
            case _:
                return self._words(part)


def _as_it_is(part: Any) -> Any:
    return part
