"""Open a generated document, edit one thing of a step or beside the steps, save: that differs, and nothing else."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace

import pytest

from authoring.sheet.rows import Row
from authoring.sheet.whole import Sheet
from authoring.tests.generated_fields import Json
from authoring.tests.sheet.edits import (
    Edit,
    Edited,
    comparisons,
    conditions_in,
    into_step,
    is_followed_by_nothing_else,
    put,
    steps_in,
    typed,
    with_comparison,
    with_part,
    with_step,
)

EDITS: list[Edit] = []


def edit(make: Edit) -> Edit:
    """Note an edit. It gives sheets in which one thing is edited, each with the document that this must lead to."""
    EDITS.append(make)
    return make


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
        put_in = into_step(sheet, step, "end_action")
        yield put_in, step.only("end_action"), copy, part["end"], "end_action_"
    for step, copy, part in steps_in(sheet, document, "action"):
        put_in = into_step(sheet, step, "action")
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
    assert is_followed_by_nothing_else(make)
