"""Where the parts of a document name fields, and the same parts with other names.

It takes parts as it finds them: what is not well formed stays as it is, and validation tells of it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from engine.conditions import TODAY
from engine.placeholders import PLACEHOLDER, Source, placeholder_of

type Rename = Callable[[str], str]

# Their content is data: a text in it that looks like a placeholder is none.
_DATA = frozenset({"const", "enum", "default", "examples"})


def renamed_property(part: Any, rename: Rename) -> Any:
    """Return a property of a state schema that names other fields by other names."""
    if not isinstance(part, Mapping):
        return part
    return {key: _KEYWORDS.get(key, renamed_schema)(value, rename) for key, value in part.items()}


def renamed_step(step: Mapping[str, Any], rename: Rename) -> dict[str, Any]:
    """Return a step that names fields by other names."""
    return {key: _STEP_KEYS.get(key, _unchanged)(value, rename) for key, value in step.items()}


def named_in_property(part: Any) -> tuple[str, ...]:
    """Return the fields that a property names, each once."""
    return _recorded(lambda note: renamed_property(part, note))


def named_in_step(step: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields that a step names, each once."""
    return _recorded(lambda note: renamed_step(step, note))


def renamed_condition(source: Any, rename: Rename) -> Any:
    """Return a condition that looks at fields by other names."""
    match source:
        case {"all": list(parts)}:
            return {**source, "all": [renamed_condition(part, rename) for part in parts]}
        case {"any": list(parts)}:
            return {**source, "any": [renamed_condition(part, rename) for part in parts]}
        case {"not": part}:
            return {**source, "not": renamed_condition(part, rename)}
        case {"field": str(field), "ref": str(ref)} if ref != TODAY:
            return {**source, "field": rename(field), "ref": rename(ref)}
        case {"field": str(field)}:
            return {**source, "field": rename(field)}
        case _:
            return source


def renamed_end_action(part: Any, rename: Rename) -> Any:
    """Return what ends a workflow, a document or an ending in the middle, with other names of what it hands over."""
    match part:
        case {"end_action_config": {"state": {} as state} as config}:
            handed_over = {theirs: renamed_name(ours, rename) for theirs, ours in state.items()}
            return {**part, "end_action_config": {**config, "state": handed_over}}
        case _:
            return part


def renamed_words(part: Any, rename: Rename) -> Any:
    """Return a part in whose texts `{{state.field}}` asks for other names."""
    match part:
        case str():
            return PLACEHOLDER.sub(lambda match: _renamed_placeholder(match, rename), part)
        case Mapping():
            return {key: renamed_words(value, rename) for key, value in part.items()}
        case list():
            return [renamed_words(value, rename) for value in part]
        case _:
            return part


def renamed_schema(part: Any, rename: Rename) -> Any:
    """Return likewise a schema, or a part of one, in which some keywords hold data."""
    match part:
        case Mapping():
            return {key: _WITHIN.get(key, renamed_schema)(value, rename) for key, value in part.items()}
        case list():
            return [renamed_schema(value, rename) for value in part]
        case _:
            return renamed_words(part, rename)


def renamed_name(part: Any, rename: Rename) -> Any:
    """Return another name for one field, or for each of a list of them."""
    match part:
        case str():
            return rename(part)
        case list():
            return [renamed_name(name, rename) for name in part]
        case _:
            return part


def _recorded(walk: Callable[[Rename], Any]) -> tuple[str, ...]:
    """Return the names that come by when everything is renamed to what it is."""
    seen: list[str] = []

    def note(name: str) -> str:
        seen.append(name)
        return name

    walk(note)
    return tuple(dict.fromkeys(seen))


def _unchanged(part: Any, _: Rename) -> Any:
    return part


def _renamed_formula(part: Any, rename: Rename) -> Any:
    match part:
        case {"sum": {"list": str(entries)}}:
            return {**part, "sum": {**part["sum"], "list": rename(entries)}}
        case Mapping():
            return {key: renamed_name(value, rename) for key, value in part.items()}
        case _:
            return part


def _renamed_choices(part: Any, rename: Rename) -> Any:
    """Rename the list that choices come from; what is chosen and shown are columns of that list."""
    match part:
        case {"ref": str(ref)}:
            return {**part, "ref": rename(ref)}
        case _:
            return part


def _renamed_placeholder(match: re.Match[str], rename: Rename) -> str:
    if placeholder_of(match).source is not Source.STATE:
        return match[0]
    before, after = match.start(2) - match.start(), match.end(2) - match.start()
    return match[0][:before] + rename(match[2]) + match[0][after:]


def _renamed_rules(part: Any, rename: Rename) -> Any:
    if not isinstance(part, list):
        return part
    return [
        {key: _RULE_KEYS.get(key, _unchanged)(value, rename) for key, value in rule.items()}
        if isinstance(rule, Mapping)
        else rule
        for rule in part
    ]


def _renamed_ending(part: Any, rename: Rename) -> Any:
    return renamed_end_action(renamed_words(part, rename), rename)


def _renamed_action(part: Any, rename: Rename) -> Any:
    """Rename the fields that the answer fills, and those whose values are sent."""
    match part:
        case {"result": {} as result}:
            filled = {rename(name): path for name, path in result.items()}
            return {**renamed_words({**part, "result": {}}, rename), "result": filled}
        case _:
            return renamed_words(part, rename)


_WITHIN: Mapping[str, Callable[[Any, Rename], Any]] = {
    "x-messages": renamed_words,  # by keyword, and so perhaps by one that holds data elsewhere
    **dict.fromkeys(_DATA, _unchanged),
}

_KEYWORDS: Mapping[str, Callable[[Any, Rename], Any]] = {
    **_WITHIN,
    "x-when": renamed_condition,
    "x-depends-on": renamed_name,
    "x-computed": _renamed_formula,
    "x-choices": _renamed_choices,
}

_RULE_KEYS: Mapping[str, Callable[[Any, Rename], Any]] = {
    "check": renamed_condition,
    "field": renamed_name,
    "message": renamed_words,
}

_STEP_KEYS: Mapping[str, Callable[[Any, Rename], Any]] = {
    "name": renamed_words,
    "description": renamed_words,
    "fields": renamed_name,
    "when": renamed_condition,
    "rules": _renamed_rules,
    "action": _renamed_action,
    "end": _renamed_ending,
}
