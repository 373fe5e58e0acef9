from dataclasses import replace
from random import Random
from typing import Any

import pytest

from authoring.sheet.ordering import in_order, orders_after
from authoring.sheet.whole import sheet_of
from authoring.tests.generated import document_of
from authoring.tests.generated_fields import Json
from authoring.tests.sheet.pages import fields_of, saved, text_of


def moved(orders: list[Any], places: list[int | None]) -> list[float | None]:
    """Return the new orders of parts that have these, and stood at these places."""
    return orders_after([{} if order is None else {"x-order": order} for order in orders], places)


def test_fields_come_by_their_order_then_as_they_are_asked_then_by_name() -> None:
    properties = {"b": {}, "a": {}, "asked": {}, "last": {"x-order": 2}, "odd": {"x-order": True}, "none": 7}

    assert [name for name, _ in in_order(properties, {"asked": 0})] == ["asked", "a", "b", "none", "odd", "last"]


@pytest.mark.parametrize(
    ("orders", "places", "expected"),
    [
        ([1, 2, 3], [0, 1, 2], [None, None, None]),
        ([3, 1, 2], [2, 0, 1], [0, None, None]),
        ([1, 3, 2], [0, 2, 1], [None, None, 4]),
        ([2, 3, 1], [1, 2, 0], [None, None, 4]),
        ([1, 4, 2, 3], [0, 3, 1, 2], [None, 1.5, None, None]),
        ([None, None], [1, 0], [None, 1]),
        ([None, None, None], [0, 2, 1], [None, None, 1]),
        ([1, 1, 1, 1], [0, 2, 3, 1], [None, None, None, 2]),
        ([1, 1, 1, 1], [3, 1, 2, 0], [0, None, None, 2]),
        ([None, None], [0, None], [None, 1]),
        ([None], [None], [1]),
        ([], [], []),
        ([0.5, 0.75, None], [0, 1, None], [None, None, 1]),
        ([None, -3], [None, 0], [-4, None]),
        ([-2.5, None], [0, None], [None, -1]),
        ([1, 9, 1.0000000000000002, 2], [0, 3, 1, 2], [None, 2, 3, 4]),
        ([1.0000000000000002, 9, 1.0000000000000004, 2], [0, 3, 1, 2], [1, 2, 3, 4]),
    ],
)
def test_as_few_fields_as_possible_get_another_order(
    orders: list[Any], places: list[int | None], expected: list[float | None]
) -> None:
    assert moved(orders, places) == expected


def test_an_order_without_a_fraction_is_written_without_one() -> None:
    assert repr(moved([1, 3, 2], [0, 2, 1])) == "[None, None, 4]"
    assert repr(moved([1, 4, 2, 3], [0, 3, 1, 2])) == "[None, 1.5, None, None]"


def test_fields_in_any_order_on_the_page_are_in_that_order_when_opened_again() -> None:
    for seed in range(200):
        document = document_of(seed)
        sheet = sheet_of(document)
        rows = list(sheet.fields)
        Random(seed).shuffle(rows)  # noqa: S311  the same each time

        found = saved(replace(sheet, fields=tuple(rows))).document

        names = [row.text("was") for row in rows]
        assert [row.text("was") for row in sheet_of(found).fields] == names, seed
        assert text_of(without_order(found)) == text_of(without_order(document)), seed


def test_moving_one_of_the_fields_that_have_orders_changes_one_order() -> None:
    for seed in range(200):
        document = document_of(seed)
        for number, part in enumerate(document["state_schema"]["properties"].values()):
            part["x-order"] = number
        sheet = sheet_of(document)
        if len(sheet.fields) < 2:
            continue
        random = Random(seed)  # noqa: S311  the same each time
        rows = list(sheet.fields)
        rows.insert(random.randrange(len(rows)), rows.pop(random.randrange(len(rows))))

        found = saved(replace(sheet, fields=tuple(rows))).document

        before, after = document["state_schema"]["properties"], found["state_schema"]["properties"]
        assert sum(before[name] != after[name] for name in fields_of(document)) <= 1, seed


def without_order(document: Json) -> Json:
    schema = document["state_schema"]
    properties = {
        name: {key: value for key, value in part.items() if key != "x-order"}
        for name, part in schema["properties"].items()
    }
    return {**document, "state_schema": {**schema, "properties": properties}}
