"""What a template asks to happen, set up by form: a request, a call of a tool, another workflow."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from authoring.sheet.pairs import PAIR, read_pairs, show_pairs
from authoring.sheet.references import Place, References
from authoring.sheet.rows import Row, Shape, keyed, shown
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


def show_action(action: Any, references: References, *, of_step: bool) -> Row:
    """Return the inputs of an action: `type`, `target`, `config`, and for a step what its answer fills."""
    if not isinstance(action, Mapping) or action.get("type") in (None, "none"):
        return Row(base=action, texts={"type": "none"})
    kind, config = action["type"], action.get("config") or {}
    if kind not in TARGETS or not isinstance(config, Mapping) or not isinstance(action.get("target", ""), str):
        return Row(base=action, texts={"type": LOCKED})
    result = action.get("result") if of_step else config.get("result")
    return Row(
        base=action,
        texts={
            "type": kind,
            TARGETS[kind]: shown(action.get("target", "")),
            **_shown_request(kind, config),
            "idempotent": "on" if action.get("idempotent") is True else "",
            "confirm": "on" if action.get("confirm") is True else "",
            "on_failure": shown(action.get("on_failure", "")),
        },
        parts={
            **{name: show_pairs(config.get(name)) for name in _PARTS[kind] if name != "state"},
            "state": _shown_state(config.get("state"), references) if kind == "workflow" else (),
            "result": _shown_result(result, references, of_step=of_step),
        },
    )


def _shown_request(kind: str, config: Mapping[str, Any]) -> dict[str, str]:
    if kind != "api_call":
        return {}
    body = config.get("body")
    carries = "" if "body" not in config else "fields" if isinstance(body, Mapping) else LOCKED
    return {"method": shown(config.get("method", "")), "carries": carries}


def _shown_state(state: Any, references: References) -> tuple[Row, ...]:
    pairs = state.items() if isinstance(state, Mapping) else ()
    rows = [
        Row(base=[theirs, ours], texts={"theirs": shown(theirs), "ours": references.key_of(ours)})
        for theirs, ours in pairs
    ]
    return keyed(rows, "s")


def _shown_result(result: Any, references: References, *, of_step: bool) -> tuple[Row, ...]:
    pairs = result.items() if isinstance(result, Mapping) else ()
    rows = [
        Row(
            base=[name, pointer],
            texts={
                "name": "" if of_step else shown(name),
                "field": references.key_of(name) if of_step else "",
                "pointer": shown(pointer),
            },
        )
        for name, pointer in pairs
    ]
    return keyed(rows, "r")


def read_action(row: Row, place: Place, *, of_step: bool) -> Any:
    """Return the action that a row states; None if there is none."""
    kind = row.text("type")
    before = show_action(row.base, place.references, of_step=of_step)
    if kind == LOCKED or _without_sample(row).says_the_same_as(before):
        return row.base
    if kind in ("", "none"):
        return None
    if kind not in TARGETS:
        place.complain("type", "Choose what is to happen.")
        return row.base
    was = row.base if isinstance(row.base, Mapping) and row.base.get("type") == kind else {}
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
    target = row.text(TARGETS[kind]).strip()
    if not target:
        words = {"url": "Give the address.", "tool": "Choose the tool.", "template": "Choose the workflow."}
        place.complain(TARGETS[kind], words[TARGETS[kind]])
    before = was.get("target", "")
    return before if isinstance(before, str) and shown(before).strip() == target else target


def _read_config(row: Row, kind: str, place: Place, config: dict[str, Any], *, of_step: bool) -> dict[str, Any]:
    if kind == "api_call":
        _read_request(config, row, place)
    elif kind == "tool_call":
        _put(
            config,
            "arguments",
            read_pairs(row.parts.get("arguments", ()), place.below("arguments"), before=config.get("arguments")),
        )
    else:
        _put(config, "state", _read_state(row.parts.get("state", ()), place.below("state"), config.get("state")))
    if not of_step and kind != "workflow":
        _put(config, "result", _read_result(row, place.below("result"), config.get("result"), of_step=False))
    return config


def _read_request(config: dict[str, Any], row: Row, place: Place) -> None:
    if row.text("method") != shown(config.get("method", "")):
        if row.text("method") not in ("", *METHODS):
            place.complain("method", "Choose one of the list.")
        else:
            _put(config, "method", row.text("method") or None)
    headers = read_pairs(row.parts.get("headers", ()), place.below("headers"), before=config.get("headers"))
    _put(config, "headers", headers)
    match row.text("carries"):
        case "":
            config.pop("body", None)
        case "fields":
            was = config.get("body") if isinstance(config.get("body"), Mapping) else None
            config["body"] = read_pairs(row.parts.get("body", ()), place.below("body"), before=was) or {}
        case _ if "body" not in config:
            place.complain("carries", "Choose what is sent.")


def _put(config: dict[str, Any], key: str, part: Any) -> None:
    """Write a part of a config; nothing stands for an empty one that was not there."""
    if part or (part is not None and key in config and part == config[key]):
        config[key] = part
    else:
        config.pop(key, None)


def _read_state(rows: Sequence[Row], place: Place, before: Any) -> Any:
    was = _shown_state(before, place.references)
    if len(rows) == len(was) and all(row.says_the_same_as(one) for row, one in zip(rows, was, strict=True)):
        return before
    found: dict[str, str] = {}
    for row in rows:
        theirs, ours = row.text("theirs").strip(), place.references.name_of(row.text("ours"))
        if not theirs and not ours:
            continue
        if not theirs or theirs in found:
            place.below(row.key).complain("theirs", "Name an answer of the other workflow, each once.")
        elif not ours:
            place.below(row.key).complain("ours", "Choose the answer that is handed over.")
        else:
            found[theirs] = ours
    return found


def _read_result(row: Row, place: Place, before: Any, *, of_step: bool) -> Any:
    rows, was = row.parts.get("result", ()), _shown_result(before, place.references, of_step=of_step)
    if len(rows) == len(was) and all(one.says_the_same_as(other) for one, other in zip(rows, was, strict=True)):
        return before
    found: dict[str, str] = {}
    for one in rows:
        where = place.below(one.key)
        name = place.references.name_of(one.text("field")) if of_step else one.text("name").strip()
        pointer = one.text("pointer").strip()
        if not name and not pointer:
            continue
        if not name or name in found:
            where.complain("field" if of_step else "name", "Say what is filled, each once.")
        elif pointer and not re.fullmatch(r"(/[^/]*)+", pointer):
            where.complain("pointer", "Say where it stands in the answer, like /loan/id.")
        else:
            found[name] = pointer
    return found


def _read_of_step(action: dict[str, Any], row: Row, place: Place, was: Mapping[str, Any]) -> None:
    _put(action, "result", _read_result(row, place.below("result"), was.get("result"), of_step=True))
    for flag in ("idempotent", "confirm"):
        if row.is_on(flag) != (was.get(flag) is True):
            action[flag] = row.is_on(flag)
    if row.text("on_failure") != shown(was.get("on_failure", "")):
        _put(action, "on_failure", row.text("on_failure") or None)
