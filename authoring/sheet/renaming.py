"""Following new names of fields through the whole of a document."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.placeholders import PLACEHOLDER

_APPLICATORS = ("allOf", "anyOf", "oneOf")
_SINGLE_APPLICATORS = ("if", "then", "else", "not")
_SAID_BY_OTHERS = ("metadata", "prerequisites")
"""Parts of a document that say nothing of its own fields."""
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
        found = self._with_state(
            {key: part if key in _SAID_BY_OTHERS else self._texts(part) for key, part in document.items()}
        )
        found["state_schema"] = self._state_schema(found["state_schema"])
        if isinstance(found.get("steps"), list):
            found["steps"] = [self._step(step) for step in found["steps"]]
        if isinstance(found.get("tests"), list):
            found["tests"] = self._tests(found["tests"])
        return found

    def _name(self, name: Any) -> Any:
        return self.names.get(name, name) if isinstance(name, str) else name

    def _words(self, text: str) -> str:
        if "{{" not in text:
            return text

        def renamed(match: re.Match[str]) -> str:
            if match[1] != "state" or match[2] not in self.names:
                return match[0]
            start, end = match.span(2)
            return match[0][: start - match.start()] + self.names[match[2]] + match[0][end - match.start() :]

        return PLACEHOLDER.sub(renamed, text)

    def _with_state(self, part: Mapping[str, Any]) -> dict[str, Any]:
        """Return what has an end action, with the new names in what this hands over."""
        config = part.get("end_action_config")
        if not isinstance(config, Mapping) or not isinstance(config.get("state"), Mapping):
            return dict(part)
        state = {theirs: self._name(ours) for theirs, ours in config["state"].items()}
        return {**part, "end_action_config": {**config, "state": state}}

    def _step(self, step: Any) -> Any:
        if not isinstance(step, Mapping):
            return step
        found = dict(step)
        if isinstance(found.get("fields"), list):
            found["fields"] = [self._name(one) for one in found["fields"]]
        if "when" in found:
            found["when"] = self._condition(found["when"])
        if isinstance(found.get("rules"), list):
            found["rules"] = [self._rule(rule) for rule in found["rules"]]
        if isinstance(found.get("end"), Mapping):
            found["end"] = self._with_state(found["end"])
        action = found.get("action")
        if isinstance(action, Mapping) and isinstance(action.get("result"), Mapping):
            result = {self._name(name): pointer for name, pointer in action["result"].items()}
            found["action"] = {**action, "result": result}
        return found

    def _rule(self, rule: Any) -> Any:
        if not isinstance(rule, Mapping):
            return rule
        found = dict(rule)
        if "check" in found:
            found["check"] = self._condition(found["check"])
        if isinstance(found.get("field"), list):
            found["field"] = [self._name(one) for one in found["field"]]
        elif "field" in found:
            found["field"] = self._name(found["field"])
        return found

    def _condition(self, source: Any) -> Any:
        if not isinstance(source, Mapping):
            return source
        found = dict(source)
        for key in ("all", "any"):
            if isinstance(found.get(key), list):
                found[key] = [self._condition(part) for part in found[key]]
        if "not" in found:
            found["not"] = self._condition(found["not"])
        for key in ("field", "ref"):
            if key in found:
                found[key] = self._name(found[key])
        return found

    def _property(self, schema: Any) -> Any:
        if not isinstance(schema, Mapping):
            return schema
        found = dict(schema)
        if "x-when" in found:
            found["x-when"] = self._condition(found["x-when"])
        if isinstance(found.get("x-depends-on"), list):
            found["x-depends-on"] = [self._name(one) for one in found["x-depends-on"]]
        if isinstance(found.get("x-choices"), Mapping):
            found["x-choices"] = {
                key: self._name(part) if key == "ref" else part for key, part in found["x-choices"].items()
            }
        if isinstance(found.get("x-computed"), Mapping):
            found["x-computed"] = {key: self._operand(part) for key, part in found["x-computed"].items()}
        return found

    def _operand(self, part: Any) -> Any:
        match part:
            case list():
                return [self._name(one) for one in part]
            case {"list": name}:
                return {**part, "list": self._name(name)}
            case _:
                return self._name(part)

    def _state_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        found = dict(schema)
        if isinstance(found.get("required"), list):
            found["required"] = [self._name(one) for one in found["required"]]
        if isinstance(found.get("properties"), Mapping):
            found["properties"] = {self._name(name): self._property(part) for name, part in found["properties"].items()}
        for key in ("dependentRequired", "dependentSchemas"):
            if isinstance(found.get(key), Mapping):
                found[key] = {self._name(name): self._dependent(part) for name, part in found[key].items()}
        for key in _SINGLE_APPLICATORS:
            if isinstance(found.get(key), Mapping):
                found[key] = self._state_schema(found[key])
        for key in _APPLICATORS:
            if isinstance(found.get(key), list):
                found[key] = [self._state_schema(one) if isinstance(one, Mapping) else one for one in found[key]]
        return found

    def _dependent(self, part: Any) -> Any:
        if isinstance(part, list):
            return [self._name(one) for one in part]
        return self._state_schema(part) if isinstance(part, Mapping) else part

    def _tests(self, part: Any, key: str = "") -> Any:
        """Follow the names through golden conversations: in what is given by field, in lists of fields, in `field`."""
        match part:
            case Mapping() if key in _BY_FIELD:
                return {self._name(name): one for name, one in part.items()}
            case Mapping():
                return {name: self._tests(one, name) for name, one in part.items()}
            case list():
                return [self._name(one) if isinstance(one, str) else self._tests(one, key) for one in part]
            case _:
                return self._name(part) if key == "field" else part

    def _texts(self, part: Any) -> Any:
        if isinstance(part, str):
            return self._words(part)
        if isinstance(part, list):
            return [self._texts(one) for one in part]
        if isinstance(part, Mapping):
            return {self._words(key): self._texts(one) for key, one in part.items()}
        return part
