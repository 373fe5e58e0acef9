"""An author's schema as a model is shown it, by example."""

import json
from typing import Any

import pytest

from conversations.tests.pure.told import parameters
from conversations.toolschema.dialects import Dialect
from conversations.toolschema.losses import Loss
from conversations.toolschema.tools import tools_for
from engine.tests.builders import definition_of, step

type Json = dict[str, Any]

PLAIN = Dialect.OPENAI
STRICT = Dialect.OPENAI_STRICT


def field(schema: Json, **changes: Any) -> Json:
    """Return what a model is told of a field."""
    properties = {"x": schema, "name": {"type": "string"}}
    told = tools_for(definition_of(step("who", "name"), step("only", "x"), properties=properties, **changes), PLAIN)
    return dict(parameters(told)["properties"]["data"]["properties"]["x"])


def test_a_description_says_what_a_person_would_need_to_know() -> None:
    said = field(
        {
            "type": "number",
            "title": "Amount",
            "description": "What you need, {{state.x}}",
            "x-unit": "EUR",
            "x-ask-first": True,
            "x-order": 3,
            "x-ask": ["How much?"],
        }
    )

    assert said == {
        "type": "number",
        "description": "Amount. What you need, … In EUR. Only in answer to this question, never inferred.",
    }


def test_titled_choices_are_listed_and_their_titles_told() -> None:
    options = [{"const": "home", "title": "A home"}, {"const": 2, "title": "Two, {{state.x}}"}]

    assert field({"oneOf": options}) == {
        "description": "Choices: home = A home; 2 = Two, …",
        "enum": ["home", 2],
    }
    assert field({"type": "array", "items": {"oneOf": options}})["items"]["enum"] == ["home", 2]
    assert field({"enum": ["home", 2]}) == {"enum": ["home", 2]}


def test_a_choice_that_is_no_text_is_told_as_json() -> None:
    options = [{"const": True, "title": "Yes"}, {"const": ["größe"], "title": "The size"}]

    assert field({"oneOf": options})["description"] == 'Choices: true = Yes; ["größe"] = The size.'


@pytest.mark.parametrize(
    "options",
    [
        [{"const": "a"}, {"const": "b", "minLength": 2}],
        [{"const": 1}, {"const": 1.0}],
        [{"const": "a"}, True],
        {"enum": ["a"], "oneOf": [{"const": "a"}]},
    ],
)
def test_choices_that_a_list_cannot_stand_for_stay_as_they_are(options: Any) -> None:
    schema = options if isinstance(options, dict) else {"oneOf": options}

    assert "oneOf" in field(schema)


def test_a_choice_of_which_more_is_asked_elsewhere_is_no_plain_one() -> None:
    options = [{"const": "a"}, {"const": "b", "$ref": "#/$defs/never"}]

    assert "oneOf" in field({"oneOf": options}, root={"$defs": {"never": {"maxLength": 0}}})


def test_choices_out_of_a_collected_list_are_those_that_the_context_offers() -> None:
    properties = {
        "slots": {"type": "array", "items": {"type": "string"}},
        "slot": {"type": "string", "x-choices": {"ref": "slots"}},
    }
    definition = definition_of(step("a", "slots"), step("b", "slot"), properties=properties)

    told = parameters(tools_for(definition, PLAIN))["properties"]["data"]["properties"]["slot"]

    assert told["description"] == "One of the choices that the context offers."


def test_what_is_suggested_for_a_sensitive_field_is_not_told() -> None:
    schema = {"type": "string", "default": "secret", "examples": ["secret"]}

    assert field(schema) == {"type": "string", "default": "secret", "examples": ["secret"]}
    assert field({**schema, "x-sensitive": "mask"}) == {"type": "string"}
    assert field({"type": "array", "items": schema, "x-sensitive": "mask"})["items"] == {"type": "string"}


def test_references_are_spelt_out_and_end_in_anything_if_they_go_in_a_circle() -> None:
    defs = {
        "short": {"type": "string", "maxLength": 3, "default": "abc", "title": "Short"},
        "chain": {"type": "object", "properties": {"next": {"$ref": "#/$defs/chain"}}},
    }
    properties = {
        "a": {"$ref": "#/$defs/short"},
        "b": {"$ref": "#/$defs/short", "minLength": 2, "title": "B"},
        "c": {"$ref": "#/$defs/chain"},
        "d": {"$ref": "#/$defs/short", "title": "D"},
    }
    definition = definition_of(step("only", *properties), properties=properties, root={"$defs": defs})

    told = tools_for(definition, PLAIN)
    data = parameters(told)["properties"]["data"]["properties"]

    short = {"type": "string", "description": "Short.", "maxLength": 3}
    assert data["a"] == short
    assert data["b"] == {"description": "B.", "allOf": [short], "minLength": 2}
    assert data["c"] == {"type": "object", "properties": {"next": {}}}
    assert data["d"] == {**short, "description": "D."}
    assert told.losses == (
        Loss(
            tool="submit_data",
            path="/properties/data/properties/c/properties/next",
            keyword="$ref",
            became="left out: any value will do here, and is judged when it comes",
        ),
    )


def test_a_reference_may_lead_to_another() -> None:
    defs = {"short": {"type": "string", "maxLength": 3}, "names": {"type": "array", "items": {"$ref": "#/$defs/short"}}}
    definition = definition_of(step("only", "x"), properties={"x": {"$ref": "#/$defs/names"}}, root={"$defs": defs})

    told = tools_for(definition, PLAIN)

    assert parameters(told)["properties"]["data"]["properties"]["x"]["items"] == defs["short"]
    assert told.losses == ()


def test_what_stands_beside_a_reference_is_told_with_it() -> None:
    short = {"type": "string", "maxLength": 3}
    suggested = {"description": "A code.", "default": "abc", "examples": ["xyz"]}
    more = {"allOf": [{"minLength": 2}]}

    assert field({"$ref": "#/$defs/short", **suggested}, root={"$defs": {"short": short}}) == {**short, **suggested}
    assert field({"$ref": "#/$defs/short", **more}, root={"$defs": {"short": short}}) == {
        "allOf": [{"minLength": 2}, short]
    }


def test_a_reference_that_is_no_pointer_ends_in_anything() -> None:
    properties = {"x": {"type": "object", "properties": {"y": {"$ref": "#"}}}}
    definition = definition_of(step("only", "x"), properties=properties)

    told = tools_for(definition, PLAIN)

    assert parameters(told)["properties"]["data"]["properties"]["x"]["properties"] == {"y": {}}
    assert [loss.keyword for loss in told.losses] == ["$ref"]


def test_a_name_that_a_provider_would_refuse_is_told_in_words() -> None:
    properties = {
        "größe": {"type": "integer", "title": "Height"},
        "fälle": {"type": "array", "title": "Cases"},
        "house": {
            "type": "object",
            "title": "House",
            "properties": {"höhe": {"type": "integer"}, "länge": {"type": "integer"}},
            "additionalProperties": False,
        },
    }
    definition = definition_of(step("only", *properties), properties=properties)

    told = tools_for(definition, STRICT)
    data = parameters(told)["properties"]["data"]

    assert list(data["properties"]) == ["house"]
    assert data["additionalProperties"] is True
    assert data["description"] == (
        "What the person said, by field. Only what they said: nothing that is guessed or left open. "
        "Also takes 'größe' (Height), 'fälle' (Cases)."
    )
    assert data["properties"]["house"]["description"] == "House. Also takes 'höhe' (Höhe), 'länge' (Länge)."
    assert told.tools[0]["function"]["strict"] is False
    assert told.losses[0].became == "named in the description: providers refuse the name"
    assert {(loss.keyword, loss.path) for loss in told.losses} >= {
        ("properties", "/properties/data/properties/größe"),
        ("properties", "/properties/append/properties/fälle"),
        ("properties", "/properties/remove/properties/fälle"),
        ("properties", "/properties/evidence/properties/größe"),
        ("strict", "/properties/data"),
    }


def test_columns_stand_in_their_order_and_every_part_of_a_schema_is_shown() -> None:
    columns = {"b": {"type": "string", "x-order": 1}, "a": {"type": "string", "x-order": 2}, "d": True, "c": True}
    schema = {
        "type": "object",
        "properties": columns,
        "patternProperties": {"^x": {"title": "X", "type": "string"}},
        "allOf": [{"title": "silent"}],
        "dependentRequired": {"b": ["a"], "a": ["b"]},
    }

    said = field(schema)

    assert list(said["properties"]) == ["c", "d", "b", "a"]
    assert said["patternProperties"] == {"^x": {"type": "string", "description": "X."}}
    assert said["allOf"] == [{"description": "silent."}]
    assert json.dumps(field({"enum": [{"b": 1, "a": 2}]})) == '{"enum": [{"a": 2, "b": 1}]}'
    assert said["dependentRequired"] == {"a": ["b"], "b": ["a"]}
    assert list(said["dependentRequired"]) == ["a", "b"]


def test_what_a_field_is_stands_first_and_what_is_for_tools_is_left_out() -> None:
    said = field({"const": "a", "title": "A name", "$comment": "mine", "default": "a", "type": "string"})

    assert list(said.items()) == [("type", "string"), ("description", "A name."), ("const", "a"), ("default", "a")]


def test_what_is_lost_inside_is_told_with_its_place_and_nothing_then_says_too_much() -> None:
    lost = {"$ref": "#"}
    schema = {
        "type": "object",
        "allOf": [{}, lost],
        "not": lost,
        "propertyNames": lost,
        "patternProperties": {"^x": lost},
    }

    told = tools_for(definition_of(properties={"x": schema}), PLAIN)

    assert parameters(told)["properties"]["data"]["properties"]["x"] == {
        "type": "object",
        "allOf": [{}, {}],
        "patternProperties": {"^x": {}},
        "propertyNames": {},
    }
    assert [(loss.path.removeprefix("/properties/data/properties/x"), loss.keyword) for loss in told.losses] == [
        ("/allOf/1", "$ref"),
        ("/not", "$ref"),
        ("", "not"),
        ("/patternProperties/^x", "$ref"),
        ("/propertyNames", "$ref"),
    ]
    assert told.losses[2].became == "left out: without what is lost in it, it would say too much"
