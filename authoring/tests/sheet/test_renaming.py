import json
import re
from dataclasses import replace
from typing import Any

import pytest

from authoring.sheet.renaming import Renaming
from authoring.sheet.rows import Mistake, Row
from authoring.sheet.whole import Sheet, sheet_of
from authoring.tests.generated import document_of
from authoring.tests.generated_fields import Json
from authoring.tests.sheet.pages import fields_of, saved, text_of

NAMES = tuple(f"token{letter}" for letter in "abcdefgh")
SAID_BY_OTHERS = ("metadata", "prerequisites")


def renamed(sheet: Sheet, **names: str) -> Sheet:
    """Return a sheet in which other names are typed in, by the old ones."""
    rows = [
        replace(row, texts={**row.texts, "name": names[row.text("was")]}) if row.text("was") in names else row
        for row in sheet.fields
    ]
    return replace(sheet, fields=tuple(rows))


DATA = re.compile(r"/(examples|default|enum|const|value|id|prefix)(/|$)")


def replaced(document: Json, names: dict[str, str]) -> Any:
    """Return what a search for the names in the text of a document would make of it."""
    others = {key: document[key] for key in SAID_BY_OTHERS if key in document}
    text = json.dumps({key: part for key, part in document.items() if key not in others})
    for number, old in enumerate(names):
        text = text.replace(old, f"<{number}>")
    for number, new in enumerate(names.values()):
        text = text.replace(f"<{number}>", new)
    return {**json.loads(text), **others}


def forgotten(found: Any, wanted: Any, path: str = "") -> list[str]:
    """Return where a search would have gone further, but for data and keys: what looks like a placeholder is none."""
    if DATA.search(path):
        return []
    if isinstance(found, dict) and isinstance(wanted, dict):
        plain = [{key for key in part if "{{" not in key} for part in (found, wanted)]
        differing = [f"{path}/{key}" for key in plain[0] ^ plain[1]]
        return differing + [
            line for key in plain[0] & plain[1] for line in forgotten(found[key], wanted[key], f"{path}/{key}")
        ]
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        pairs = enumerate(zip(found, wanted, strict=True))
        return [line for number, (one, other) in pairs for line in forgotten(one, other, f"{path}/{number}")]
    return [] if text_of(found) == text_of(wanted) else [path]


def test_a_new_name_is_followed_everywhere() -> None:
    for seed in range(300):
        document = document_of(seed, names=NAMES)
        for name in fields_of(document)[:1]:
            found = saved(renamed(sheet_of(document), **{name: "quite other"})).document

            assert forgotten(found, replaced(document, {name: "quite other"})) == [], seed


def test_two_fields_may_change_their_names() -> None:
    for seed in range(300):
        document = document_of(seed, names=NAMES)
        names = fields_of(document)
        if len(names) > 1:
            swapped = {names[0]: names[1], names[1]: names[0]}

            found = saved(renamed(sheet_of(document), **swapped)).document

            assert forgotten(found, replaced(document, swapped)) == [], seed


def test_names_that_change_places_change_them_once_wherever_they_are() -> None:
    """Not one place is looked at twice: there the names would be back where they were."""
    words, swapped = "{{state.a}} and {{state.b}}", "{{state.b}} and {{state.a}}"
    within = {"properties": {"a": {"description": words}}, "required": ["a"], "title": words}
    within_after = {"properties": {"b": {"description": swapped}}, "required": ["b"], "title": swapped}
    document: Json = {
        "state_schema": {
            "description": words,
            "properties": {"a": {"x-ask": [words]}, "b": {"x-depends-on": ["a"]}},
            "if": within,
            "then": {"else": within},
            "anyOf": [within],
            "dependentSchemas": {"a": within},
        },
        "steps": [{"id": "s", "name": words, "description": words, "fields": ["a"], "end": {"message": words}}],
        "guidelines": words,
    }

    assert Renaming({"a": "b", "b": "a"}).document(document) == {
        "state_schema": {
            "description": swapped,
            "properties": {"b": {"x-ask": [swapped]}, "a": {"x-depends-on": ["b"]}},
            "if": within_after,
            "then": {"else": within_after},
            "anyOf": [within_after],
            "dependentSchemas": {"b": within_after},
        },
        "steps": [{"id": "s", "name": swapped, "description": swapped, "fields": ["b"], "end": {"message": swapped}}],
        "guidelines": swapped,
    }


def test_examples_of_the_whole_state_are_data_like_those_of_a_field() -> None:
    schema = {"properties": {}, "examples": ["{{state.old}}"], "default": {"note": "{{state.old}}"}, "const": "old"}

    assert Renaming({"old": "new"}).document({"state_schema": schema}) == {"state_schema": schema}


def test_a_name_made_from_the_label_follows_the_label() -> None:
    document = {
        "state_schema": {"type": "object", "properties": {"days": {"type": "integer", "title": "Days"}}},
        "steps": [{"id": "a", "name": "{{state.days}} days", "fields": ["days"]}],
    }
    sheet = sheet_of(document)

    found = saved(
        replace(sheet, fields=(replace(sheet.fields[0], texts={**sheet.fields[0].texts, "label": "Loan days"}),))
    )

    assert fields_of(found.document) == ("loan_days",)
    assert found.document["steps"] == [{"id": "a", "name": "{{state.loan_days}} days", "fields": ["loan_days"]}]


def test_a_published_field_keeps_its_name_under_another_label() -> None:
    sheet = sheet_of(
        {"state_schema": {"properties": {"days": {"type": "integer", "title": "Days"}}}}, published=["days"]
    )

    found = saved(
        replace(sheet, fields=(replace(sheet.fields[0], texts={**sheet.fields[0].texts, "label": "Loan days"}),))
    )

    assert fields_of(found.document) == ("days",)


EVERYWHERE: Json = {
    "name": "all",
    "guidelines": "Ask {{ state.old }} and {{state.older}}, never {{secret:old}}.",
    "state_schema": {
        "type": "object",
        "properties": {
            "old": {"type": "number", "x-messages": {"*": "Not {{state.old}}"}, "x-ask": ["{{state.old}}?"]},
            "other": {"type": "string", "x-depends-on": ["old"], "x-when": {"field": "old", "op": ">", "value": 1}},
            "sum": {"type": "number", "x-computed": {"sum": ["old", "other"]}},
            "of": {"type": "number", "x-computed": {"sum": {"list": "old", "of": "old"}}},
            "years": {"type": "integer", "x-computed": {"years_since": "old"}},
            "chosen": {"type": "string", "x-choices": {"ref": "old", "value": "old", "label": "old"}},
            "odd": "old",
            "locked": {"$ref": "#/$defs/old", "x-when": {"not": {"field": "a", "op": "==", "ref": "old"}}},
        },
        "required": ["old"],
        "dependentRequired": {"old": ["old", "other"]},
        "dependentSchemas": {"old": {"required": ["old"]}, "other": True},
        "if": {"properties": {"old": {"const": "old"}}},
        "then": {"not": {"required": ["old"]}},
        "else": False,
        "allOf": [{"anyOf": [{"required": ["old"]}, True]}],
        "$defs": {"old": {"type": "number"}},
    },
    "steps": [
        {
            "id": "old",
            "name": "old {{state.old}}",
            "fields": ["old", "other"],
            "when": {"all": [{"any": [{"field": "old", "op": "==", "value": "old"}]}]},
            "rules": [
                {"check": {"field": "x", "op": "<", "ref": "old"}, "message": "{{state.old}}", "field": "old"},
                {"check": {"field": "old", "op": "empty"}, "message": "No", "field": ["old"]},
            ],
            "action": {"type": "api_call", "target": "https://x/{{state.old}}", "result": {"old": "/old"}},
        },
        {"id": "b", "name": "b", "end": {"outcome": "old", "message": "{{state.old}}"}},
        "old",
        {"id": "c", "name": "c", "rules": ["old", {}], "when": "old"},
    ],
    "end_action_type": "workflow",
    "end_action_target": "old",
    "end_action_config": {"state": {"old": "old"}, "body": {"old": "{{state.old}}", "{{state.old}}": 1}},
    "metadata": {"old": ["old", "{{state.old}}"]},
    "prerequisites": [{"template": "old", "check": {"field": "old", "op": "==", "value": "{{state.old}}"}}],
    "tests": [
        {
            "name": "old",
            "turns": [
                {
                    "data": {"old": "old", "list": ["old"]},
                    "clear": ["old"],
                    "corrected": [{"field": "old", "to": "old"}],
                    "rejected": [{"field": "old", "code": "old"}],
                }
            ],
        }
    ],
}


def test_every_place_that_names_a_field_follows_and_no_other_does() -> None:
    found = saved(renamed(sheet_of(EVERYWHERE), old="new")).document

    schema, step = found["state_schema"], found["steps"][0]
    properties = schema["properties"]
    assert found["guidelines"] == "Ask {{ state.new }} and {{state.older}}, never {{secret:old}}."
    assert properties["new"] == {
        "type": "number",
        "x-messages": {"*": "Not {{state.new}}"},
        "x-ask": ["{{state.new}}?"],
    }
    assert properties["other"]["x-depends-on"] == ["new"]
    assert properties["other"]["x-when"]["field"] == "new"
    assert properties["sum"]["x-computed"] == {"sum": ["new", "other"]}
    assert properties["of"]["x-computed"] == {"sum": {"list": "new", "of": "old"}}
    assert properties["years"]["x-computed"] == {"years_since": "new"}
    assert properties["chosen"]["x-choices"] == {"ref": "new", "value": "old", "label": "old"}
    assert properties["locked"] == {"$ref": "#/$defs/old", "x-when": {"not": {"field": "a", "op": "==", "ref": "new"}}}
    assert properties["odd"] == "old"
    assert schema["required"] == ["new"]
    assert schema["dependentRequired"] == {"new": ["new", "other"]}
    assert schema["dependentSchemas"] == {"new": {"required": ["new"]}, "other": True}
    assert schema["if"] == {"properties": {"new": {"const": "old"}}}
    assert schema["then"] == {"not": {"required": ["new"]}}
    assert schema["allOf"] == [{"anyOf": [{"required": ["new"]}, True]}]
    assert schema["$defs"] == {"old": {"type": "number"}}
    assert step["id"] == "old"
    assert step["name"] == "old {{state.new}}"
    assert step["fields"] == ["new", "other"]
    assert step["when"] == {"all": [{"any": [{"field": "new", "op": "==", "value": "old"}]}]}
    assert step["rules"][0] == {
        "check": {"field": "x", "op": "<", "ref": "new"},
        "message": "{{state.new}}",
        "field": "new",
    }
    assert step["rules"][1] == {"check": {"field": "new", "op": "empty"}, "message": "No", "field": ["new"]}
    assert step["action"] == {"type": "api_call", "target": "https://x/{{state.new}}", "result": {"new": "/old"}}
    assert found["steps"][1]["end"] == {"outcome": "old", "message": "{{state.new}}"}
    assert found["steps"][2:] == EVERYWHERE["steps"][2:]
    assert found["end_action_target"] == "old"
    assert found["end_action_config"] == {"state": {"old": "new"}, "body": {"old": "{{state.new}}", "{{state.old}}": 1}}
    assert found["metadata"] == EVERYWHERE["metadata"]
    assert found["prerequisites"] == EVERYWHERE["prerequisites"]
    turn = {
        "data": {"new": "old", "list": ["old"]},
        "clear": ["new"],
        "corrected": [{"field": "new", "to": "old"}],
        "rejected": [{"field": "new", "code": "old"}],
    }
    assert found["tests"] == [{"name": "old", "turns": [turn]}]


@pytest.mark.parametrize("named", ["new", "a"])
def test_a_name_that_another_field_has_is_refused_and_the_old_one_stays(named: str) -> None:
    document = {
        "name": "x",
        "state_schema": {"type": "object", "properties": {"a": {"title": "A"}, "b": {"type": "string"}}},
    }
    new = Row(key="n1", texts={"label": "New", "name": "new", "kind": "text"})
    sheet = sheet_of(document)

    found = saved(renamed(replace(sheet, fields=(*sheet.fields, new)), b=named))

    place = "field-n1-name" if named == "new" else "field-f2-name"
    assert found.mistakes == (Mistake(place=place, message="Another field has this name."),)
    assert fields_of(found.document) == (("a", "new", "new_2") if named == "new" else ("a", "b", "new"))


def test_a_name_that_is_made_gives_way_to_those_that_are_kept_and_those_that_are_wanted() -> None:
    properties = {"a": {"type": "string", "title": "A"}, "c": {}}
    sheet = renamed(sheet_of({"name": "x", "state_schema": {"properties": properties}}), c="b")
    first, second = (Row(key=f"n{label}", texts={"label": label, "kind": "text"}) for label in "AB")

    found = saved(replace(sheet, fields=(first, second, *sheet.fields)))

    assert found.mistakes == ()
    assert fields_of(found.document) == ("a_2", "b_2", "a", "b")


def test_a_name_stays_without_a_label_to_make_another_from() -> None:
    document = {
        "name": "x",
        "state_schema": {"properties": {"a": {"type": "string", "title": "A"}, "b": True, "c": {}}},
    }
    a, b, c = sheet_of(document).fields
    texts = ({**a.texts, "label": ""}, {**b.texts, "name": ""}, {**c.texts, "name": "", "label": "Locked"})

    found = saved(
        replace(
            sheet_of(document),
            fields=tuple(replace(row, texts=other) for row, other in zip((a, b, c), texts, strict=True)),
        )
    )

    assert found.document["state_schema"]["properties"] == {"a": {"type": "string"}, "b": True, "c": {}}


def test_who_keeps_a_name_comes_before_who_wants_it() -> None:
    sheet = renamed(sheet_of({"name": "x", "state_schema": {"properties": {"a": {"type": "string"}, "b": {}}}}), a="b")

    found = saved(sheet)

    assert found.mistakes == (Mistake(place="field-f1-name", message="Another field has this name."),)
    assert fields_of(found.document) == ("a", "b")


def test_a_new_field_may_take_the_name_that_another_one_gave_up() -> None:
    document = {
        "name": "x",
        "state_schema": {"type": "object", "properties": {"a": {"type": "string"}}},
        "steps": [{"id": "s", "name": "S", "fields": ["a"]}],
    }
    sheet = renamed(sheet_of(document), a="b")
    new = Row(key="n1", texts={"label": "New", "name": "a", "kind": "number"})
    step = replace(sheet.steps[0], several={"fields": ("f1", "n1")})

    found = saved(replace(sheet, fields=(*sheet.fields, new), steps=(step,)))

    assert found.mistakes == ()
    assert found.document["state_schema"]["properties"]["b"]["type"] == "string"
    assert found.document["state_schema"]["properties"]["a"]["type"] == "number"
    assert found.document["steps"][0]["fields"] == ["b", "a"]


def test_parts_that_are_none_stay_as_they_are() -> None:
    document = {"state_schema": {"properties": {"old": {}}, "if": 5, "allOf": [5]}, "steps": "none", "tests": "none"}

    found = Renaming({"old": "new"}).document(document)

    assert found == {**document, "state_schema": {"properties": {"new": {}}, "if": 5, "allOf": [5]}}
