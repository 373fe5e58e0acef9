from typing import Any

import pytest

from engine.json_pointer import all_pointed_to, pointed_to

ANSWER = {"a": {"b": [10, None, {"c": False}]}, "": 1, "x/y": 2, "m~n": 3, "0": "zero"}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("", ANSWER),
        ("/a/b/0", 10),
        ("/a/b/1", None),
        ("/a/b/2/c", False),
        ("/", 1),
        ("/x~1y", 2),
        ("/m~0n", 3),
        ("/0", "zero"),
    ],
)
def test_it_leads_to_one_value(path: str, value: Any) -> None:
    assert list(pointed_to(ANSWER, path)) == [value]


@pytest.mark.parametrize(
    "path",
    [
        "/b",
        "/a/b/3",
        "/a/b/-1",
        "/a/b/00",
        "/a/b/01",
        "/a/b/\u0661",
        "/a/b/-",
        "/a/b/0/0",
        "/a/b/" + "1" * 5000,
        "/a/b/1/c",
    ],
)
def test_or_nowhere(path: str) -> None:
    assert list(pointed_to(ANSWER, path)) == []


def test_what_leads_nowhere_is_left_out() -> None:
    assert all_pointed_to(ANSWER, {"one": "/a/b/1", "two": "/nowhere", "three": "/0"}) == {"one": None, "three": "zero"}
