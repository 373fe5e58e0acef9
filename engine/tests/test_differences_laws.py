"""Whatever differs is told, equal documents have no difference, and no two documents are an accident."""

import copy
import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.conditions import same
from engine.differences import differences
from engine.tests.budget import budget
from engine.tests.generated import documents
from engine.tests.test_hostile_documents import PLACES, WRONG, changed, jsons, rich, texts

SOME = budget(quick=25, thorough=1000)
KEYS = st.sampled_from(
    ["name", "state_schema", "properties", "required", "steps", "prerequisites", "metadata", "end_action_config"]
)
objects = st.dictionaries(KEYS | texts, jsons, max_size=4)


def hold_to_the_promise(before: Any, after: Any) -> None:
    """Check that there is a difference exactly if two values differ, told in words, and that both stay as they are."""
    kept = copy.deepcopy((before, after))

    found = differences(before, after)

    assert bool(found) == (not same(before, after))
    assert same(list(kept), [before, after])
    assert differences(before, copy.deepcopy(before)) == ()
    for one in found:
        assert one.subject
        assert one.words.startswith(one.subject)
        assert len(one.words) > len(one.subject)
        assert one.before is None or one.before != one.after
        assert not one.path or one.path.startswith("/")
        assert one.as_dict()["words"] == one.words


def _without(source: Any, path: tuple[Any, ...]) -> Any:
    taken: Any = copy.deepcopy(source)
    node = taken
    for key in path[:-1]:
        node = node[key]
    del node[path[-1]]
    return taken


def test_any_part_that_is_gone_or_new_is_told() -> None:
    for path in PLACES[1:]:
        hold_to_the_promise(rich(), _without(rich(), path))
        hold_to_the_promise(_without(rich(), path), rich())


def test_any_part_that_is_another_is_told() -> None:
    for number, path in enumerate(PLACES):
        hold_to_the_promise(rich(), changed(rich(), path, WRONG[number % len(WRONG)]))
        hold_to_the_promise(changed(rich(), path, WRONG[(number + 1) % len(WRONG)]), rich())


@SOME
@given(st.lists(st.tuples(st.sampled_from(PLACES), jsons), max_size=3), st.sampled_from(PLACES), jsons)
def test_random_changes_are_told(changes: list[tuple[Any, Any]], path: Any, value: Any) -> None:
    source: Any = rich()
    for place, part in changes:
        source = changed(source, place, part)

    hold_to_the_promise(rich(), source)
    hold_to_the_promise(source, changed(source, path, value))


def test_thousands_of_steps_and_fields_are_compared_in_reasonable_time() -> None:
    names = [f"f{number}" for number in range(5000)]
    steps = [{"id": name, "name": name, "fields": [name]} for name in names]
    forth, back = ({name: {"x-order": sign * at} for at, name in enumerate(names)} for sign in (1, -1))
    before = {"state_schema": {"properties": forth, "required": names}, "steps": steps}
    after = {"state_schema": {"properties": back, "required": []}, "steps": steps[::-1]}
    began = time.process_time()

    found = differences(before, after)

    assert time.process_time() - began < 30  # well below 1 s; so far above it that no slow machine fails
    assert len(found) == 5000 + 4999 + 4999


@SOME
@given(documents(), documents())
def test_two_documents_of_authors_are_told_apart(before: Any, after: Any) -> None:
    hold_to_the_promise(before, after)


@SOME
@given(jsons | objects, jsons | objects)
def test_random_json_is_told_apart(before: Any, after: Any) -> None:
    hold_to_the_promise(before, after)
    hold_to_the_promise({"state_schema": before}, {"state_schema": after})
    hold_to_the_promise({"steps": [before]}, {"steps": [after]})
    hold_to_the_promise({"state_schema": {"properties": {"a": before}}}, {"state_schema": {"properties": {"a": after}}})
