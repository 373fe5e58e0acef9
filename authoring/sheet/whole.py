"""The whole of a document as a sheet of rows, and back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from authoring.sheet.fields import FIELD, read_property, read_references, show_field
from authoring.sheet.finish import DOCUMENT, read_document, show_document
from authoring.sheet.kinds import kind_of
from authoring.sheet.naming import name_from
from authoring.sheet.ordering import in_order, orders_after
from authoring.sheet.references import Known, Place, References
from authoring.sheet.renaming import Renaming
from authoring.sheet.rows import BrokenForm, Mistake, Posted, Row, keyed, read_rows, shown
from authoring.sheet.steps import STEP, ids_in, read_step, show_step
from authoring.sheet.things import column_names, names_after
from engine import strict_json
from engine.conditions import key_of

FIELDS, STEPS, REST = "field", "step", "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A document as rows."""

    fields: tuple[Row, ...]
    steps: tuple[Row, ...]
    rest: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A document made of a sheet, and what is wrong with its inputs. A wrong input leaves what was before."""

    document: dict[str, Any]
    mistakes: tuple[Mistake, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    """For JSON Pointers into the document, the beginning of the names of the inputs that say this part of it."""


def sheet_of(document: Mapping[str, Any], *, published: Iterable[str] = ()) -> Sheet:
    """Return the sheet of any JSON object. Fields that are `published` keep the names and values that clients know."""
    published = frozenset(published)
    schema = document.get("state_schema")
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    ordered = in_order(properties if isinstance(properties, Mapping) else {}, _asked_in(document))
    references = References.to(
        Known(key=f"f{number}", name=name, schema=part if isinstance(part, Mapping) else {}, columns=_columns(part))
        for number, (name, part) in enumerate(ordered, start=1)
    )
    required = _required(document)
    steps = document.get("steps")
    rows = [
        _with_name(
            show_field(part, references, fixed=name in published),
            name,
            is_required=name in required,
            fixed=name in published,
        )
        for name, part in ordered
    ]
    return Sheet(
        fields=keyed(rows, "f"),
        steps=keyed([show_step(step, references) for step in (steps if isinstance(steps, list) else [])], "s"),
        rest=show_document(_rest_of(document), references),
    )


def _columns(schema: Any) -> Mapping[str, str]:
    return column_names(schema) if isinstance(schema, Mapping) else {}


def _with_name(row: Row, name: str, *, is_required: bool, fixed: bool) -> Row:
    is_made = not fixed and row.text("label") != "" and name == name_from(row.text("label"))
    texts = {
        **row.texts,
        "was": name,
        "name": "" if is_made else shown(name),
        "required": "on" if is_required else "",
    }
    return replace(row, texts=texts)


def _required(document: Mapping[str, Any]) -> list[Any]:
    schema = document.get("state_schema")
    required = schema.get("required") if isinstance(schema, Mapping) else None
    return required if isinstance(required, list) else []


def _asked_in(document: Mapping[str, Any]) -> dict[str, int]:
    """Return where each field is asked first, for those that say nothing of their order."""
    steps = document.get("steps")
    places: dict[str, int] = {}
    for step in steps if isinstance(steps, list) else []:
        named = step.get("fields") if isinstance(step, Mapping) else None
        for name in named if isinstance(named, list) else []:
            if isinstance(name, str):
                places.setdefault(name, len(places))
    return places


def _rest_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document without what is in its fields and steps; their places stay, and the names of the fields."""
    rest = dict(document)
    if isinstance(rest.get("steps"), list):
        rest["steps"] = []
    schema = rest.get("state_schema")
    if isinstance(schema, Mapping) and isinstance(schema.get("properties"), Mapping):
        rest["state_schema"] = {**schema, "properties": dict.fromkeys(schema["properties"])}
    return rest


def read_sheet(posted: Posted) -> Sheet:
    """Return the sheet that was posted.

    :raises BrokenForm: it is not what one of our pages posts
    """
    rest = read_rows(posted, REST, DOCUMENT, base_of=_base_of)
    if len(rest) != 1:
        raise BrokenForm("This form is not whole. Load the page again.")
    return Sheet(
        fields=read_rows(posted, FIELDS, FIELD, base_of=_base_of),
        steps=read_rows(posted, STEPS, STEP, base_of=_base_of),
        rest=rest[0],
    )


def _base_of(text: str) -> Any:
    if not text:
        return None
    try:
        return strict_json.loads(text)
    except strict_json.UnreadableJson:
        raise BrokenForm("This form is not whole. Load the page again.") from None


def base_text(row: Row) -> str:
    """Return the base of a row as the text that its page carries."""
    return "" if row.base is None else json.dumps(row.base, ensure_ascii=False, separators=(",", ":"))


def compiled(sheet: Sheet) -> Compiled:
    """Return the document that a sheet states, and all mistakes in its inputs."""
    mistakes: list[Mistake] = []
    top = Place("", mistakes=mistakes)
    names = _names(sheet.fields, mistakes)
    plain = {row.key: read_property(row, _place(FIELDS, row, top)) for row in sheet.fields}
    renaming = _renaming(sheet.fields, names, {key: values for key, (_, values) in plain.items()})
    properties = {key: renaming.schema(schema) for key, (schema, _) in plain.items()}
    references = References.to(
        Known(
            key=row.key,
            name=names[row.key],
            schema=properties[row.key] if isinstance(properties[row.key], Mapping) else {},
            columns=_columns_after(properties[row.key], row),
        )
        for row in sheet.fields
    )
    top = Place("", references, mistakes)
    fields = [replace(row.mapped(renaming.words), base=renaming.schema(row.base)) for row in sheet.fields]
    parts = {
        row.key: read_references(row, properties[row.key], _place(FIELDS, row, top))
        for row in _followed(fields, renaming)
    }
    taken = ids_in(sheet.steps)
    steps = [
        read_step(row, _place(STEPS, row, top), taken=taken)
        for row in _followed([replace(row, base=renaming.step(row.base)) for row in sheet.steps], renaming)
    ]
    rest_row = replace(sheet.rest, base=renaming.rest(sheet.rest.base if isinstance(sheet.rest.base, Mapping) else {}))
    rest = read_document(_followed([rest_row], renaming)[0], Place(f"{REST}-{sheet.rest.key}", references, mistakes))
    document = _assembled(rest, sheet.fields, names, parts, steps)
    return Compiled(document=document, mistakes=tuple(mistakes), places=_places(sheet, names))


def _place(prefix: str, row: Row, top: Place) -> Place:
    return Place(f"{prefix}-{row.key}", top.references, top.mistakes)


def _names(rows: Sequence[Row], mistakes: list[Mistake]) -> dict[str, str]:
    """Return the name of each field by the key of its row; one that is not given is made from the label."""
    given = {row.key: _given_name(row) for row in rows}
    taken = {name for name in given.values() if name}
    found: dict[str, str] = {}
    for row in rows:
        name = given[row.key] or name_from(row.text("label"), taken=taken, otherwise="field")
        if name in found.values():
            mistakes.append(Mistake(place=f"{FIELDS}-{row.key}-name", message="Another field has this name."))
            name = name_from(name, taken=taken, otherwise="field")
        if not row.text("label").strip() and row.text("kind") != "locked" and not row.text("was"):
            mistakes.append(Mistake(place=f"{FIELDS}-{row.key}-label", message="Give this field a label."))
        taken.add(name)
        found[row.key] = name
    return found


def _given_name(row: Row) -> str:
    """Return the name that a row has already: the one typed in, or the one it had while its label is the same."""
    typed, was = row.text("name").strip(), row.text("was")
    if typed:
        return was if shown(was).strip() == typed else typed
    if not was:
        return ""
    label = row.base.get("title") if isinstance(row.base, Mapping) else ""
    return was if row.text("kind") == "locked" or shown(label) == row.text("label") else ""


def _renaming(rows: Sequence[Row], names: Mapping[str, str], values: Mapping[str, Mapping[Any, Any]]) -> Renaming:
    known = [row for row in rows if row.text("was")]
    return Renaming(
        {row.text("was"): names[row.key] for row in known if row.text("was") != names[row.key]},
        {
            row.text("was"): {key_of(was): value for was, value in values[row.key].items()}
            for row in known
            if values[row.key]
        },
    )


def _followed(rows: Sequence[Row], renaming: Renaming) -> list[Row]:
    """Follow new names in what was typed and in the bases inside: the page was made before they were given."""
    return [_follow(row, renaming) for row in rows] if renaming else list(rows)


def _follow(row: Row, renaming: Renaming) -> Row:
    return replace(
        row,
        texts={name: renaming.words(text) for name, text in row.texts.items()},
        parts={name: tuple(_follow_part(name, part, renaming) for part in rows) for name, rows in row.parts.items()},
    )


def _follow_part(name: str, row: Row, renaming: Renaming) -> Row:
    match name:
        case "when" | "check" | "rows" | "groups":
            base = renaming.condition(row.base)
        case "rules":
            base = renaming.step({"rules": [row.base]})["rules"][0]
        case "action":
            base = renaming.step({"action": row.base})["action"]
        case "end_action":
            base = _end_action_followed(row.base, renaming)
        case "state":
            base = [row.base[0], renaming.name(row.base[1])] if isinstance(row.base, list) and row.base else row.base
        case "result":
            base = [renaming.name(row.base[0]), *row.base[1:]] if isinstance(row.base, list) and row.base else row.base
        case "body" | "headers" | "arguments":
            base = renaming.rest({"pair": row.base})["pair"]
        case _:
            base = row.base
    return _follow(replace(row, base=base), renaming)


def _end_action_followed(base: Any, renaming: Renaming) -> Any:
    if not isinstance(base, Mapping) or "config" not in base:
        return base
    config = renaming.rest({"end_action_config": base["config"], "target": base.get("target", "")})
    return {**base, "config": config["end_action_config"], "target": config["target"]}


def _columns_after(schema: Any, row: Row) -> Mapping[str, str]:
    if kind_of(schema) != "things":
        return {}
    rows = row.parts.get("columns", ())
    return names_after(schema, rows) if rows else column_names(schema)


def _assembled(
    rest: dict[str, Any], rows: Sequence[Row], names: Mapping[str, str], parts: Mapping[str, Any], steps: list[Any]
) -> dict[str, Any]:
    """Put a document together again, each part where it was."""
    document = dict(rest)
    if steps or isinstance(rest.get("steps"), list):
        document["steps"] = steps
    schema = rest.get("state_schema")
    before = schema.get("properties") if isinstance(schema, Mapping) else None
    if not rows and not isinstance(before, Mapping):
        return document
    orders = orders_after([parts[row.key] for row in rows], [_was_at(row) for row in rows])
    properties = {names[row.key]: _ordered(parts[row.key], order) for row, order in zip(rows, orders, strict=True)}
    required = _required_of(rest, rows, names, frozenset(before if isinstance(before, Mapping) else ()))
    document["state_schema"] = {
        **(schema if isinstance(schema, Mapping) else {"type": "object"}),
        "properties": properties,
        **({"required": required} if required is not None else {}),
    }
    return document


def _required_of(
    rest: Mapping[str, Any], rows: Sequence[Row], names: Mapping[str, str], before: frozenset[str]
) -> list[Any] | None:
    """Return which fields are required, in the order in which they were; None if nothing is said of it."""
    wanted = [names[row.key] for row in rows if row.is_on("required")]
    was, known = _required(rest), before | set(names.values())
    required = [name for name in was if name in wanted or not (isinstance(name, str) and name in known)]
    required += [name for name in wanted if name not in was]
    schema = rest.get("state_schema")
    is_said = isinstance(schema, Mapping) and "required" in schema
    return None if (is_said and required == was) or not (required or is_said) else required


def _was_at(row: Row) -> int | None:
    """Return the number in the key of a row that the page was opened with."""
    return int(row.key[1:]) if row.key[:1] == "f" and row.key[1:].isdecimal() and row.text("was") else None


def _ordered(part: Any, order: float | None) -> Any:
    return part if order is None or not isinstance(part, Mapping) else {**part, "x-order": order}


def _places(sheet: Sheet, names: Mapping[str, str]) -> dict[str, str]:
    """Return which inputs say which part of the document."""
    places = {f"/state_schema/properties/{_escaped(names[row.key])}": f"{FIELDS}-{row.key}" for row in sheet.fields}
    places |= {f"/steps/{number}": f"{STEPS}-{row.key}" for number, row in enumerate(sheet.steps)}
    places[""] = f"{REST}-{sheet.rest.key}"
    return places


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
