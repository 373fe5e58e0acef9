import pytest

from engine.actions import Action, ActionType, OnFailure
from engine.conditions import Operator, Row
from engine.definition import Definition, EndAction, EndActionType, Ending, Field, Rule, Sensitivity, Step
from engine.tests.builders import TEXT, definition_of, document, info, row, rule, step


def test_a_step_says_all_that_its_document_says() -> None:
    definition = definition_of(
        step("you", "name"),
        step(
            "car",
            "plate",
            description="The car",
            required=False,
            when=row("name", "==", "Ada"),
            rules=[rule(row("plate", "!=", ref="name"), "Not your name.", field="plate")],
        ),
    )

    assert definition.steps[1] == Step(
        id="car",
        name="Car",
        description="The car",
        fields=("plate",),
        required=False,
        when=Row(field="name", op=Operator.EQUAL, value="Ada"),
        rules=(
            Rule(
                check=Row(field="plate", op=Operator.NOT_EQUAL, ref="name"),
                message="Not your name.",
                fields=("plate",),
            ),
        ),
    )
    assert definition.steps_by_id["car"] is definition.steps[1]


def test_an_action_says_all_that_its_document_says_and_is_careful_where_it_says_nothing() -> None:
    terse = {"type": "tool_call", "target": "notify", "confirm": True}
    whole = {
        "type": "api_call",
        "target": "https://bank.example",
        "config": {"method": "GET"},
        "result": {"balance": "/available"},
        "idempotent": True,
        "confirm": False,
        "on_failure": "ask",
    }
    definition = definition_of(info("tell", action=terse), step("funds", "balance", action=whole))

    assert [found.action for found in definition.steps] == [
        Action(type=ActionType.TOOL_CALL, target="notify", must_confirm=True),
        Action(
            type=ActionType.API_CALL,
            target="https://bank.example",
            config={"method": "GET"},
            result={"balance": "/available"},
            idempotent=True,
            on_failure=OnFailure.ASK,
        ),
    ]
    unconfirmed = definition_of(info("tell", action={"type": "tool_call", "target": "notify", "idempotent": True}))
    assert unconfirmed.steps[0].action == Action(type=ActionType.TOOL_CALL, target="notify", idempotent=True)


def test_a_schema_that_requires_nothing_has_optional_fields() -> None:
    source = document(step("one", "a"))
    del source["state_schema"]["required"]

    assert Definition.from_document(source).fields["a"].required is False


def test_a_step_left_plain_is_required_information_that_always_applies() -> None:
    source = document() | {"steps": [{"id": "hello", "name": "Hello"}]}

    (only,) = Definition.from_document(source).steps

    assert only == Step(id="hello", name="Hello", description="", fields=(), required=True, when=None, rules=())


@pytest.mark.parametrize(
    ("named", "fields"), [({}, ("b", "a")), ({"field": "a"}, ("a",)), ({"field": ["a", "b"]}, ("a", "b"))]
)
def test_a_rule_asks_again_what_it_names_else_all_it_looks_at(named: dict[str, str], fields: tuple[str, ...]) -> None:
    definition = definition_of(step("dates", "a", "b", rules=[rule(row("b", ">", ref="a"), **named)]))

    assert definition.steps[0].rules[0].fields == fields


def test_a_field_says_all_that_its_property_says() -> None:
    part = {**TEXT, "readOnly": True, "x-sensitive": "never_llm", "x-when": row("a", "answered"), "title": "The B"}

    definition = definition_of(step("one", "a", "b"), properties={"b": part}, required=["b"])

    assert definition.fields["b"] == Field(
        name="b",
        schema=part,
        required=True,
        when=Row(field="a", op=Operator.ANSWERED),
        read_only=True,
        sensitive=Sensitivity.NEVER_LLM,
    )
    assert definition.fields["a"] == Field(name="a", schema=TEXT)


def test_a_property_that_is_not_read_only_may_say_so() -> None:
    definition = definition_of(step("one", "a"), properties={"a": {**TEXT, "readOnly": False}})

    assert definition.fields["a"].read_only is False


@pytest.mark.parametrize(
    ("schema", "label"),
    [({}, "Car plate"), ({"title": "Your plate"}, "Your plate"), ({"title": ""}, "Car plate")],
)
def test_a_field_is_called_by_its_title_else_by_its_name(schema: dict[str, str], label: str) -> None:
    assert Field(name="car_plate", schema=schema).label == label


def test_fields_in_no_step_are_ordered_by_their_order_and_then_by_name() -> None:
    properties = {
        "c": {**TEXT, "x-order": 2},
        "b": {**TEXT, "x-order": 1},
        "asked": TEXT,
        "z": TEXT,
        "y": TEXT,
        "first": {**TEXT, "x-order": -0.5},
    }

    definition = definition_of(step("one", "asked"), properties=properties, required=[])

    assert definition.loose_fields == ("first", "y", "z", "b", "c")


def test_an_end_action_has_type_target_and_config() -> None:
    config = {"method": "PUT"}

    definition = definition_of(
        info("hello"), end_action_type="api_call", end_action_target="https://a.example/", end_action_config=config
    )

    assert definition.ending.action == EndAction(
        type=EndActionType.API_CALL, target="https://a.example/", config={"method": "PUT"}
    )


def test_what_is_left_out_has_its_default() -> None:
    definition = definition_of(info("hello"))

    assert definition.ending == Ending(outcome="completed", message="")
    assert definition.ending.action == EndAction(type=EndActionType.NONE, target="", config={})
    assert definition.time_zone == "UTC"
    assert definition.guidelines == ""
    assert definition.fields == {}


def test_the_action_of_a_step_is_sent_like_one_of_the_end() -> None:
    asked = Action(type=ActionType.API_CALL, target="https://a.example/", config={"method": "PUT"})

    assert EndAction.of(asked) == EndAction(
        type=EndActionType.API_CALL, target="https://a.example/", config={"method": "PUT"}
    )


def test_the_words_around_the_steps_are_kept() -> None:
    definition = definition_of(info("hello"), time_zone="Europe/Paris", guidelines="Be kind.")

    assert definition.time_zone == "Europe/Paris"
    assert definition.guidelines == "Be kind."


def test_the_definition_judges_by_its_schema() -> None:
    definition = definition_of(step("one", "a"))

    assert definition.state_schema.admits("a", "x")
    assert not definition.state_schema.admits("a", 5)
