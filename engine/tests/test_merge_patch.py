"""JSON Merge Patch, by the examples of RFC 7396 (appendix A) and by what must not pile up."""

from typing import Any

import pytest

from engine.merge_patch import MergedTooLarge, merge_patch
from engine.strict_json import MAX_BYTES


@pytest.mark.parametrize(
    ("target", "patch", "merged"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        (None, {"a": 1, "b": None}, {"a": 1}),
        ({"a": [None]}, {"b": [None]}, {"a": [None], "b": [None]}),
    ],
)
def test_a_patch_is_merged_as_the_rfc_says(target: Any, patch: Any, merged: Any) -> None:
    assert merge_patch(target, patch) == merged


def test_merging_touches_neither_the_target_nor_the_patch() -> None:
    target, patch = {"a": {"b": 1}, "c": 2}, {"a": {"d": 3}, "c": None}

    merge_patch(target, patch)

    assert (target, patch) == ({"a": {"b": 1}, "c": 2}, {"a": {"d": 3}, "c": None})


def test_what_is_merged_grows_to_the_size_of_a_body_and_not_beyond() -> None:
    frame = len('{"a":"","é":""}'.encode())
    half = (MAX_BYTES - frame) // 2
    target, rest = {"a": "x" * half}, "x" * (MAX_BYTES - frame - half)

    assert merge_patch(target, {"é": rest}) == {"a": "x" * half, "é": rest}
    with pytest.raises(MergedTooLarge) as caught:
        merge_patch(target, {"é": rest + "x"})

    assert caught.value.code == "merged_too_large"
    assert caught.value.message == "What this is merged into would be larger than 1048576 bytes. Take something out."


def test_what_takes_the_place_of_something_else_has_no_size_of_its_own() -> None:
    large = {"a": "x" * MAX_BYTES}

    assert merge_patch("x", large) == large
    assert merge_patch(large, "x" * MAX_BYTES) == "x" * MAX_BYTES
