"""Values in URLs: quoted, in path and query only, and never leading elsewhere."""

from typing import Any

import pytest
from hypothesis import given

from engine.definition import EndAction
from engine.rendering import Unrenderable
from engine.tests.rendered import LAW, SAID, call, refusal, rendered


def url_of(target: str, **state: Any) -> str:
    return rendered(call(target), **state).url


def test_values_are_quoted_in_the_path_and_in_the_query() -> None:
    url = url_of(
        "https://bank.example:8443/v1/{{state.a}}-x/?q={{state.b}}&v={{workflow.version}}#top", a="a/b é", b="1&2=3?#"
    )

    assert url == "https://bank.example:8443/v1/a%2Fb%20%C3%A9-x/?q=1%262%3D3%3F%23&v=3#top"


@pytest.mark.parametrize(
    "target",
    [
        "https://bank.example",
        "https://bank.example/",
        "https://bank.example/a//b/?",
        "http://bank.example?x=1%20#y",
        "https://bank.example/x?next=/a/../b",
    ],
)
def test_a_url_without_placeholders_stays_as_the_author_wrote_it(target: str) -> None:
    assert url_of(target) == target


def test_values_stand_in_a_query_without_a_path_and_before_another_address() -> None:
    assert url_of("https://a.example?q={{state.x}}", x="é") == "https://a.example?q=%C3%A9"
    assert url_of("https://a.example/{{state.x}}/https://b.example", x=5) == "https://a.example/5/https://b.example"


@pytest.mark.parametrize(("value", "written"), [(True, "true"), (5, "5"), (2.5, "2.5"), ("x", "x")])
def test_plain_values_are_written_out_in_a_url(value: Any, written: str) -> None:
    assert url_of("https://a.example/{{state.x}}", x=value) == f"https://a.example/{written}"


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_value_that_would_lead_elsewhere_is_no_part_of_a_path(value: str) -> None:
    code, message = refusal(call("https://a.example/users/{{state.who}}/x"), who=value)

    assert code == "path_segment"
    assert "state.who" in message


def test_a_part_of_a_path_must_not_become_dots_either() -> None:
    assert refusal(call("https://a.example/.{{state.who}}"), who=".")[0] == "path_segment"
    assert refusal(call("https://a.example/%2e{{state.who}}"), who=".")[0] == "path_segment"
    assert refusal(call("https://a.example/x/../y"))[0] == "path_segment"
    assert refusal(call("https://a.example/{{state.who}}/{{state.no}}"), who="x", no="") == (
        "path_segment",
        "A part of the URL's path would be empty, '.' or '..'. It is made of: state.who, state.no.",
    )
    assert url_of("https://a.example/{{state.who}}?q={{state.no}}", who="...", no="") == "https://a.example/...?q="


@pytest.mark.parametrize(
    "target",
    [
        "{{state.x}}://a.example/",
        "https://{{state.x}}/",
        "https://a.example:{{state.x}}/",
        "https://a.example{{state.x}}/y",
        "https://a.example/#{{state.x}}",
        "https://a.example/{{secret:bank}}",
        "https://a.example/?key={{secret:bank}}",
        "https://a.example/%2{{state.x}}",
    ],
)
def test_placeholders_stand_nowhere_else_in_a_url(target: str) -> None:
    assert refusal(call(target), x="e")[0] == "placeholder_misplaced"


@pytest.mark.parametrize("value", [[1], {"a": 1}])
def test_lists_and_objects_are_no_part_of_a_url(value: Any) -> None:
    code, message = refusal(call("https://a.example/{{state.x}}"), x=value)

    assert (code, message) == ("placeholder_not_plain", "state.x in the URL is a list or an object.")


@pytest.mark.parametrize(
    ("action", "place"),
    [(call("https://a.example/{{state.x}}"), "the URL"), (call(headers={"X": "{{state.x}}"}), "the header X")],
)
def test_what_is_not_answered_is_no_part_of_a_url_or_header(action: EndAction, place: str) -> None:
    assert refusal(action, x=None) == (
        "placeholder_unanswered",
        f"state.x in {place} has no value. Answer it first.",
    )


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (
            "https://a.example/{{secret:bank}}",
            "A secret never stands in a URL, which is logged everywhere. Send it in a header or in the body.",
        ),
        (
            "https://a.example/#{{state.x}}",
            "Placeholders stand only in the path and in the query of a URL, never before or after them.",
        ),
        ("https://a.example/100%", "A % in a URL begins an escape like %20. Write %25 for the sign itself."),
    ],
)
def test_the_author_reads_why_a_url_cannot_be_made(target: str, words: str) -> None:
    assert refusal(call(target), x="e") == ("placeholder_misplaced", words)


@LAW
@given(SAID, SAID)
def test_whatever_people_say_a_url_leads_where_the_author_meant_it_to(segment: str, asked: str) -> None:
    try:
        url = url_of("https://a.example/v1/{{state.a}}/x?q={{state.b}}", a=segment, b=asked)
    except Unrenderable as refused:
        assert refused.reason == "path_segment"  # noqa: PT017  see the law above
        assert segment in ("", ".", "..")
        return

    path, _, query = url.removeprefix("https://a.example/v1/").partition("?")
    assert path.count("/") == 1
    assert path.endswith("/x")
    assert set("/?#&=@ {}") & set(path.removesuffix("/x") + query.removeprefix("q=")) == set()
