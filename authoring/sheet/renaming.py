"""Following new names through a part of a document: of fields, and of the values of their choices."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.conditions import key_of
from engine.placeholders import PLACEHOLDER

_APPLICATORS = ("allOf", "anyOf", "oneOf")
_SINGLE_APPLICATORS = ("if", "then", "else", "not")


@dataclass(frozen=True, slots=True)
class Renaming:
    """New names for old ones. Where nothing has a new name, a part comes back as it was."""

    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    """For a field (by its old name), new values by the keys of the old ones."""

    def __bool__(self) -> bool:
        return bool(self.names or self.values)

    def name(self, name: Any) -> Any:
        """Return the name a field has now."""
        return self.names.get(name, name) if isinstance(name, str) else name

    def words(self, text: str) -> str:
        """Return a text with its placeholders renamed."""
        if "{{" not in text or not self.names:
            return text

        def renamed(match: re.Match[str]) -> str:
            if match[1] != "state" or match[2] not in self.names:
                return match[0]
            start, end = match.span(2)
            return match[0][: start - match.start()] + self.names[match[2]] + match[0][end - match.start() :]

        return PLACEHOLDER.sub(renamed, text)

    def step(self, step: Any) -> Any:
        """Return a step in which the new names are followed."""
        if not self or not isinstance(step, Mapping):
            return step
        found = dict(self._texts(step))
        if isinstance(found.get("fields"), list):
            found["fields"] = [self.name(one) for one in found["fields"]]
        if "when" in found:
            found["when"] = self.condition(found["when"])
        if isinstance(found.get("rules"), list):
            found["rules"] = [self._rule(rule) for rule in found["rules"]]
        action = found.get("action")
        if isinstance(action, Mapping) and isinstance(action.get("result"), Mapping):
            result = {self.name(name): pointer for name, pointer in action["result"].items()}
            found["action"] = {**action, "result": result}
        return found

    def _rule(self, rule: Any) -> Any:
        if not isinstance(rule, Mapping):
            return rule
        found = dict(rule)
        if "check" in found:
            found["check"] = self.condition(found["check"])
        if isinstance(found.get("field"), list):
            found["field"] = [self.name(one) for one in found["field"]]
        elif "field" in found:
            found["field"] = self.name(found["field"])
        return found

    def condition(self, source: Any) -> Any:
        """Return a condition in which the new names are followed."""
        if not isinstance(source, Mapping):
            return source
        found = dict(source)
        for key in ("all", "any"):
            if isinstance(found.get(key), list):
                found[key] = [self.condition(part) for part in found[key]]
        if "not" in found:
            found["not"] = self.condition(found["not"])
        for key in ("field", "ref"):
            if key in found:
                found[key] = self.name(found[key])
        if "value" in found and isinstance(source.get("field"), str):
            found["value"] = self._value(source["field"], found["value"])
        return found

    def _value(self, name: str, value: Any) -> Any:
        values = self.values.get(name)
        if not values:
            return value
        if isinstance(value, list):
            return [values.get(key_of(part), part) for part in value]
        return values.get(key_of(value), value)

    def schema(self, schema: Any) -> Any:
        """Return a property in which the new names are followed."""
        if not self or not isinstance(schema, Mapping):
            return schema
        found = dict(self._texts(schema))
        if "x-when" in found:
            found["x-when"] = self.condition(found["x-when"])
        if isinstance(found.get("x-depends-on"), list):
            found["x-depends-on"] = [self.name(one) for one in found["x-depends-on"]]
        if isinstance(found.get("x-choices"), Mapping):
            found["x-choices"] = {**found["x-choices"], "ref": self.name(found["x-choices"].get("ref"))}
        if isinstance(found.get("x-computed"), Mapping):
            found["x-computed"] = {key: self._operand(part) for key, part in found["x-computed"].items()}
        return found

    def _operand(self, part: Any) -> Any:
        match part:
            case list():
                return [self.name(one) for one in part]
            case {"list": name}:
                return {**part, "list": self.name(name)}
            case _:
                return self.name(part)

    def state_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a state schema says beside its properties, with the new names followed."""
        found = dict(schema)
        if isinstance(found.get("required"), list):
            found["required"] = [self.name(one) for one in found["required"]]
        if isinstance(found.get("properties"), Mapping):
            found["properties"] = {self.name(name): part for name, part in found["properties"].items()}
        for key in ("dependentRequired", "dependentSchemas"):
            if isinstance(found.get(key), Mapping):
                found[key] = {self.name(name): self._dependent(part) for name, part in found[key].items()}
        for key in _SINGLE_APPLICATORS:
            if isinstance(found.get(key), Mapping):
                found[key] = self.state_schema(found[key])
        for key in _APPLICATORS:
            if isinstance(found.get(key), list):
                found[key] = [self.state_schema(one) if isinstance(one, Mapping) else one for one in found[key]]
        return found

    def _dependent(self, part: Any) -> Any:
        if isinstance(part, list):
            return [self.name(one) for one in part]
        return self.state_schema(part) if isinstance(part, Mapping) else part

    def rest(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a document says beside its fields and steps, with the new names followed."""
        if not self:
            return dict(document)
        found = dict(self._texts(document))
        if isinstance(found.get("state_schema"), Mapping):
            found["state_schema"] = self.state_schema(found["state_schema"])
        config = found.get("end_action_config")
        if isinstance(config, Mapping) and isinstance(config.get("state"), Mapping):
            state = {theirs: self.name(ours) for theirs, ours in config["state"].items()}
            found["end_action_config"] = {**config, "state": state}
        if isinstance(found.get("tests"), list):
            found["tests"] = self._tests(found["tests"])
        return found

    def _tests(self, part: Any) -> Any:
        """Follow the names through golden conversations: there they are the keys of what is given and expected."""
        if isinstance(part, list):
            return [self._tests(one) for one in part]
        if not isinstance(part, Mapping):
            return self.name(part)
        return {self.name(key): self._tests(one) for key, one in part.items()}

    def _texts(self, part: Any) -> Any:
        if not self.names:
            return part
        if isinstance(part, str):
            return self.words(part)
        if isinstance(part, list):
            return [self._texts(one) for one in part]
        if isinstance(part, Mapping):
            return {key: self._texts(one) for key, one in part.items()}
        return part
