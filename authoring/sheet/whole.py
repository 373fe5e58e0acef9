"""The whole of a document as a sheet of rows, and back."""

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from authoring.sheet.fields import FIELD, read_property, read_references, show_field
from authoring.sheet.finish import DOCUMENT, read_document, show_document
from authoring.sheet.kinds import Kind, kind_of
from authoring.sheet.naming import name_from
from authoring.sheet.ordering import in_order, orders_after
from authoring.sheet.references import Known, Place, References, carried, name_carried
from authoring.sheet.renaming import Renaming
from authoring.sheet.rows import NOT_WHOLE, BrokenForm, Mistake, Posted, Row, keyed, read_rows, shown
from authoring.sheet.steps import STEP, ids_in, read_step, show_step
from authoring.sheet.things import column_names, names_after
from engine import strict_json

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


def sheet_of(document: Mapping[str, Any], *, published: Iterable[str] = (), mark: str = "") -> Sheet:
    """Return the sheet of any JSON object. Fields that are `published` keep the names and values that clients know.

    A `mark` (letters and digits) stands before the keys of rows that are to go on a page which has rows already.
    """
    published = frozenset(published)
    schema = document.get("state_schema")
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    ordered = in_order(properties if isinstance(properties, Mapping) else {}, _asked_in(document))
    references = References.to(
        Known(key=f"{mark}f{number}", name=name, schema=_object(part), columns=column_names(part))
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
        fields=keyed(rows, f"{mark}f"),
        steps=keyed([show_step(step, references) for step in (steps if isinstance(steps, list) else [])], f"{mark}s"),
        rest=show_document(_rest_of(document), references),
    )


def _object(part: Any) -> Mapping[str, Any]:
    return part if isinstance(part, Mapping) else {}


def _with_name(row: Row, name: str, *, is_required: bool, fixed: bool) -> Row:
    is_made = not fixed and row.text("label") != "" and name == name_from(row.text("label"))
    texts = {
        **row.texts,
        "was": carried(name),
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
        raise BrokenForm(NOT_WHOLE)
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
        raise BrokenForm(NOT_WHOLE) from None


def base_text(row: Row) -> str:
    """Return the base of a row as the text that its page carries."""
    return "" if row.base is None else json.dumps(row.base, ensure_ascii=False, separators=(",", ":"))


def compiled(sheet: Sheet) -> Compiled:
    """Return the document that a sheet states, and all mistakes in its inputs.

    Everything is read with the names that the page was made of; the new ones are put in their place at the end, in the
    whole of the document.

    :raises BrokenForm: what was carried along is not what our page carried, and nothing that can be stored
    """
    mistakes: list[Mistake] = []
    names = _names(sheet.fields, mistakes)
    inner = _inner_names(sheet.fields)
    plain = {row.key: read_property(row, Place(f"{FIELDS}-{row.key}", mistakes=mistakes)) for row in sheet.fields}
    references = References.to(_known(row, inner[row.key], *plain[row.key]) for row in sheet.fields)
    parts = {
        row.key: read_references(row, plain[row.key][0], Place(f"{FIELDS}-{row.key}", references, mistakes))
        for row in sheet.fields
    }
    taken = ids_in(sheet.steps)
    steps = [read_step(row, Place(f"{STEPS}-{row.key}", references, mistakes), taken=taken) for row in sheet.steps]
    rest = read_document(sheet.rest, Place(f"{REST}-{sheet.rest.key}", references, mistakes))
    document = _assembled(rest, sheet.fields, inner, parts, steps, given=frozenset(names.values()))
    renaming = Renaming({inner[key]: name for key, name in names.items() if inner[key] != name})
    document = renaming.document(document)
    try:
        strict_json.check(document)
    except strict_json.UnreadableJson:
        raise BrokenForm(NOT_WHOLE) from None
    return Compiled(document=document, mistakes=tuple(mistakes), places=_places(sheet, names))


def _names(rows: Sequence[Row], mistakes: list[Mistake]) -> dict[str, str]:
    """Return the name of each field by the key of its row; one that is not given is made from the label."""
    given = {row.key: _given_name(row) for row in rows}
    was = {row.key: name_carried(row.text("was")) if row.text("was") else None for row in rows}
    found: dict[str, str] = {}
    taken: set[str] = set()
    # Who keeps a name comes first, then who wants one, then who must be given one.
    for row in sorted(rows, key=lambda row: (given[row.key] is None, given[row.key] != was[row.key])):
        name = given[row.key]
        if name is not None and name in taken:
            mistakes.append(Mistake(place=f"{FIELDS}-{row.key}-name", message="Another field has this name."))
            name = was[row.key] if was[row.key] not in taken else None
        if name is None:
            name = name_from(row.text("label"), taken=taken, otherwise="field")
        if not row.text("label").strip() and not row.text("was") and row.base is None:
            mistakes.append(Mistake(place=f"{FIELDS}-{row.key}-label", message="Give this field a label."))
        found[row.key] = name
        taken.add(name)
    return {row.key: found[row.key] for row in rows}


def _given_name(row: Row) -> str | None:
    """Return the name that a row has already: the one typed in, or the one it had while its label is the same."""
    typed, was = row.text("name").strip(), name_carried(row.text("was"))
    if typed:
        return was if shown(was).strip() == typed else typed
    if not row.text("was"):
        return None
    label = shown(_object(row.base).get("title")).strip()
    is_kept = row.text("kind") == Kind.LOCKED or row.text("label").strip() in ("", label)
    return was if is_kept else None


def _inner_names(rows: Sequence[Row]) -> dict[str, str]:
    """Return the name of each field while the sheet is read: its old one, or one that no document can hold."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for row in rows:
        was = name_carried(row.text("was"))
        found[row.key] = was if row.text("was") and was not in taken else f"\0{row.key}"
        taken.add(found[row.key])
    return found


def _known(row: Row, name: str, schema: Any, values: Mapping[Hashable, Any]) -> Known:
    """Return a field as other rows know it: what the page showed of it, and what it is now."""
    return Known(
        key=row.key,
        name=name,
        schema=_object(row.base),
        now=_object(schema),
        columns=_columns_after(schema, row),
        values=values,
    )


def _columns_after(schema: Any, row: Row) -> Mapping[str, str]:
    if kind_of(schema) is not Kind.THINGS:
        return {}
    rows = row.rows("columns")
    return names_after(rows) if rows else column_names(schema)


def _assembled(
    rest: dict[str, Any],
    rows: Sequence[Row],
    names: Mapping[str, str],
    parts: Mapping[str, Any],
    steps: list[Any],
    *,
    given: frozenset[str],
) -> dict[str, Any]:
    """Put a document together again, each part where it was; `given` are the names that fields get in the end."""
    document = dict(rest)
    if steps or isinstance(rest.get("steps"), list):
        document["steps"] = steps
    schema = rest.get("state_schema")
    before = schema.get("properties") if isinstance(schema, Mapping) else None
    if not rows and not isinstance(before, Mapping):
        return document
    orders = orders_after([parts[row.key] for row in rows], [row.number for row in rows])
    properties = {names[row.key]: _ordered(parts[row.key], order) for row, order in zip(rows, orders, strict=True)}
    known = given.union(before if isinstance(before, Mapping) else ())
    required = _required_of(rest, rows, names, known)
    document["state_schema"] = {
        **(schema if isinstance(schema, Mapping) else {"type": "object"}),
        "properties": properties,
        **({"required": required} if required is not None else {}),
    }
    return document


def _required_of(
    rest: Mapping[str, Any], rows: Sequence[Row], names: Mapping[str, str], known: frozenset[str]
) -> list[Any] | None:
    """Return which fields are required, in the order in which they were; None if nothing else is said than before.

    What is said of a name that is not `known`, which no field has, is kept.
    """
    wanted = [names[row.key] for row in rows if row.is_on("required")]
    was = _required(rest)
    required = [name for name in was if name in wanted or not (isinstance(name, str) and name in known)]
    required += [name for name in wanted if name not in was]
    return None if required == was else required


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
