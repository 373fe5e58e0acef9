"""Trying an action against a sample answer of the other system: what it would fill in. Nothing is sent or stored."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from authoring.sheet.rows import Row
from authoring.sheet.whole import REST, STEPS, Compiled, Sheet
from engine import strict_json
from engine.filling import words
from engine.json_pointer import POINTER, pointed_to
from engine.messages import explain
from engine.schema import compile_schema, violations
from engine.wording import Vocabulary

MAX_PLACES = 200
MAX_SHOWN = 200


def sample_answers(sheet: Sheet, made: Compiled) -> dict[str, Any]:
    """Return, for each action that has a sample answer, what it would fill in and what else there is."""
    vocabulary = Vocabulary.of(made.document)
    names = {place: pointer.rpartition("/")[2] for pointer, place in made.places.items()}
    found = {}
    for prefix, row in _actions(sheet):
        if row.text("sample").strip():
            found[prefix] = _tried(row, vocabulary, names)
    return found


def _actions(sheet: Sheet) -> Iterator[tuple[str, Row]]:
    for step in sheet.steps:
        kind = {"action": "action", "end": "end_action"}.get(step.text("kind"))
        if kind:
            yield f"{STEPS}-{step.key}-{kind}-{step.only(kind).key}", step.only(kind)
    end = sheet.rest.only("end_action")
    yield f"{REST}-{sheet.rest.key}-end_action-{end.key}", end


def _tried(row: Row, vocabulary: Vocabulary, names: Mapping[str, str]) -> dict[str, Any]:
    try:
        answer = strict_json.loads(row.text("sample"))
    except strict_json.UnreadableJson as unreadable:
        return {"problem": f"This is no answer that can be read: {unreadable.message}", "filled": [], "places": []}
    filled = [_filled(part, answer, vocabulary, names) for part in row.rows("result")]
    places = [{"pointer": pointer, "value": value} for pointer, value in islice(_places(answer, ""), MAX_PLACES)]
    return {"problem": "", "filled": filled, "places": places}


def _filled(part: Row, answer: Any, vocabulary: Vocabulary, names: Mapping[str, str]) -> dict[str, str]:
    """Return what one part of the answer would fill in, judged as it will be."""
    name = names.get(f"field-{part.text('field')}", "").replace("~1", "/").replace("~0", "~")
    schema = vocabulary.schema(name)
    label = str(schema.get("title") or name or part.text("name"))
    pointer = part.text("pointer").strip()
    there = list(pointed_to(answer, pointer)) if POINTER.fullmatch(pointer) else []
    if not there:
        return {"label": label, "value": "", "wrong": "Nothing stands there in the sample."}
    wrong = vocabulary.text(_wrong(schema, there[0], label))
    return {"label": label, "value": words(schema, there[0])[:MAX_SHOWN], "wrong": wrong}


def _wrong(schema: Mapping[str, Any], value: Any, label: str) -> str:
    try:
        found = next(violations(compile_schema(schema), value), None)
    except ValueError:
        return f"{label} is not set up well yet: see “Checks”."
    return explain(found, schema, label) if found else ""


def _places(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    match value:
        case Mapping() if value:
            for key, part in value.items():
                yield from _places(part, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
        case _:
            yield pointer, words({}, value)[:MAX_SHOWN]
