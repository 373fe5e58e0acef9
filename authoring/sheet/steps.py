"""Steps as rows: what each asks or tells, when it applies, what must hold, and how it may end everything."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from authoring.sheet.actions import ACTION, end_action_of, read_action, show_action, write_end_action
from authoring.sheet.conditions import CONDITION, condition_row, read_condition, read_only_condition
from authoring.sheet.naming import name_from
from authoring.sheet.references import Place, References
from authoring.sheet.rows import Row, Shape, keyed, shown

RULE = Shape(texts=("message",), several=("again",), parts={"check": CONDITION})
STEP = Shape(
    texts=("name", "description", "optional", "kind", "outcome", "message", "uses"),
    several=("fields",),
    parts={"when": CONDITION, "rules": RULE, "action": ACTION, "end_action": ACTION},
)
KINDS = ("ask", "end", "action")
LOCKED = "locked"


def show_step(step: Any, references: References) -> Row:
    """Return the inputs of a step and the rows inside it; one whose shape is wrong is locked."""
    if not _is_sayable(step):
        return Row(base=step, texts={"kind": LOCKED, "name": _label(step)})
    return replace(
        _own_inputs(step, references),
        parts={
            "when": condition_row(step.get("when"), references),
            "rules": keyed([_shown_rule(rule, references) for rule in step.get("rules", ())], "r"),
            "action": (show_action(step.get("action"), references, of_step=True),),
            "end_action": (show_action(end_action_of(step.get("end") or {}), references, of_step=False),),
        },
    )


def _own_inputs(step: Mapping[str, Any], references: References) -> Row:
    end = step.get("end") or {}
    return Row(
        base=step,
        texts={
            "name": shown(step.get("name")),
            "description": shown(step.get("description"), lines=True),
            "optional": "on" if step.get("required") is False else "",
            "kind": "end" if "end" in step else "action" if step.get("action") else "ask",
            "outcome": shown(end.get("outcome")),
            "message": shown(end.get("message"), lines=True),
            "uses": shown(step.get("uses")),
        },
        several={"fields": tuple(map(references.key_of, step.get("fields", ())))},
    )


def _is_sayable(step: Any) -> bool:
    if not isinstance(step, Mapping) or not isinstance(step.get("fields", []), list):
        return False
    rules, end = step.get("rules", []), step.get("end", {})
    return (
        all(isinstance(name, str) for name in step.get("fields", ()))
        and isinstance(rules, list)
        and all(map(_is_sayable_rule, rules))
        and isinstance(end, Mapping)
        and not ("end" in step and step.get("action"))
        and all(isinstance(step.get(key, ""), str) for key in ("id", "name", "description"))
        and isinstance(step.get("required", True), bool)
    )


def _is_sayable_rule(rule: Any) -> bool:
    if not isinstance(rule, Mapping):
        return False
    again = rule.get("field", "")
    listed = isinstance(again, list) and all(isinstance(name, str) for name in again)
    return (isinstance(again, str) or listed) and isinstance(rule.get("message", ""), str)


def _label(step: Any) -> str:
    name = step.get("name") if isinstance(step, Mapping) else ""
    return shown(name)


def _shown_rule(rule: Mapping[str, Any], references: References) -> Row:
    return replace(_rule_inputs(rule, references), parts={"check": condition_row(rule.get("check"), references)})


def _rule_inputs(rule: Mapping[str, Any], references: References) -> Row:
    again = rule.get("field", [])
    return Row(
        base=rule,
        texts={"message": shown(rule.get("message"), lines=True)},
        several={"again": tuple(map(references.key_of, [again] if isinstance(again, str) else again))},
    )


def read_step(row: Row, place: Place, *, taken: set[str]) -> Any:
    """Return the step that a row states. A new one gets an id made from its name that is not among those taken."""
    if row.text("kind") == LOCKED or (row.base is not None and not _is_sayable(row.base)):
        return row.base
    step: dict[str, Any] = dict(row.base or {})
    before = _own_inputs(row.base, place.references) if row.base is not None else Row(texts={"kind": "ask"})
    name = row.text("name").strip()
    is_nameless_yet = before.text("uses") != "" and not before.text("name").strip() and not row.chosen("fields")
    if not name and not is_nameless_yet:
        place.complain("name", "Give this step a name.")
    if row.base is None or (name and row.text("name") != before.text("name")):
        step["name"] = name
    if row.text("description") != before.text("description"):
        _put(step, "description", row.text("description").strip())
    if row.is_on("optional"):
        step["required"] = False
    elif before.is_on("optional"):
        del step["required"]
    read_only_condition(step, "when", row.only("when"), place.below("when"))
    kind = row.text("kind")
    if kind not in KINDS:
        place.complain("kind", "Choose what this step does.")
        kind = before.text("kind")
    _read_kind(step, kind, row, before, place)
    if "id" not in step and (row.number is None or step != row.base):
        step["id"] = name_from(name, taken=taken, otherwise="step")
        taken.add(step["id"])
    return step


def _read_kind(step: dict[str, Any], kind: str, row: Row, before: Row, place: Place) -> None:
    if kind == "end":
        step.pop("action", None)
        for key in ("fields", "rules"):
            if step.get(key) and before.text("kind") != "end":
                del step[key]
        _read_end(step, row, before, place)
        return
    step.pop("end", None)
    _read_fields(step, row, before, place)
    _read_rules(step, row, place)
    if kind == "action":
        part = row.only("action")
        action = read_action(part, place.below("action", part.key), of_step=True)
        if action is None:
            place.below("action", part.key).complain("type", "Choose how this is found out.")
        else:
            step["action"] = action
    elif step.get("action"):
        del step["action"]


def _read_fields(step: dict[str, Any], row: Row, before: Row, place: Place) -> None:
    keys = row.chosen("fields")
    if keys != before.chosen("fields"):
        _put(step, "fields", place.references.names_of(keys))


def _read_rules(step: dict[str, Any], row: Row, place: Place) -> None:
    rules = [_read_rule(one, place.below("rules", one.key)) for one in row.rows("rules")]
    if rules or step.get("rules"):
        _put(step, "rules", rules)


def _read_rule(row: Row, place: Place) -> dict[str, Any]:
    rule: dict[str, Any] = dict(row.base) if _is_sayable_rule(row.base) else {}
    before = _rule_inputs(rule, place.references)
    message = row.text("message").strip()
    if not message:
        place.complain("message", "Say what the person is told if this does not hold.")
    if row.base is None or (message and row.text("message") != before.text("message")):
        rule["message"] = message
    check = row.only("check")
    condition = read_condition(check, place.below("check", check.key))
    if condition is not None:
        rule["check"] = condition
    elif row.base is None or "check" in rule:
        place.below("check", check.key).complain("mode", "Say what must hold.")
    if row.chosen("again") != before.chosen("again"):
        names = place.references.names_of(row.chosen("again"))
        _put(rule, "field", names[0] if len(names) == 1 else names)
    return rule


def _read_end(step: dict[str, Any], row: Row, before: Row, place: Place) -> None:
    end: dict[str, Any] = dict(step.get("end") or {})
    outcome = row.text("outcome").strip()
    if not outcome:
        place.complain("outcome", "Name the outcome, like “not eligible”.")
    if "end" not in step or (outcome and row.text("outcome") != before.text("outcome")):
        end["outcome"] = outcome
    if row.text("message") != before.text("message"):
        _put(end, "message", row.text("message").strip())
    part = row.only("end_action")
    action = read_action(part, place.below("end_action", part.key), of_step=False)
    write_end_action(end, action)
    step["end"] = end


def _put(source: dict[str, Any], key: str, part: Any) -> None:
    if part:
        source[key] = part
    else:
        source.pop(key, None)


def ids_in(rows: Sequence[Row]) -> set[str]:
    """Return the ids that steps have already."""
    return {row.base["id"] for row in rows if isinstance(row.base, Mapping) and isinstance(row.base.get("id"), str)}
