"""What holds of reusable steps whatever the document: nothing raises, and an update is as if filled in anew."""

from collections.abc import Mapping
from typing import Any

import pytest

from engine.contraction import contract
from engine.reusable import ReusableStep, check
from engine.reuse import expanded, outdated, to_fill_in, without_order
from engine.tests.builders import NUMBER, TEXT, document, row, rule, step
from engine.tests.reusables import CITY, FLOOR, STREET, source, version
from engine.tests.test_hostile_documents import WRONG, changed, places
from engine.upgrades import updated
from engine.validation import validate

OLD = version(1)
COUNTRY = {**TEXT, "title": "Country", "x-order": 0.5}
NEWER = {
    "other words": source(name="Where?", description="Where to?", required=["city"]),
    "another field": source(
        properties={"street": STREET, "country": COUNTRY, "city": CITY, "floor": FLOOR},
        rules=[rule(row("country", "!=", ref="city"))],
    ),
    "a field less": source(properties={"street": STREET, "city": CITY}, rules=[]),
    "everything else": source(properties={"line": TEXT, "country": {**COUNTRY, "minLength": 2}}, rules=[]),
    "another kind": source(properties={"street": NUMBER, "city": CITY, "floor": FLOOR}, rules=[]),
}


def rich() -> dict[str, Any]:
    """Return a document in every place of which a wrong value is put: one step waits, one is a copy."""
    made = expanded(
        document(step("first", "a"), {"id": "copy", "uses": "address@1", "prefix": "x_"}), {OLD.uses: OLD}
    ).document
    return {**made, "steps": [*made["steps"], {"id": "open", "name": "Open", "uses": "address@1", "prefix": "y_"}]}


@pytest.mark.parametrize("place", list(places(rich())), ids=lambda place: "/".join(map(str, place)) or "all")
def test_no_document_is_so_wrong_that_anything_raises(place: tuple[Any, ...]) -> None:
    for wrong in WRONG:
        given = changed(rich(), place, wrong)

        filled = expanded(given, {OLD.uses: OLD}, latest={"address": 2})
        validate(filled.document)
        to_fill_in(given)
        outdated(given, {"address": 2})
        for step_id in ("first", "copy", "open"):
            validate(updated(given, step_id, old=OLD, new=version(2, NEWER["everything else"])).document)
            contract(given, step_id, slug="x", name="X")


@pytest.mark.parametrize("place", list(places(source())), ids=lambda place: "/".join(map(str, place)) or "all")
def test_no_reusable_step_is_so_wrong_that_judging_it_raises(place: tuple[Any, ...]) -> None:
    for wrong in WRONG:
        check(changed(source(), place, wrong))


@pytest.mark.parametrize("prefix", ["", "home_"])
@pytest.mark.parametrize("newer", NEWER.values(), ids=NEWER.keys())
def test_what_nobody_touched_is_as_if_it_had_been_filled_in_from_the_newer_version(
    newer: Mapping[str, Any], prefix: str
) -> None:
    new = version(2, newer)

    upgrade = updated(filled(OLD, prefix), "home", old=OLD, new=new)

    assert (upgrade.kept, upgrade.overwritten, upgrade.findings) == ((), (), ())
    assert comparable(upgrade.document) == comparable(filled(new, prefix))


@pytest.mark.parametrize("newer", NEWER.values(), ids=NEWER.keys())
def test_going_to_the_newer_version_and_back_is_where_it_began(newer: Mapping[str, Any]) -> None:
    new, before = version(2, newer), filled(OLD, "home_")

    there = updated(before, "home", old=OLD, new=new).document
    back = updated(there, "home", old=new, new=OLD).document

    assert comparable(back) == comparable(before)


def filled(reusable: ReusableStep, prefix: str) -> dict[str, Any]:
    use = {"id": "home", "uses": reusable.uses, **({"prefix": prefix} if prefix else {})}
    made: dict[str, Any] = expanded(document(step("first", "a"), use), {reusable.uses: reusable}).document
    return made


def comparable(made: Mapping[str, Any]) -> Any:
    """Return a document without what may differ: the order of display, and that of what is required."""
    schema = made["state_schema"]
    properties = {name: without_order(part) for name, part in schema["properties"].items()}
    return {**made, "state_schema": {"properties": properties, "required": sorted(schema["required"])}}
