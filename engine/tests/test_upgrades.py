"""Bringing a step to a newer version of the reusable step that it was made from."""

from typing import Any

import pytest

from engine.reusable import ReusableStep
from engine.reuse import expanded
from engine.tests.builders import NUMBER, TEXT, document, row, rule, step
from engine.tests.reusables import CITY, FLOOR, STREET, source, version
from engine.upgrades import Touched, Upgrade, updated
from engine.validation import validate

OLD = version(1)
RULE = rule(row("city", "!=", ref="street"), "These are the same.", field=["city", "street"])
COUNTRY: dict[str, Any] = {**TEXT, "title": "Country", "x-order": 9}


def copied(*before: dict[str, Any], prefix: str = "", **parts: Any) -> dict[str, Any]:
    use = {"id": "home", "uses": "address@1", **({"prefix": prefix} if prefix else {})}
    made = expanded(document(*before, use, **parts), {OLD.uses: OLD})
    assert made.findings == ()
    document_made: dict[str, Any] = made.document
    return document_made


def newer(**parts: Any) -> ReusableStep:
    return version(2, source(**parts))


def taken(given: dict[str, Any], new: ReusableStep) -> Upgrade:
    upgrade = updated(given, "home", old=OLD, new=new)
    assert upgrade.findings == ()
    assert validate(upgrade.document) == ()
    return upgrade


def home(upgrade: Upgrade) -> Any:
    return next(part for part in upgrade.document["steps"] if part["id"] == "home")


def edited(given: dict[str, Any], *, step: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    """Return a document as its author left it: other keys of the step, other properties, None for none."""
    schema = given["state_schema"]
    changed = {**schema["properties"], **properties}
    kept = {name: part for name, part in changed.items() if part is not None}
    required = [name for name in schema["required"] if name in kept]
    steps = [{**part, **(step or {})} if part["id"] == "home" else part for part in given["steps"]]
    return {**given, "state_schema": {**schema, "properties": kept, "required": required}, "steps": steps}


def test_what_nobody_touched_becomes_as_the_newer_version_says_it() -> None:
    new = newer(
        properties={"street": {**STREET, "title": "Street and number"}, "city": CITY, "floor": FLOOR},
        name="Your address",
        rules=[],
    )

    upgrade = taken(copied(), new)

    assert (home(upgrade)["uses"], home(upgrade)["name"]) == ("address@2", "Your address")
    assert home(upgrade)["rules"] == []
    assert upgrade.document["state_schema"]["properties"]["street"]["title"] == "Street and number"
    assert (upgrade.kept, upgrade.overwritten) == ((), ())


def test_the_same_version_again_changes_nothing() -> None:
    given = copied(step("first", "a"), prefix="home_")

    assert taken(given, OLD).document == given


def test_an_edit_stays_where_the_newer_version_changed_nothing() -> None:
    given = edited(copied(), step={"name": "Where to?"}, street={**STREET, "title": "Road", "maxLength": 9})

    upgrade = taken(given, newer(description="Where you are"))

    assert (home(upgrade)["name"], home(upgrade)["description"]) == ("Where to?", "Where you are")
    street = upgrade.document["state_schema"]["properties"]["street"]
    assert (street["title"], street["maxLength"]) == ("Road", 9)
    assert set(upgrade.kept) == {
        Touched(key="name"),
        Touched(key="title", field="street"),
        Touched(key="maxLength", field="street"),
    }
    assert upgrade.overwritten == ()


def test_an_edit_of_what_the_newer_version_changed_too_is_overwritten_and_told() -> None:
    given = edited(copied(), step={"name": "Where to?"}, street={**STREET, "title": "Road"})
    new = newer(
        name="Your address",
        properties={"street": {**STREET, "title": "Street and number"}, "city": CITY, "floor": FLOOR},
    )

    upgrade = taken(given, new)

    assert home(upgrade)["name"] == "Your address"
    assert upgrade.document["state_schema"]["properties"]["street"]["title"] == "Street and number"
    assert upgrade.overwritten == (Touched(key="name"), Touched(key="title", field="street"))


def test_an_edit_that_the_newer_version_makes_too_is_nothing_to_tell() -> None:
    upgrade = taken(edited(copied(), step={"name": "Your address"}), newer(name="Your address"))

    assert home(upgrade)["name"] == "Your address"
    assert (upgrade.kept, upgrade.overwritten) == ((), ())


def test_what_the_author_took_out_stays_out() -> None:
    given = copied()
    steps = [{key: part for key, part in made.items() if key != "description"} for made in given["steps"]]

    upgrade = taken({**given, "steps": steps}, newer(name="Your address"))

    assert "description" not in home(upgrade)
    assert upgrade.kept == (Touched(key="description"),)


def test_a_new_field_comes_along_under_the_prefix() -> None:
    new = newer(
        properties={"country": {**COUNTRY, "x-order": -1}, "street": STREET, "city": CITY, "floor": FLOOR},
        required=["country", "street", "city"],
        rules=[rule(row("country", "!=", ref="city"))],
    )

    upgrade = taken(copied(step("first", "a"), prefix="home_"), new)

    assert home(upgrade)["fields"] == ["home_country", "home_street", "home_city", "home_floor"]
    assert home(upgrade)["rules"][0]["check"] == row("home_country", "!=", ref="home_city")
    schema = upgrade.document["state_schema"]
    assert schema["properties"]["home_country"] == {**COUNTRY, "x-order": 4}
    assert schema["required"] == ["a", "home_street", "home_city", "home_country"]


def test_a_new_field_that_is_not_required_is_asked_all_the_same() -> None:
    new = newer(
        properties={"street": STREET, "city": CITY, "floor": FLOOR, "country": COUNTRY}, required=["street", "city"]
    )

    schema = taken(copied(), new).document["state_schema"]

    assert schema["required"] == ["street", "city"]
    assert "country" in schema["properties"]


def test_a_new_field_that_the_template_has_already_in_the_same_way_is_shared() -> None:
    given = copied(step("first", "country"), properties={"country": {**COUNTRY, "x-order": 0}})
    new = newer(properties={"street": STREET, "city": CITY, "floor": FLOOR, "country": COUNTRY}, required=["street"])

    upgrade = taken(given, new)

    assert upgrade.document["state_schema"]["properties"]["country"]["x-order"] == 0
    assert upgrade.document["state_schema"]["required"] == ["country", "street"]


def test_a_new_field_that_the_template_has_as_something_else_is_refused() -> None:
    given = copied(step("first", "country", "code"), properties={"country": NUMBER, "code": NUMBER})
    properties = {"street": STREET, "city": CITY, "floor": FLOOR, "country": COUNTRY, "code": TEXT}
    new = newer(properties=properties, required=[])

    upgrade = updated(given, "home", old=OLD, new=new)

    (finding,) = upgrade.findings
    assert upgrade.document == given
    assert (finding.rule, finding.path, finding.step) == ("name_clash", "/steps/1/uses", "home")
    assert finding.message == (
        "The newer version asks for 'code', 'country', which this template has already as something else. "
        "Rename that first."
    )


def without_floor(**parts: Any) -> ReusableStep:
    return newer(properties={"street": STREET, "city": CITY}, rules=[RULE], **parts)


def test_a_field_that_is_gone_goes() -> None:
    upgrade = taken(copied(step("first", "a")), without_floor())

    assert home(upgrade)["fields"] == ["street", "city"]
    assert list(upgrade.document["state_schema"]["properties"]) == ["a", "street", "city"]
    assert (upgrade.kept, upgrade.overwritten) == ((), ())


def test_a_required_field_that_is_gone_is_required_no_longer() -> None:
    new = newer(
        properties={"street": STREET, "floor": {**FLOOR, "x-when": row("street", "answered")}},
        rules=[],
        required=["street"],
    )

    upgrade = taken(copied(), new)

    assert upgrade.document["state_schema"]["required"] == ["street"]


def test_a_field_that_is_gone_goes_with_what_the_author_did_to_it_and_that_is_told() -> None:
    upgrade = taken(edited(copied(), floor={**FLOOR, "title": "Level"}), without_floor())

    assert "floor" not in upgrade.document["state_schema"]["properties"]
    assert upgrade.overwritten == (Touched(key="*", field="floor"),)


@pytest.mark.parametrize(
    "looks",
    [
        {"step": {"rules": [RULE, rule(row("floor", "<", 9))]}},
        {"street": {**STREET, "x-depends-on": ["floor"]}},
    ],
)
def test_a_field_that_is_gone_stays_if_the_author_made_something_look_at_it(looks: dict[str, Any]) -> None:
    given = edited(copied(), **looks)

    upgrade = updated(given, "home", old=OLD, new=without_floor())

    assert home(upgrade)["fields"] == ["street", "city", "floor"]
    assert Touched(key="*", field="floor") in upgrade.kept


def test_a_field_that_is_gone_stays_if_another_step_looks_at_it() -> None:
    given = copied()
    given["steps"] = [*given["steps"], step("later", "a", when=row("floor", "answered"))]
    given["state_schema"]["properties"]["a"] = TEXT

    upgrade = taken(given, without_floor())

    assert home(upgrade)["fields"] == ["street", "city", "floor"]
    assert upgrade.kept == (Touched(key="*", field="floor"),)


def test_a_field_that_is_gone_stays_if_one_that_stays_for_such_a_reason_looks_at_it() -> None:
    given = copied()
    given["steps"] = [*given["steps"], step("later", "a", when=row("floor", "answered"))]
    given["state_schema"]["properties"]["a"] = TEXT

    upgrade = taken(given, newer(properties={"street": STREET}, rules=[]))

    assert home(upgrade)["fields"] == ["street", "city", "floor"]  # whether the floor is asked depends on the city


def test_a_field_that_is_gone_stays_if_another_field_looks_at_it() -> None:
    given = copied()
    given["steps"] = [*given["steps"], step("later", "a")]
    given["state_schema"]["properties"]["a"] = {**TEXT, "x-depends-on": ["floor"]}

    assert "floor" in taken(given, without_floor()).document["state_schema"]["properties"]


def test_a_field_that_both_took_out_is_nothing_to_tell() -> None:
    given = edited(copied(), step={"fields": ["street", "city"]}, floor=None)

    upgrade = taken(given, without_floor())

    assert (upgrade.kept, upgrade.overwritten) == ((), ())


def test_a_field_that_the_author_took_out_stays_out() -> None:
    given = edited(copied(), step={"fields": ["street", "city"]}, floor=None)

    upgrade = taken(given, newer(name="Your address"))

    assert home(upgrade)["fields"] == ["street", "city"]
    assert "floor" not in upgrade.document["state_schema"]["properties"]
    assert upgrade.kept == (Touched(key="fields"), Touched(key="*", field="floor"))


def test_fields_and_rules_that_the_author_added_stay_where_they_were() -> None:
    own = rule(row("door", "!=", "0"))
    given = edited(copied(), step={"fields": ["street", "door", "city", "floor"], "rules": [own, RULE]}, door=TEXT)
    other = rule(row("city", "!=", "x"))
    new = newer(
        properties={"street": STREET, "country": COUNTRY, "city": CITY, "floor": FLOOR},
        required=["street", "city"],
        fields=["country", "street", "city", "floor"],
        rules=[other],
    )

    upgrade = taken(given, new)

    assert home(upgrade)["fields"] == ["country", "street", "door", "city", "floor"]
    assert home(upgrade)["rules"] == [own, other]
    assert upgrade.kept == (Touched(key="fields"), Touched(key="rules"))


def test_a_rule_that_the_author_took_out_stays_out() -> None:
    other = rule(row("city", "!=", "x"))

    upgrade = taken(edited(copied(), step={"rules": []}), newer(rules=[RULE, other]))

    assert home(upgrade)["rules"] == [other]
    assert upgrade.kept == (Touched(key="rules"),)


def test_a_list_that_only_one_version_has_is_one_part() -> None:
    own, theirs = {**CITY, "enum": ["Rome", "Bern"]}, {**CITY, "enum": ["Rome"]}
    narrow = version(1, source(properties={"city": theirs}, rules=[]))
    wide = version(2, source(properties={"city": CITY}, rules=[]))

    for old, new, left in [(narrow, wide, None), (wide, narrow, ["Rome"])]:
        made = expanded(document({"id": "home", "uses": "address@1"}), {"address@1": old, "address@2": old}).document
        upgrade = updated(edited(made, city=own), "home", old=old, new=new)

        assert upgrade.document["state_schema"]["properties"]["city"].get("enum") == left
        assert upgrade.overwritten == (Touched(key="enum", field="city"),)


def test_whether_a_field_is_required_is_a_part_like_any_other() -> None:
    given = copied()
    given["state_schema"]["required"] = ["street"]  # the author made the city optional

    unchanged = taken(given, newer(name="Your address"))
    changed = taken(given, newer(required=["street", "floor"]))

    assert unchanged.document["state_schema"]["required"] == ["street"]
    assert unchanged.kept == (Touched(key="required", field="city"),)
    assert changed.document["state_schema"]["required"] == ["street", "floor"]
    assert (changed.kept, changed.overwritten) == ((), ())


def test_a_field_that_the_newer_version_makes_optional_is_required_no_longer() -> None:
    assert taken(copied(), newer(required=["street"])).document["state_schema"]["required"] == ["street"]


def test_a_property_that_is_none_is_left_to_its_author() -> None:
    given = edited(copied())
    given["state_schema"]["properties"]["street"] = True

    upgrade = updated(given, "home", old=OLD, new=newer(name="Your address"))

    assert upgrade.document["state_schema"]["properties"]["street"] is True


def test_a_field_without_an_order_gets_none() -> None:
    given = edited(copied(), city={key: part for key, part in CITY.items() if key != "x-order"})

    assert "x-order" not in taken(given, newer(name="X")).document["state_schema"]["properties"]["city"]


@pytest.mark.parametrize(
    "given",
    [
        None,
        {},
        {"steps": [], "state_schema": {"properties": {}}},
        {"steps": ["home", {"id": "home", "fields": 5}], "state_schema": {"properties": {}}},
        {"steps": [{"id": "home", "fields": [], "prefix": 5}], "state_schema": {"properties": {}}},
        {"steps": [{"id": "home", "fields": []}], "state_schema": 5},
    ],
)
def test_a_step_that_is_not_there_is_told(given: Any) -> None:
    upgrade = updated(given, "home", old=OLD, new=OLD)

    (finding,) = upgrade.findings
    assert upgrade.document == given
    assert (finding.rule, finding.path) == ("unknown_step", "/steps")
    assert finding.message == "There is no step 'home' here that could be brought to a newer version."


def test_steps_that_are_none_are_no_obstacle() -> None:
    given = copied()
    given["steps"] = ["odd", *given["steps"]]

    assert updated(given, "home", old=OLD, new=newer(name="X")).document["steps"][1]["name"] == "X"
