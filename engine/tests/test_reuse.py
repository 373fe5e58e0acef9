"""Putting reusable steps into documents."""

from collections.abc import Mapping
from typing import Any

import pytest

from engine.definition import Definition
from engine.reusable import ReusableStep
from engine.reuse import Expansion, expanded, free_prefix, next_order, outdated, to_fill_in
from engine.tests.builders import NUMBER, TEXT, begin, document, give, row, rule, step
from engine.tests.reusables import CITY, version
from engine.uses import Use
from engine.validation import validate

LATEST = {"address": 2, "person": 1}


def use(step_id: str = "home", **keys: Any) -> dict[str, Any]:
    return {"id": step_id, "uses": "address@1", **keys}


def filled(*steps: Mapping[str, Any], library: ReusableStep | None = None, **parts: Any) -> Expansion:
    reusable = library or version()
    return expanded(document(*steps, **parts), {reusable.uses: reusable}, latest=LATEST)


def test_a_step_that_names_a_reusable_one_gets_its_fields_and_what_it_says() -> None:
    expansion = filled(step("first", "a"), use())

    made = expansion.document["steps"][1]
    assert expansion.findings == ()
    assert (made["id"], made["uses"], made["name"]) == ("home", "address@1", "Address")
    assert made["description"] == "Where you live"
    assert made["fields"] == ["street", "city", "floor"]
    assert made["rules"] == [rule(row("city", "!=", ref="street"), "These are the same.", field=["city", "street"])]
    assert expansion.document["state_schema"]["required"] == ["a", "street", "city"]
    assert validate(expansion.document) == ()


def test_its_fields_come_after_those_that_are_there_in_their_own_order() -> None:
    properties = {"a": {**TEXT, "x-order": 4}, "b": TEXT}

    made = filled(step("first", "a", "b"), use(), properties=properties).document["state_schema"]["properties"]

    assert {name: part.get("x-order") for name, part in made.items()} == {
        "a": 4,
        "b": None,
        "street": 5,
        "city": 6,
        "floor": 7,
    }


def test_under_a_prefix_words_name_answers_by_their_new_names() -> None:
    city = {**CITY, "x-ask": ["Where is {{state.street}}?"], "description": "{{state.street}}"}
    library = version(properties={"street": TEXT, "city": city}, name="At {{state.city}}", rules=[])

    expansion = filled(use("home", prefix="home_"), library=library)

    asked = expansion.document["state_schema"]["properties"]["home_city"]
    assert expansion.document["steps"][0]["name"] == "At {{state.home_city}}"
    assert (asked["x-ask"], asked["description"]) == (["Where is {{state.home_street}}?"], "{{state.home_street}}")
    assert validate(expansion.document) == ()


def test_under_a_prefix_the_same_step_can_be_used_twice() -> None:
    expansion = filled(use("home", prefix="home_"), use("work", prefix="work_"))

    home, work = expansion.document["steps"]
    assert home["fields"] == ["home_street", "home_city", "home_floor"]
    assert work["rules"][0]["check"] == row("work_city", "!=", ref="work_street")
    properties = expansion.document["state_schema"]["properties"]
    assert properties["work_floor"]["x-when"] == row("work_city", "answered")
    assert properties["work_street"]["title"] == "Street"
    assert validate(expansion.document) == ()


def test_what_was_filled_in_runs() -> None:
    plan = Definition.from_document(filled(use(prefix="home_")).document)

    progress = give(plan, begin(plan).progress, {"home_street": "x", "home_city": "x"}).progress
    assert progress.status == "active"
    progress = give(plan, progress, {"home_city": "y", "home_floor": 3}).progress
    assert progress.status == "completed"


def test_what_the_step_says_itself_stands() -> None:
    own: dict[str, Any] = {"name": "Where to?", "required": False, "when": row("a", "answered"), "rules": []}

    made = filled(step("first", "a"), use(**own)).document["steps"][1]

    assert {key: made[key] for key in own} == own
    assert made["description"] == "Where you live"


def test_filling_in_twice_changes_nothing_more() -> None:
    once = filled(step("first", "a"), use(prefix="home_"))

    again = expanded(once.document, {version().uses: version()}, latest=LATEST)

    assert again == once


def test_a_copy_stays_as_its_author_left_it() -> None:
    source = document(step("home", "street", uses="address@1"), properties={"street": NUMBER})

    assert expanded(source, {}, latest={}) == Expansion(document=source)
    assert to_fill_in(source) == frozenset()


def test_a_step_with_an_empty_list_of_fields_is_filled_in() -> None:
    expansion = filled(use(fields=[]))

    assert expansion.document["steps"][0]["fields"] == ["street", "city", "floor"]


def test_the_document_that_was_given_is_not_changed() -> None:
    source = document(step("first", "a"), use())
    before = repr(source)

    expanded(source, {version().uses: version()})

    assert repr(source) == before


def test_a_document_of_reusable_steps_alone_needs_no_state_schema() -> None:
    source = {key: part for key, part in document(use()).items() if key != "state_schema"}

    expansion = expanded(source, {version().uses: version()})

    assert expansion.document["state_schema"]["required"] == ["street", "city"]
    assert validate(expansion.document) == ()


def test_required_may_be_left_out() -> None:
    source = {**document(use()), "state_schema": {"type": "object", "properties": {}}}

    assert expanded(source, {version().uses: version()}).document["state_schema"]["required"] == ["street", "city"]


def test_a_field_that_is_there_already_in_the_same_way_is_shared() -> None:
    shared = {**CITY, "x-order": 40}

    expansion = filled(step("first", "a"), use(), properties={"a": TEXT, "city": shared}, required=["a"])

    schema = expansion.document["state_schema"]
    assert expansion.findings == ()
    assert schema["properties"]["city"] == shared
    assert schema["required"] == ["a", "street"]


def test_a_field_that_is_there_already_in_another_way_is_told_with_what_to_do() -> None:
    properties = {"a": TEXT, "city": NUMBER, "street": TEXT, "address_floor": TEXT}

    (finding,) = filled(step("first", "a"), use(), properties=properties).findings

    assert (finding.rule, finding.path, finding.step) == ("name_clash", "/steps/1/uses", "home")
    assert finding.message == (
        "This template asks for 'street', 'city' in another way already. Give the step a prefix, like 'address_2_', "
        "so that its fields get names of their own."
    )
    assert finding.suggestion == "address_2_"


def test_whether_a_name_is_taken_is_asked_of_the_name_with_its_prefix() -> None:
    properties = {"a": TEXT, "city": NUMBER, "home_street": NUMBER}

    (finding,) = filled(step("first", "a"), use(prefix="home_"), properties=properties).findings

    assert finding.message.startswith("This template asks for 'home_street' in another way already.")


@pytest.mark.parametrize(
    ("uses", "message", "suggestion"),
    [
        ("adress@1", "There is no reusable step 'adress'. Did you mean 'address'?", "address@2"),
        ("weather@1", "There is no reusable step 'weather'.", None),
        ("address@9", "'address' has no version 9; its latest is 2.", "address@2"),
    ],
)
def test_an_unknown_one_is_told_with_the_nearest(uses: str, message: str, suggestion: str | None) -> None:
    expansion = filled(use(uses=uses))

    (finding,) = expansion.findings
    assert (finding.rule, finding.path, finding.step) == ("unknown_step_template", "/steps/0/uses", "home")
    assert (finding.message, finding.suggestion, finding.is_error) == (message, suggestion, True)
    assert expansion.document["steps"][0]["name"] == uses.partition("@")[0]
    assert validate(expansion.document) == ()


@pytest.mark.parametrize("wrong", [{}, {"id": 5}])
def test_a_step_without_an_id_is_told_by_its_place(wrong: dict[str, Any]) -> None:
    (finding,) = expanded(document({**wrong, "uses": "weather@1"}), {}).findings

    assert (finding.path, finding.step) == ("/steps/0/uses", None)


def test_what_one_step_cannot_be_hides_nothing_of_the_others() -> None:
    expansion = filled(use("one", uses="weather@1"), use("two"), use("three", uses="address@7"))

    assert [finding.path for finding in expansion.findings] == ["/steps/0/uses", "/steps/2/uses"]
    assert expansion.document["steps"][1]["fields"] == ["street", "city", "floor"]


@pytest.mark.parametrize(
    "source",
    [
        None,
        [],
        "document",
        {},
        {"steps": 5},
        {"steps": [use()], "state_schema": None},
        {"steps": [use()], "state_schema": {"properties": None}},
        {"steps": [use()], "state_schema": {"properties": {}, "required": 5}},
        {"steps": [use(prefix=5)]},
        {"steps": [use(prefix="at home")]},
        {"steps": [use(uses="Address")]},
    ],
)
def test_what_is_not_well_formed_stays_as_it_is(source: Any) -> None:
    assert expanded(source, {version().uses: version()}) == Expansion(document=source)


def test_fields_that_are_no_properties_are_no_obstacle() -> None:
    source = {**document(use()), "state_schema": {"properties": {"city": None, "a": {"x-order": "z"}}, "required": []}}

    (finding,) = expanded(source, {version().uses: version()}).findings

    assert finding.rule == "name_clash"


def test_filling_in_ends_where_a_document_is_full() -> None:
    fields = dict.fromkeys("abcd", TEXT)
    uses = [use(f"s{number}", prefix=f"p{number}_") for number in range(300)]

    steps = filled(*uses, library=version(properties=fields, rules=[])).document["steps"]

    assert sum("fields" in made for made in steps) == 251  # one more than fits, so that it is told


def test_filling_in_ends_where_a_document_has_too_many_steps() -> None:
    steps = filled(*[step(f"s{number}") for number in range(500)], use()).document["steps"]

    assert "fields" not in steps[500]


def test_a_step_is_outdated_when_there_is_a_newer_version() -> None:
    source = document(
        step("a", "x", uses="address@1"),
        step("b", "x", uses="address@2"),
        step("c", "x", uses="address@3"),
        step("d", "x", uses="gone@1"),
        step("e", "x"),
        {"uses": "address@1"},
    )

    assert outdated(source, LATEST) == {"a": 2}


def test_what_is_to_be_filled_in_is_known_beforehand() -> None:
    source = document(use(), use("two"), use("three", uses="person@2"), step("four", "a", uses="other@1"))

    assert to_fill_in(source) == {Use(slug="address", number=1), Use(slug="person", number=2)}


@pytest.mark.parametrize(
    ("taken", "prefix"),
    [
        ([], ""),
        (["x"], ""),
        (["city"], "postal_address_"),
        (["city", "postal_address_city"], "postal_address_2_"),
        (["city", "postal_address_city", "postal_address_2_street"], "postal_address_3_"),
    ],
)
def test_a_prefix_is_proposed_under_which_no_name_is_taken(taken: list[str], prefix: str) -> None:
    assert free_prefix("postal-address", ["street", "city"], taken) == prefix


def test_a_proposed_prefix_is_never_too_long() -> None:
    taken = ["a", "x" * 49 + "_a"]

    assert free_prefix("x" * 50, ["a"], taken[:1]) == "x" * 49 + "_"
    assert free_prefix("x" * 50, ["a"], taken) == "x" * 40 + "_2_"


@pytest.mark.parametrize(
    ("properties", "order"),
    [
        ({}, 0),
        ({"a": {}}, 1),
        ({"a": {"x-order": 2.5}, "b": {"x-order": 1}}, 3),
        ({"a": {"x-order": -3}, "b": None}, 1),
    ],
)
def test_the_next_place_is_after_all_others(properties: dict[str, Any], order: int) -> None:
    assert next_order(properties) == order
