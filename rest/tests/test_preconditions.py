"""The header `If-Match`, read as RFC 9110 writes it."""

import time

import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from rest.preconditions import UnusablePrecondition, etag_of, if_match_of


def read(header: str) -> frozenset[str] | None:
    """Return what a request with this header relies on."""
    return if_match_of(Request(APIRequestFactory().get("/", HTTP_IF_MATCH=header)))


def test_a_revision_has_an_entity_tag_in_quotes() -> None:
    assert etag_of(5) == '"5"'


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ('"5"', {'"5"'}),
        (' "5" ', {'"5"'}),
        ('"4", "5"', {'"4"', '"5"'}),
        ('"4","5"', {'"4"', '"5"'}),
        ('"4"\t,\t"5"', {'"4"', '"5"'}),
        (',, "4" , ,"5",', {'"4"', '"5"'}),
        ('""', {'""'}),
        ('"a,b"', {'"a,b"'}),
        ('"*"', {'"*"'}),
        ('W/"5"', {'W/"5"'}),
        ('W/"5", "6"', {'W/"5"', '"6"'}),
        ('"caf\xe9"', {'"caf\xe9"'}),
    ],
)
def test_a_list_of_entity_tags_is_read(header: str, tags: set[str]) -> None:
    assert read(header) == frozenset(tags)


def test_a_star_and_no_header_at_all_are_content_with_any_revision() -> None:
    assert read("*") is None
    assert read(" * ") is None
    assert if_match_of(Request(APIRequestFactory().get("/"))) is None


NO_LISTS = ["", " ", ",", "5", '"5', '5"', '"5" "6"', '"5""6"', '*, "5"', '"5", *', 'w/"5"', 'W/ "5"', "W/5", "'5'"]


@pytest.mark.parametrize("header", [*NO_LISTS, '"5";q=1', '"a b"', '"a\x7f"', '"5", x', '"\u20ac"', '"5"\n'])
def test_what_is_no_list_of_entity_tags_is_refused(header: str) -> None:
    with pytest.raises(UnusablePrecondition) as caught:
        read(header)

    assert caught.value.code == "if_match_invalid"


@pytest.mark.parametrize(
    "header", ['"1"' + "," * 50_000 + "x", '"1", ' * 20_000 + "x", " " * 50_000 + "x", '"' * 50_001]
)
def test_a_long_header_is_refused_in_no_time(header: str) -> None:
    began = time.perf_counter()

    with pytest.raises(UnusablePrecondition):
        read(header)

    assert time.perf_counter() - began < 1
