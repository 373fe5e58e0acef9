"""How a step names the reusable step that it was made from."""

from typing import Any

import pytest

from engine.tests.builders import document, found, only_finding, step
from engine.uses import Use, is_prefix, is_slug, uses_in
from engine.validation import validate


def using(**keys: Any) -> dict[str, Any]:
    return document(step("one", "a", **keys))


@pytest.mark.parametrize(
    ("text", "slug", "number"),
    [
        ("address@3", "address", 3),
        ("date-range@12", "date-range", 12),
        ("a_1-b@1", "a_1-b", 1),
        ("a" * 50 + "@1", "a" * 50, 1),
    ],
)
def test_a_use_names_a_reusable_step_and_a_version(text: str, slug: str, number: int) -> None:
    used = Use.parse(text)

    assert used == Use(slug=slug, number=number)
    assert str(used) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "address",
        "address@",
        "address@0",
        "address@03",
        "address@-1",
        "Address@3",
        "address@3\n",
        "-a@1",
        "a-@1",
        "a--b@1",
        "a b@1",
        "@1",
        "address@1234567890",
        "a" * 51 + "@1",
        3,
        None,
        ["address@3"],
    ],
)
def test_anything_else_names_none(text: Any) -> None:
    assert Use.parse(text) is None


def test_a_long_name_and_a_long_prefix_have_an_end() -> None:
    assert is_slug("a" * 50)
    assert not is_slug("a" * 51)
    assert not is_slug(5)
    assert is_prefix("Home_2" + "_" * 44)
    assert not is_prefix("_" * 51)
    assert not is_prefix("home-")
    assert not is_prefix(None)


def test_the_uses_of_any_document_are_found_with_their_places() -> None:
    source = {"steps": [{"uses": "a@1"}, "no step", {"id": "x"}, {"uses": "b@2"}, {"uses": "wrong"}]}

    assert [(index, str(used)) for index, _, used in uses_in(source)] == [(0, "a@1"), (3, "b@2")]


@pytest.mark.parametrize("source", [None, [], {}, {"steps": None}, {"steps": {"uses": "a@1"}}])
def test_what_is_no_document_uses_nothing(source: Any) -> None:
    assert list(uses_in(source)) == []


@pytest.mark.parametrize("keys", [{}, {"uses": None}, {"uses": "address@3"}, {"uses": "address@3", "prefix": "home_"}])
def test_a_copy_may_tell_where_it_came_from(keys: dict[str, Any]) -> None:
    assert validate(using(**keys)) == ()


@pytest.mark.parametrize("prefix", ["", None])
def test_an_empty_prefix_says_nothing(prefix: str | None) -> None:
    assert validate(using(prefix=prefix)) == ()


@pytest.mark.parametrize(
    ("keys", "rule", "path", "message"),
    [
        ({"uses": "Address"}, "bad_uses", "uses", "Name a reusable step and its version like 'address@3'."),
        (
            {"uses": "address@3", "prefix": "at home"},
            "bad_prefix",
            "prefix",
            "A prefix is made of at most 50 letters, digits and underscores, like 'home_'.",
        ),
        (
            {"prefix": "home_"},
            "bad_prefix",
            "prefix",
            "A prefix says how the fields of a reusable step are named here. Add uses, or take the prefix out.",
        ),
    ],
)
def test_what_is_badly_written_is_told_at_its_place(keys: dict[str, Any], rule: str, path: str, message: str) -> None:
    finding = only_finding(using(**keys))

    assert (finding.rule, finding.path, finding.step) == (rule, f"/steps/0/{path}", "one")
    assert finding.message == message


@pytest.mark.parametrize("key", ["uses", "prefix"])
def test_both_are_texts(key: str) -> None:
    assert found(using(**{key: 5})) == [("shape", f"/steps/0/{key}")]
