"""What a template asks to happen, set up by form: a request, a call of a tool, another workflow."""

import re
from collections.abc import Mapping
from typing import Any

from authoring.sheet.pairs import PAIR, PAIRS, Entries, as_it_was
from authoring.sheet.references import Place, References
from authoring.sheet.rows import Row, Shape, shown
from engine.actions import OnFailure
from engine.rendering import METHODS

FILLED = Shape(texts=("name", "field", "pointer"))
CARRIED = Shape(texts=("theirs", "ours"))
ACTION = Shape(
    texts=("type", "url", "tool", "template", "method", "carries", "idempotent", "confirm", "on_failure", "sample"),
    parts={"headers": PAIR, "body": PAIR, "arguments": PAIR, "state": CARRIED, "result": FILLED},
)

LOCKED = "locked"
TARGETS = {"api_call": "url", "tool_call": "tool", "workflow": "template"}
_PARTS = {"api_call": ("headers", "body"), "tool_call": ("arguments",), "workflow": ("state",)}
_NAME_THEIRS = "Name an answer of the other workflow, each once."
_SAY_FILLED = "Say what is filled, each once."
_KEYS = {"type": "end_action_type", "target": "end_action_target", "config": "end_action_config"}
_POINTER = re.compile(r"(/[^/]*)*")


def show_action(action: Any, references: References, *, of_step: bool) -> Row:
    """Return the inputs of an action: `type`, `target`, `config`, and for a step what its answer fills."""
    if not isinstance(action, Mapping) or action.get("type") in (None, "none"):
        return Row(base=action, texts={"type": "none"})
    kind, config = action["type"], action.get("config") or {}
    if not _is_sayable(action, config, of_step=of_step):
        return Row(base=action, texts={"type": LOCKED})
    return Row(
        base=action,
        texts={
            "type": kind,
            TARGETS[kind]: shown(action.get("target")),
            **_shown_request(kind, config),
            "idempotent": "on" if action.get("idempotent") is True else "",
            "confirm": "on" if action.get("confirm") is True else "",
            "on_failure": shown(action.get("on_failure")),
        },
        parts={
            **{name: _entries(name, references).rows(config.get(name)) for name in _PARTS[kind]},
            "result": _results(references, of_step=of_step).rows((action if of_step else config).get("result"))
            if kind != "workflow"
            else (),
        },
    )


def _is_sayable(action: Mapping[str, Any], config: Any, *, of_step: bool) -> bool:
    """Tell whether every input offers what an action has."""
    kind = action["type"]
    return (
        isinstance(kind, str)
        and kind in TARGETS
        and not (of_step and kind == "workflow")
        and isinstance(action.get("target", ""), str)
        and isinstance(config, Mapping)
        and config.get("method", "") in ("", *METHODS)
        and action.get("on_failure", "") in ("", *OnFailure)
    )


def _shown_request(kind: str, config: Mapping[str, Any]) -> dict[str, str]:
    if kind != "api_call":
        return {}
    body = config.get("body")
    carries = "" if "body" not in config else "fields" if isinstance(body, Mapping) else LOCKED
    return {"method": shown(config.get("method")), "carries": carries}


def _entries(name: str, references: References) -> Entries:
    """Return how a part of a config is shown and read."""
    return PAIRS if name != "state" else _states(references)


def _states(references: References) -> Entries:
    def show(theirs: str, ours: Any) -> Row:
        return Row(texts={"theirs": shown(theirs), "ours": references.key_of(ours)})

    def read(row: Row, place: Place) -> tuple[str, Any] | None:
        theirs, ours = row.text("theirs").strip(), references.name_of(row.text("ours"))
        if not theirs:
            place.complain("theirs", _NAME_THEIRS)
        elif not ours:
            place.complain("ours", "Choose the answer that is handed over.")
        else:
            return as_it_was(row, theirs), ours
        return None

    return Entries(letter="s", name_input="theirs", show=show, read=read, twice=_NAME_THEIRS)


def _results(references: References, *, of_step: bool) -> Entries:
    """Return how what an answer fills is shown and read: fields of a step, at the end anything that has a name."""
    name_input = "field" if of_step else "name"

    def show(name: str, pointer: Any) -> Row:
        return Row(texts={name_input: references.key_of(name) if of_step else shown(name), "pointer": shown(pointer)})

    def read(row: Row, place: Place) -> tuple[str, Any] | None:
        name = references.name_of(row.text("field")) if of_step else row.text("name").strip()
        pointer = row.text("pointer").strip()
        if not name:
            place.complain(name_input, _SAY_FILLED)
        elif not _POINTER.fullmatch(pointer):
            place.complain("pointer", "Say where it stands in the answer, like /loan/id.")
        else:
            return name if of_step else as_it_was(row, name), as_it_was(row, pointer, number=1)
        return None

    return Entries(letter="r", name_input=name_input, show=show, read=read, twice=_SAY_FILLED)


def read_action(row: Row, place: Place, *, of_step: bool) -> Any:
    """Return the action that a row states; None if there is none."""
    kind, base = row.text("type"), row.base if of_step or isinstance(row.base, Mapping) else None
    before = show_action(base, place.references, of_step=of_step)
    if kind == LOCKED or _without_sample(row).says_the_same_as(before):
        return base
    if kind in ("", "none"):
        return None
    if kind not in TARGETS:
        place.complain("type", "Choose what is to happen.")
        return base
    was: Mapping[str, Any] = base if base is not None and before.text("type") == kind else {}
    action = {**was, "type": kind, "target": _read_target(row, kind, place, was)}
    config = _read_config(row, kind, place, dict(was.get("config") or {}), of_step=of_step)
    if config or "config" in was:
        action["config"] = config
    if of_step:
        _read_of_step(action, row, place, was)
    return action


def _without_sample(row: Row) -> Row:
    return Row(
        base=row.base,
        texts={name: text for name, text in row.texts.items() if name != "sample"},
        several=row.several,
        parts=row.parts,
    )


def _read_target(row: Row, kind: str, place: Place, was: Mapping[str, Any]) -> str:
    target, before = row.text(TARGETS[kind]).strip(), str(was.get("target", ""))
    if not target:
        words = {"url": "Give the address.", "tool": "Choose the tool.", "template": "Choose the workflow."}
        place.complain(TARGETS[kind], words[TARGETS[kind]])
    return before if target in ("", shown(before).strip()) else target


def _read_config(row: Row, kind: str, place: Place, config: dict[str, Any], *, of_step: bool) -> dict[str, Any]:
    if kind == "api_call":
        _read_request(config, row, place)
    for name in _PARTS[kind]:
        if name != "body":
            _write(config, name, _entries(name, place.references), row, place)
    if not of_step and kind != "workflow":
        _write(config, "result", _results(place.references, of_step=False), row, place)
    return config


def _read_request(config: dict[str, Any], row: Row, place: Place) -> None:
    if row.text("method") != shown(config.get("method")):
        if row.text("method") not in ("", *METHODS):
            place.complain("method", "Choose one of the list.")
        else:
            _put(config, "method", row.text("method"))
    match row.text("carries"):
        case "":
            config.pop("body", None)
        case "fields":
            before = config["body"] if isinstance(config.get("body"), Mapping) else {}
            config["body"] = PAIRS.object(row.rows("body"), place.below("body"), before=before)
        case _ if "body" not in config:
            place.complain("carries", "Choose what is sent.")


def _write(source: dict[str, Any], name: str, entries: Entries, row: Row, place: Place) -> None:
    """Write an object that rows state; nothing stands for an empty one."""
    before = source.get(name)
    found = entries.object(row.rows(name), place.below(name), before=before)
    if found is not before:
        _put(source, name, found)


def _put(source: dict[str, Any], key: str, part: Any) -> None:
    if part:
        source[key] = part
    else:
        source.pop(key, None)


def _read_of_step(action: dict[str, Any], row: Row, place: Place, was: Mapping[str, Any]) -> None:
    _write(action, "result", _results(place.references, of_step=True), row, place)
    for flag in ("idempotent", "confirm"):
        if row.is_on(flag) != (was.get(flag) is True):
            action[flag] = row.is_on(flag)
    if row.text("on_failure") != shown(was.get("on_failure")):
        _put(action, "on_failure", row.text("on_failure"))


def end_action_of(source: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the end action of a document or an ending; None if it says nothing of one."""
    return {name: source[key] for name, key in _KEYS.items() if key in source} or None


def write_end_action(source: dict[str, Any], action: Mapping[str, Any] | None) -> None:
    """Write an end action into a document or an ending."""
    if action != end_action_of(source):
        for key in _KEYS.values():
            source.pop(key, None)
        source |= {f"end_action_{name}": part for name, part in (action or {}).items()}
