"""What differs between two actions: the end action, that of an ending in the middle, or that of a step."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.actions import OnFailure
from engine.definition import EndActionType
from engine.difference import (
    OPAQUE,
    Both,
    Difference,
    Place,
    Teller,
    Telling,
    are_objects,
    changed_keys,
    flag,
    kind_of,
    noun,
    phrase,
    told,
    told_by,
)
from engine.plain_words import quoted, readable
from engine.wording import Vocabulary, as_mapping

END_ACTION = ("end_action_type", "end_action_target", "end_action_config")
"""The keys that describe what is to happen at an end."""

_DONE = {
    EndActionType.API_CALL: "a request to {}",
    EndActionType.WORKFLOW: "the workflow {} begins",
    EndActionType.TOOL_CALL: "the tool {} is used",
    EndActionType.NONE: "nothing more is done",
}
_FAILING = {
    OnFailure.FAIL: "the workflow fails",
    OnFailure.SKIP: "it goes on without",
    OnFailure.ASK: "the person is asked instead",
}


def action_in_words(kind: Any, target: Any) -> str | None:
    """Return what an action does, or None if nobody can tell."""
    if kind is None:
        kind = EndActionType.NONE
    if not isinstance(kind, str) or kind not in EndActionType:
        return None
    return _DONE[EndActionType(kind)].format(quoted(target if isinstance(target, str) else ""))


def action_differences(
    place: Place, before: Mapping[str, Any], after: Mapping[str, Any], *, prefix: str, lead: str = ""
) -> list[Difference]:
    """Return what differs in the keys that describe an action. What a config holds is not quoted: it may be secret."""
    found: list[Difference] = []
    differing = {key: (old, new) for key, old, new in changed_keys(before, after)}
    kind, target, config = prefix + "type", prefix + "target", prefix + "config"
    aimed = [key for key in (kind, target) if key in differing]
    if aimed:
        old = action_in_words(before.get(kind), before.get(target))
        new = action_in_words(after.get(kind), after.get(target))
        at = place.at(aimed[-1])
        is_told = old is not None and new is not None and old != new
        found.append(
            at.tell(f"{lead}{old} becomes {new}", before=old, after=new)
            if is_told
            else at.state(OPAQUE, kind_of(*differing[aimed[-1]]))
        )
    if config in differing:
        found += told(_configs, place.at(config), *differing[config], (before, after))
    return found


def step_action_differences(place: Place, before: Any, after: Any, _within: Both) -> Telling:
    """Return what differs in what the server does at a step."""
    old, new = as_mapping(before), as_mapping(after)
    if new and not old:
        does = action_in_words(new.get("type"), new.get("target"))
        return [place.tell("the server now finds this out itself", after=does)]
    if old and not new:
        did = action_in_words(old.get("type"), old.get("target"))
        return [place.tell("the server no longer finds this out itself", before=did)]
    found = action_differences(place, old, new, prefix="")
    found += told_by(_STEP_TELLERS, place, (old, new), already=("type", "target", "config"))
    return found or None


def _configs(place: Place, before: Any, after: Any, _within: Both) -> Telling:
    """Return what differs in two configs, by the names of settings and headers alone."""
    if not are_objects(before, after):
        return None
    both = as_mapping(before), as_mapping(after)
    tellers = dict.fromkeys((*both[0], *both[1]), _setting)
    return told_by({**tellers, **_CONFIG_TELLERS}, place, both) or None


def _setting(place: Place, before: Any, after: Any, _within: Both) -> Sequence[Difference]:
    name = readable(place.key)
    return [place.tell(f"setting {quoted(name)} {kind_of(before, after)}", kind_of(before, after))]


def _headers(place: Place, before: Any, after: Any, _within: Both) -> Telling:
    found = [
        place.at(name).tell(f"header {quoted(name)} {kind_of(old, new)}", kind_of(old, new))
        for name, old, new in changed_keys(as_mapping(before), as_mapping(after))
    ]
    return found or None


def _results(place: Place, before: Any, after: Any, _within: Both) -> Telling:
    found = [
        place.at(name).tell(
            f"part of the answer that fills {quoted(place.after.label(name))} {kind_of(old, new)}", kind_of(old, new)
        )
        for name, old, new in changed_keys(as_mapping(before), as_mapping(after))
    ]
    return found or None


def _method(value: Any, _within: Mapping[str, Any], _words: Vocabulary) -> str | None:
    return value if isinstance(value, str) and value.isalpha() else None


def _on_failure(value: Any, _within: Mapping[str, Any], _words: Vocabulary) -> str | None:
    return _FAILING[OnFailure(value)] if isinstance(value, str) and value in OnFailure else None


_CONFIG_TELLERS: Mapping[str, Teller] = {"headers": _headers, "method": noun("method", _method).told}
_STEP_TELLERS: Mapping[str, Teller] = {
    "result": _results,
    "idempotent": flag("done again if the answers it is made of change").told,
    "confirm": flag("confirmed by the person before it is done").told,
    "on_failure": phrase("if it fails,", _on_failure).told,
}
