"""Documents as they should not be have words all the same, alone and beside each other."""

import copy
from typing import Any

from hypothesis import given

from engine.conditions import same
from engine.side_by_side import State, side_by_side
from engine.tests.test_hostile_documents import FEW, PLACES, WRONG, changed, jsons, rich
from engine.wording import Vocabulary, computed_in_words, condition_in_words, kind_in_words, plain_value


def _say_everything(source: Any, part: Any) -> None:
    words = Vocabulary.of(source)
    for name in [*words.fields, "ghost"]:
        assert all(
            map(str, (words.label(name), kind_in_words(words.schema(name)), plain_value(part, words.schema(name))))
        )
        assert condition_in_words({"field": name, "op": "in", "value": part}, words)
    assert condition_in_words(part, words)
    assert computed_in_words(part, words)


def test_a_wrong_value_at_any_place_has_words() -> None:
    for number, path in enumerate(PLACES):
        wrong = WRONG[number % len(WRONG)]
        _say_everything(changed(rich(), path, wrong), wrong)


@FEW
@given(jsons, jsons)
def test_random_json_has_words(source: Any, part: Any) -> None:
    _say_everything({"state_schema": {"properties": {"a": source, "b": part}}, "steps": source}, part)


def _look(left: Any, right: Any) -> None:
    kept = copy.deepcopy((left, right))
    for table in side_by_side(left, right):
        for found in table.rows:
            assert found.title
            assert found.left is not None or found.right is not None
            assert found.differs == (found.state is not State.SAME)
    assert same(list(kept), [left, right])
    assert not any(table.differing for table in side_by_side(left, copy.deepcopy(left)))


def test_a_wrong_value_at_any_place_stands_beside_the_right_one() -> None:
    for number, path in enumerate(PLACES):
        _look(rich(), changed(rich(), path, WRONG[number % len(WRONG)]))


@FEW
@given(jsons, jsons)
def test_random_json_stands_side_by_side(left: Any, right: Any) -> None:
    _look(left, right)
    _look({"steps": left, "metadata": right}, {"steps": [right], "prerequisites": left, "state_schema": right})
    _look({"state_schema": {"properties": {"a": left}}}, {"state_schema": {"properties": {"a": right}}})
