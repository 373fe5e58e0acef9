"""What a document says beside its fields and steps: what it is, how it ends, and what must come first."""

import re
from collections.abc import Mapping
from typing import Any

from authoring.sheet.actions import ACTION, end_action_of, read_action, show_action, write_end_action
from authoring.sheet.references import Place, References
from authoring.sheet.rows import Row, Shape, are_same, keyed, shown

PREREQUISITE = Shape(texts=("template",))
DOCUMENT = Shape(
    texts=(
        "name",
        "description",
        "category",
        "guidelines",
        "is_active",
        "confirmation",
        "expires_by",
        "expires_unit",
        "time_zone",
    ),
    parts={"prerequisites": PREREQUISITE, "end_action": ACTION},
)

_DURATION = re.compile(r"P(?:(\d{1,5})([YMWD])|T(\d{1,6})([HM]))", re.ASCII)
UNITS = ("TM", "TH", "D", "W", "M", "Y")
KEPT = "kept"
"""A duration that no unit alone can say."""
_WORDS = ("name", "description", "category", "guidelines", "time_zone")


def show_document(rest: Mapping[str, Any], references: References) -> Row:
    """Return the inputs of what a document says beside its fields and steps."""
    prerequisites = rest.get("prerequisites")
    entries = prerequisites if isinstance(prerequisites, list) else []
    return Row(
        base=rest,
        texts={
            **{key: shown(rest.get(key), lines=key in ("description", "guidelines")) for key in _WORDS},
            "is_active": "" if rest.get("is_active") is False else "on",
            "confirmation": "on" if rest.get("confirmation") == "required" else "",
            **_shown_expiry(rest.get("expires_after")),
        },
        parts={
            "prerequisites": keyed([_shown_prerequisite(entry) for entry in entries], "q"),
            "end_action": (show_action(end_action_of(rest), references, of_step=False),),
        },
    )


def _shown_expiry(duration: Any) -> dict[str, str]:
    if not duration:
        return {"expires_by": "", "expires_unit": "D"}
    found = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    if found is None:
        return {"expires_by": "", "expires_unit": KEPT}
    if found[1]:
        return {"expires_by": found[1], "expires_unit": found[2]}
    return {"expires_by": found[3], "expires_unit": f"T{found[4]}"}


def _shown_prerequisite(entry: Any) -> Row:
    name = entry.get("template") if isinstance(entry, Mapping) else entry
    return Row(base=entry, texts={"template": shown(name)})


def read_document(row: Row, place: Place) -> dict[str, Any]:
    """Return what a row says beside fields and steps."""
    rest: dict[str, Any] = dict(row.base) if isinstance(row.base, Mapping) else {}
    before = show_document(rest, place.references)
    for key in _WORDS:
        if row.text(key) != before.text(key) and (key != "name" or row.text(key).strip()):
            _put(rest, key, row.text(key) if key == "guidelines" else row.text(key).strip())
    if not row.text("name").strip():
        place.complain("name", "Give the workflow a name.")
    if row.is_on("is_active") != before.is_on("is_active"):
        rest["is_active"] = row.is_on("is_active")
    if row.is_on("confirmation") != before.is_on("confirmation"):
        rest["confirmation"] = "required" if row.is_on("confirmation") else "none"
    _read_expiry(rest, row, before, place)
    _read_prerequisites(rest, row, before, place)
    part = row.only("end_action")
    action = read_action(part, place.below("end_action", part.key), of_step=False)
    if action is None and end_action_of(rest) is not None:
        action = {"type": "none"}
    write_end_action(rest, action)
    return rest


def _read_expiry(rest: dict[str, Any], row: Row, before: Row, place: Place) -> None:
    by, unit = row.text("expires_by").strip(), row.text("expires_unit")
    was_by, was_unit = before.text("expires_by"), before.text("expires_unit")
    if (by, unit) == (was_by, was_unit) or (not by and not was_by and KEPT not in (unit, was_unit)):
        return
    if unit == KEPT:
        place.complain("expires_unit", "Choose days, hours or another unit of time.")
        return
    if by and (not re.fullmatch(r"[1-9]\d{0,4}", by, re.ASCII) or unit not in UNITS):
        place.complain("expires_by", "Give a whole number, like 7, or leave it empty: never.")
        return
    _put(rest, "expires_after", f"P{unit[:-1]}{by}{unit[-1]}" if by else "")


def _read_prerequisites(rest: dict[str, Any], row: Row, before: Row, place: Place) -> None:
    rows, was = row.rows("prerequisites"), before.rows("prerequisites")
    if are_same(rows, was):
        return
    kept = {
        one.key: _name_in(one)
        for one in rows
        if one.base is not None and _name_in(one) == _name_in(_shown_prerequisite(one.base))
    }
    names = set(kept.values())
    found: list[Any] = []
    for one in rows:
        name = _name_in(one)
        if one.key in kept:
            found.append(one.base)
        elif not name or name in names:
            words = "This workflow is listed twice." if name else "Choose a workflow."
            place.below("prerequisites", one.key).complain("template", words)
            found += [] if one.base is None else [one.base]
        else:
            found.append({**one.base, "template": name} if isinstance(one.base, Mapping) else name)
            names.add(name)
    _put(rest, "prerequisites", found)


def _name_in(row: Row) -> str:
    return row.text("template").strip()


def _put(rest: dict[str, Any], key: str, part: Any) -> None:
    """Write a setting; an empty one stays only where there was one, for it may have meant something."""
    if part or key in rest:
        rest[key] = part
