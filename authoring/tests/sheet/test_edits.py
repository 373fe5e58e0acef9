"""Open a generated document, edit one thing, save: the document differs in what the edit means and in nothing else."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from authoring.sheet.ordering import in_order
from authoring.sheet.rows import Row
from authoring.sheet.whole import Sheet, sheet_of
from authoring.tests.generated import Json, document_of
from authoring.tests.sheet.pages import fields_of, saved, text_of

SEEDS = range(80)

type Edited = tuple[Sheet, Json]
type Edit = Callable[[Sheet, Json], Iterator[Edited]]

EDITS: list[Edit] = []


def edit(make: Edit) -> Edit:
    """Note an edit. It gives sheets in which one thing is edited, each with the document that this must lead to."""
    EDITS.append(make)
    return make


def with_field(sheet: Sheet, row: Row) -> Sheet:
    return replace(sheet, fields=tuple(row if one.key == row.key else one for one in sheet.fields))


def with_step(sheet: Sheet, row: Row) -> Sheet:
    return replace(sheet, steps=tuple(row if one.key == row.key else one for one in sheet.steps))


def typed(row: Row, **texts: str) -> Row:
    return replace(row, texts={**row.texts, **texts})


def with_part(row: Row, name: str, *rows: Row) -> Row:
    return replace(row, parts={**row.parts, name: rows})


def without(document: Json, *keys: str) -> Json:
    found = deepcopy(document)
    for key in keys:
        found.pop(key, None)
    return found


def put(part: Json, key: str, value: Any) -> None:
    if value is None:
        part.pop(key, None)
    else:
        part[key] = value


def fields_in(sheet: Sheet, document: Json, *kinds: str) -> Iterator[tuple[Row, Json, Json]]:
    """Return the rows of fields, each with a copy of the document and its property there."""
    names = {row.key: name for row, name in zip(sheet.fields, names_in(sheet, document), strict=True)}
    for row in sheet.fields:
        if row.text("kind") != "locked" and (not kinds or row.text("kind") in kinds):
            copy = deepcopy(document)
            yield row, copy, copy["state_schema"]["properties"][names[row.key]]


def names_in(sheet: Sheet, document: Json) -> list[str]:
    """Return the names of fields as the page shows them."""
    asked: dict[str, int] = {}
    for step in document["steps"]:
        for name in step.get("fields", ()):
            asked.setdefault(name, len(asked))
    return [name for name, _ in in_order(document["state_schema"]["properties"], asked)]


def steps_in(sheet: Sheet, document: Json, *kinds: str) -> Iterator[tuple[Row, Json, Json]]:
    for number, row in enumerate(sheet.steps):
        if row.text("kind") in (kinds or ("ask", "end", "action")):
            copy = deepcopy(document)
            yield row, copy, copy["steps"][number]


@edit
def another_label(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document):
        schema["title"] = "Newly named"
        yield with_field(sheet, typed(row, label="Newly named")), copy


@edit
def no_label(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document):
        if row.text("label"):
            schema.pop("title")
            yield with_field(sheet, typed(row, label="")), copy


@edit
def another_help(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document):
        schema["description"] = "One.\nTwo."
        yield with_field(sheet, typed(row, help="One.\nTwo.")), copy


@edit
def required_or_not(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, name in zip(sheet.fields, names_in(sheet, document), strict=True):
        copy = deepcopy(document)
        required = copy["state_schema"].setdefault("required", [])
        if row.is_on("required"):
            required.remove(name)
        else:
            required.append(name)
        yield with_field(sheet, typed(row, required="" if row.is_on("required") else "on")), copy


@edit
def another_limit(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document, "number", "integer"):
        schema["minimum"] = -9007199254740992
        yield with_field(sheet, typed(row, minimum="-9007199254740992")), copy
    for row, copy, schema in fields_in(sheet, document, "text", "email", "link", "long_text"):
        put(schema, "maxLength", None if row.text("max_length") else 200)
        yield with_field(sheet, typed(row, max_length="" if row.text("max_length") else "200")), copy
    for row, copy, schema in fields_in(sheet, document, "texts", "things", "choices"):
        schema["maxItems"] = 77
        yield with_field(sheet, typed(row, max_items="77")), copy


@edit
def other_notes(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document):
        if row.text("kind") != "computed":
            schema["x-ask"] = ["First?", "Again?"]
            yield with_field(sheet, typed(row, ask="First?\n\n Again? ")), copy
    for row, copy, schema in fields_in(sheet, document):
        put(schema, "x-sensitive", None if row.text("sensitive") else "mask")
        yield with_field(sheet, typed(row, sensitive="" if row.text("sensitive") else "mask")), copy
    for row, copy, schema in fields_in(sheet, document, "date", "text", "number"):
        put(schema, "readOnly", None if row.is_on("read_only") else True)
        yield with_field(sheet, typed(row, read_only="" if row.is_on("read_only") else "on")), copy
    for row, copy, schema in fields_in(sheet, document, "number"):
        schema["x-unit"] = "kg"
        yield with_field(sheet, typed(row, unit="kg")), copy


@edit
def another_message(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document):
        for message in row.parts["messages"]:
            schema["x-messages"][message.base[0]] = "Other words"
            rows = [typed(one, words="Other words") if one is message else one for one in row.parts["messages"]]
            yield with_field(sheet, with_part(row, "messages", *rows)), copy
    for row, copy, schema in fields_in(sheet, document):
        new = Row(key="n1", texts={"reason": "uniqueItems", "words": "Once only."})
        schema["x-messages"] = {**schema.get("x-messages", {}), "uniqueItems": "Once only."}
        yield with_field(sheet, with_part(row, "messages", *row.parts["messages"], new)), copy
    for row, copy, schema in fields_in(sheet, document):
        if row.parts["messages"]:
            del schema["x-messages"]
            yield with_field(sheet, with_part(row, "messages")), copy


def offering(schema: Json) -> Json:
    found: Json = schema["items"] if schema.get("type") == "array" else schema
    return found


@edit
def another_label_of_a_choice(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document, "choice", "choices"):
        offered, first = offering(schema), row.parts["choices"][0]
        if "oneOf" in offered:
            offered["oneOf"][0]["title"] = "Renamed"
        else:
            options = [{"const": value} for value in offered.pop("enum")]
            offered["oneOf"] = [{**options[0], "title": "Renamed"}, *options[1:]]
        rows = (typed(first, label="Renamed"), *row.parts["choices"][1:])
        yield with_field(sheet, with_part(row, "choices", *rows)), copy


@edit
def other_choices(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document, "choice", "choices"):
        offered, rows = offering(schema), row.parts["choices"]
        listed = offered["oneOf" if "oneOf" in offered else "enum"]
        if len(rows) > 1:
            less = deepcopy(copy)
            listed.insert(0, listed.pop())
            yield with_field(sheet, with_part(row, "choices", rows[-1], *rows[:-1])), copy
            name = next(name for name, part in copy["state_schema"]["properties"].items() if part is schema)
            part = offering(less["state_schema"]["properties"][name])
            del part["oneOf" if "oneOf" in part else "enum"][0]
            yield with_field(sheet, with_part(row, "choices", *rows[1:])), less


@edit
def one_more_choice(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document, "choice", "choices"):
        offered = offering(schema)
        if offered.get("type") in ("number", "integer"):
            new, option, plain = Row(key="n1", texts={"label": "Nine", "value": "9"}), {"const": 9, "title": "Nine"}, 9
        else:
            new, plain = Row(key="n1", texts={"label": "Brand new"}), "Brand new"
            option = {"const": "brand_new", "title": "Brand new"}
        if "oneOf" in offered:
            offered["oneOf"].append(option)
        elif plain == 9:
            continue
        else:
            offered["enum"].append(plain)
        yield with_field(sheet, with_part(row, "choices", *row.parts["choices"], new)), copy


@edit
def another_column(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, schema in fields_in(sheet, document, "things"):
        columns = row.parts["columns"]
        first, name = columns[0], columns[0].text("was")
        schema["items"]["properties"][name]["title"] = "Renamed"
        yield with_field(sheet, with_part(row, "columns", typed(first, label="Renamed"), *columns[1:])), copy
    for row, copy, schema in fields_in(sheet, document, "things"):
        columns = row.parts["columns"]
        name = columns[0].text("was")
        if len(columns) > 1:
            del schema["items"]["properties"][name]
            if name in schema["items"].get("required", ()):
                schema["items"]["required"].remove(name)
            yield with_field(sheet, with_part(row, "columns", *columns[1:])), copy
    for row, copy, schema in fields_in(sheet, document, "things"):
        columns = row.parts["columns"]
        required = schema["items"].setdefault("required", [])
        if columns[0].is_on("required"):
            required.remove(columns[0].text("was"))
        else:
            required.append(columns[0].text("was"))
        other = typed(columns[0], required="" if columns[0].is_on("required") else "on")
        yield with_field(sheet, with_part(row, "columns", other, *columns[1:])), copy


@edit
def one_more_field(sheet: Sheet, document: Json) -> Iterator[Edited]:
    copy = deepcopy(document)
    schema = copy["state_schema"]
    orders = [part.get("x-order", 0) for part in schema["properties"].values()]
    new: Json = {"type": "integer", "title": "Brand new", "minimum": 3}
    if orders:
        new["x-order"] = int(max(orders)) + 1
    else:
        new["x-order"] = 1
    schema["properties"]["brand_new"] = new
    schema["required"] = [*schema.get("required", ()), "brand_new"]
    texts = {"label": "Brand new", "kind": "integer", "required": "on", "minimum": "3"}
    yield replace(sheet, fields=(*sheet.fields, Row(key="n1", texts=texts))), copy


def comparisons(condition: Any, row: Row) -> Iterator[tuple[Row, Json]]:
    """Return the comparisons right inside a condition, each with its row."""
    inner = condition.get("not", condition)
    parts = inner.get("all", inner.get("any", [inner]))
    yield from zip(row.parts.get("rows", ()), parts, strict=False)
    groups = row.parts.get("groups", ())
    for group, part in zip(groups, parts[len(row.parts.get("rows", ())) :], strict=True):
        yield from comparisons(part, group)


def with_comparison(row: Row, new: Row, old: Row) -> Row:
    return replace(
        row,
        parts={
            name: tuple(new if one is old else with_comparison(one, new, old) for one in rows)
            for name, rows in row.parts.items()
        },
    )


def conditions_in(sheet: Sheet, document: Json) -> Iterator[tuple[Callable[[Row], Sheet], Row, Json, Any]]:
    for field, copy, schema in fields_in(sheet, document):
        if "x-when" in schema and field.only("when").text("mode") != "locked":
            put_in: Callable[[Row], Sheet] = lambda row, field=field: with_field(sheet, with_part(field, "when", row))  # noqa: E731
            yield put_in, field.only("when"), copy, schema["x-when"]
    for step, copy, part in steps_in(sheet, document):
        if "when" in part and step.only("when").text("mode") != "locked":
            put_in = lambda row, step=step: with_step(sheet, with_part(step, "when", row))  # noqa: E731
            yield put_in, step.only("when"), copy, part["when"]


@edit
def another_comparison(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for put_in, row, copy, condition in conditions_in(sheet, document):
        for old, part in comparisons(condition, row):
            was = dict(part)
            part.clear()
            part |= {"field": was["field"], "op": "answered"}
            yield put_in(with_comparison(row, typed(old, op="answered"), old)), deepcopy(copy)
            part.clear()
            part |= {"field": "elsewhere", "op": "<=", "ref": "$today", "offset": "-P18Y"}
            given = {"side": "today", "offset_sign": "-", "offset_by": "18", "offset_unit": "Y"}
            new = typed(old, field="?elsewhere", op="<=", **given)
            yield put_in(with_comparison(row, new, old)), deepcopy(copy)
            part.clear()
            part |= {"field": "elsewhere", "op": "in", "value": ["a", "b"]}
            new = typed(old, field="?elsewhere", op="in", side="value", value="a\nb")
            yield put_in(with_comparison(row, new, old)), deepcopy(copy)
            part.clear()
            part.update(was)


@edit
def one_comparison_more_or_less(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for put_in, row, copy, condition in conditions_in(sheet, document):
        inner = condition.get("not", condition)
        how = "all" if "all" in inner else "any"
        new = Row(key="n1", texts={"field": "?elsewhere", "op": "empty"})
        if how in inner and not row.parts.get("groups"):
            inner[how].append({"field": "elsewhere", "op": "empty"})
            yield put_in(with_part(row, "rows", *row.parts["rows"], new)), deepcopy(copy)
            del inner[how][-1]
            if len(inner[how]) > 1:
                del inner[how][0]
                yield put_in(with_part(row, "rows", *row.parts["rows"][1:])), copy


@edit
def all_instead_of_any(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for put_in, row, copy, condition in conditions_in(sheet, document):
        inner = condition.get("not", condition)
        if "any" in inner and len(inner["any"]) > 1:
            inner["all"] = inner.pop("any")
            yield put_in(typed(row, mode=row.text("mode").replace("any", "all"))), copy


@edit
def no_condition(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for step, copy, part in steps_in(sheet, document):
        if "when" in part:
            del part["when"]
            yield with_step(sheet, with_part(step, "when", Row(texts={"mode": ""}))), copy


@edit
def other_words_of_a_step(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, step in steps_in(sheet, document):
        step["name"] = "Newly named"
        yield with_step(sheet, typed(row, name=" Newly named")), copy
    for row, copy, step in steps_in(sheet, document):
        step["description"] = "One.\nTwo."
        yield with_step(sheet, typed(row, description="One.\nTwo.")), copy
    for row, copy, step in steps_in(sheet, document):
        put(step, "required", None if row.is_on("optional") else False)
        yield with_step(sheet, typed(row, optional="" if row.is_on("optional") else "on")), copy


@edit
def other_fields_of_a_step(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, step in steps_in(sheet, document, "ask", "action"):
        step["fields"] = [*step.get("fields", ()), "elsewhere"]
        yield with_step(sheet, replace(row, several={"fields": (*row.several["fields"], "?elsewhere")})), copy
    for row, copy, step in steps_in(sheet, document, "ask", "action"):
        if step.get("fields"):
            step["fields"] = step["fields"][1:] or None
            put(step, "fields", step["fields"])
            yield with_step(sheet, replace(row, several={"fields": row.several["fields"][1:]})), copy


@edit
def other_steps(sheet: Sheet, document: Json) -> Iterator[Edited]:
    copy = deepcopy(document)
    copy["steps"].insert(0, {"id": "brand_new", "name": "Brand new"})
    yield replace(sheet, steps=(Row(key="n1", texts={"name": "Brand new", "kind": "ask"}), *sheet.steps)), copy
    if len(sheet.steps) > 1:
        copy = deepcopy(document)
        copy["steps"].reverse()
        yield replace(sheet, steps=sheet.steps[::-1]), copy
        copy = deepcopy(document)
        del copy["steps"][0]
        yield replace(sheet, steps=sheet.steps[1:]), copy


@edit
def a_step_twice(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, step in steps_in(sheet, document):
        again = deepcopy(step)
        again["id"] = "again"
        copy["steps"].append(again)
        base = {key: part for key, part in row.base.items() if key != "id"}
        found = replace(row, key="n1", base=base)
        again["name"] = "Again"
        yield replace(sheet, steps=(*sheet.steps, typed(found, name="Again"))), copy


@edit
def other_rules(sheet: Sheet, document: Json) -> Iterator[Edited]:
    check = Row(texts={"mode": "all"}, parts={"rows": (Row(key="n2", texts={"field": "?elsewhere", "op": "empty"}),)})
    new = Row(key="n1", texts={"message": "No."}, several={"again": ("?elsewhere",)}, parts={"check": (check,)})
    for row, copy, step in steps_in(sheet, document, "ask", "action"):
        added = {"check": {"field": "elsewhere", "op": "empty"}, "message": "No.", "field": "elsewhere"}
        step["rules"] = [*step.get("rules", ()), added]
        yield with_step(sheet, with_part(row, "rules", *row.parts["rules"], new)), copy
    for row, copy, step in steps_in(sheet, document, "ask", "action"):
        if row.parts["rules"]:
            step["rules"][0]["message"] = "Other words"
            rows = (typed(row.parts["rules"][0], message="Other words"), *row.parts["rules"][1:])
            yield with_step(sheet, with_part(row, "rules", *rows)), deepcopy(copy)
            step["rules"].reverse()
            yield with_step(sheet, with_part(row, "rules", *rows[::-1])), copy
    for row, copy, step in steps_in(sheet, document, "ask", "action"):
        if row.parts["rules"]:
            del step["rules"]
            yield with_step(sheet, with_part(row, "rules")), copy
    for row, copy, step in steps_in(sheet, document, "ask", "action"):
        if row.parts["rules"]:
            step["rules"][0]["field"] = ["here", "there"]
            first = replace(row.parts["rules"][0], several={"again": ("?here", "?there")})
            yield with_step(sheet, with_part(row, "rules", first, *row.parts["rules"][1:])), copy


@edit
def another_ending(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for row, copy, step in steps_in(sheet, document, "end"):
        step["end"]["outcome"] = "refused"
        yield with_step(sheet, typed(row, outcome="refused")), copy
    for row, copy, step in steps_in(sheet, document, "end"):
        step["end"]["message"] = "One.\nTwo."
        yield with_step(sheet, typed(row, message="One.\nTwo.")), copy


def actions_in(sheet: Sheet, document: Json) -> Iterator[tuple[Callable[[Row], Sheet], Row, Json, Json, str]]:
    """Return actions that rows can say, each with the part of a copy that holds it, and how its keys begin there."""
    end = sheet.rest.only("end_action")
    copy = deepcopy(document)
    yield lambda row: replace(sheet, rest=with_part(sheet.rest, "end_action", row)), end, copy, copy, "end_action_"
    for step, copy, part in steps_in(sheet, document, "end"):
        put_in: Callable[[Row], Sheet] = lambda row, step=step: with_step(sheet, with_part(step, "end_action", row))  # noqa: E731
        yield put_in, step.only("end_action"), copy, part["end"], "end_action_"
    for step, copy, part in steps_in(sheet, document, "action"):
        put_in = lambda row, step=step: with_step(sheet, with_part(step, "action", row))  # noqa: E731
        yield put_in, step.only("action"), copy, part["action"], ""


@edit
def another_target(sheet: Sheet, document: Json) -> Iterator[Edited]:
    inputs = {"api_call": "url", "tool_call": "tool", "workflow": "template"}
    for put_in, row, copy, holder, prefix in actions_in(sheet, document):
        if row.text("type") in inputs:
            holder[f"{prefix}target"] = "elsewhere"
            yield put_in(typed(row, **{inputs[row.text("type")]: "elsewhere"})), copy


@edit
def another_pair(sheet: Sheet, document: Json) -> Iterator[Edited]:
    new = Row(key="n1", texts={"name": "X-New", "value": "{{secret:bank}}"})
    parts = {"api_call": ("headers", "body"), "tool_call": ("arguments",)}
    for put_in, row, copy, holder, prefix in actions_in(sheet, document):
        for name in parts.get(row.text("type"), ()):
            if name == "body" and row.text("carries") != "fields":
                continue
            config = holder.setdefault(f"{prefix}config", {})
            before = deepcopy(config)
            config[name] = {**config.get(name, {}), "X-New": "{{secret:bank}}"}
            yield put_in(with_part(row, name, *row.parts[name], new)), deepcopy(copy)
            if row.parts[name]:
                del config[name]["X-New"]
                config[name][row.parts[name][0].base[0]] = "other"
                yield (
                    put_in(with_part(row, name, typed(row.parts[name][0], value="other"), *row.parts[name][1:])),
                    deepcopy(copy),
                )
            config.clear()
            config |= before


@edit
def another_result(sheet: Sheet, document: Json) -> Iterator[Edited]:
    new = Row(key="n1", texts={"name": "new_name", "field": "?new_name", "pointer": "/id"})
    for put_in, row, copy, holder, prefix in actions_in(sheet, document):
        if row.text("type") in ("api_call", "tool_call"):
            owner = holder if prefix == "" else holder.setdefault(f"{prefix}config", {})
            owner["result"] = {**owner.get("result", {}), "new_name": "/id"}
            yield put_in(with_part(row, "result", *row.parts["result"], new)), copy


@edit
def another_handed_over(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for put_in, row, copy, holder, prefix in actions_in(sheet, document):
        if row.parts.get("state"):
            holder[f"{prefix}config"]["state"][row.parts["state"][0].base[0]] = "elsewhere"
            rows = (typed(row.parts["state"][0], ours="?elsewhere"), *row.parts["state"][1:])
            yield put_in(with_part(row, "state", *rows)), copy


@edit
def other_settings(sheet: Sheet, document: Json) -> Iterator[Edited]:
    for key, text in (
        ("name", "other"),
        ("guidelines", "Be kind.\n"),
        ("category", "health"),
        ("time_zone", "Asia/Tokyo"),
    ):
        yield replace(sheet, rest=typed(sheet.rest, **{key: text})), {**document, key: text}
    is_required = document.get("confirmation") == "required"
    other = typed(sheet.rest, confirmation="" if is_required else "on")
    yield replace(sheet, rest=other), {**document, "confirmation": "none" if is_required else "required"}
    later = typed(sheet.rest, expires_by="9", expires_unit="TH")
    yield replace(sheet, rest=later), {**document, "expires_after": "PT9H"}
    active = document.get("is_active") is not False
    yield (
        replace(sheet, rest=typed(sheet.rest, is_active="" if active else "on")),
        {**document, "is_active": not active},
    )


@edit
def other_prerequisites(sheet: Sheet, document: Json) -> Iterator[Edited]:
    rows = sheet.rest.parts["prerequisites"]
    if len({one.text("template").strip() for one in rows}) == len(rows):
        new = Row(key="n1", texts={"template": "other"})
        more = [*document.get("prerequisites", ()), "other"]
        yield (
            replace(sheet, rest=with_part(sheet.rest, "prerequisites", *rows, new)),
            {**document, "prerequisites": more},
        )
    if rows:
        less = document["prerequisites"][1:]
        yield (
            replace(sheet, rest=with_part(sheet.rest, "prerequisites", *rows[1:])),
            {**document, "prerequisites": less},
        )


@pytest.mark.parametrize("make", EDITS, ids=lambda make: make.__name__)
def test_editing_one_thing_changes_that_and_nothing_else(make: Edit) -> None:
    tried = 0
    for seed in SEEDS:
        document = document_of(seed)
        sheet = sheet_of(document, published=fields_of(document))
        for edited, expected in make(sheet, document):
            found = saved(edited)
            assert text_of(found.document) == text_of(expected), seed
            tried += 1
    assert tried >= 5
