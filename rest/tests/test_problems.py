"""Problem answers: the members of RFC 9457, and every mistake with its place."""

from typing import Any

import pytest
from rest_framework.exceptions import ErrorDetail, ValidationError

from rest.problems import MEDIA_TYPE, flatten, problem, problem_body


def test_a_problem_has_the_members_of_the_rfc_and_ours() -> None:
    body = problem_body(409, "template_in_use", "Workflows were made from it.", name="loan")

    assert body == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "code": "template_in_use",
        "detail": "Workflows were made from it.",
        "name": "loan",
    }


def test_further_members_never_replace_those_every_problem_has() -> None:
    members = {"status": "active", "code": 7, "title": "x", "type": "y", "detail": "z"}

    body = problem_body(400, "invalid", "Wrong.", **members)

    assert body == problem_body(400, "invalid", "Wrong.")


def test_a_problem_is_answered_with_its_status_media_type_and_headers() -> None:
    response = problem(429, "throttled", "Too many.", headers={"Retry-After": "3"}, seconds=3)

    assert (response.status_code, response["Retry-After"], response.content_type) == (429, "3", MEDIA_TYPE)
    assert response.data["seconds"] == 3


@pytest.mark.parametrize(
    ("detail", "found"),
    [
        ({"name": ["Too long."]}, [("/name", "invalid", "Too long.")]),
        ({"name": [ErrorDetail("Too long.", code="max_length")]}, [("/name", "max_length", "Too long.")]),
        (
            {"steps": [{}, {"id": ["Missing."]}], "name": ["Too long.", "Odd."]},
            [("/steps/1/id", "invalid", "Missing."), ("/name", "invalid", "Too long."), ("/name", "invalid", "Odd.")],
        ),
        ({"non_field_errors": ["Both."]}, [("", "invalid", "Both.")]),
        ({"__all__": ["Both."]}, [("", "invalid", "Both.")]),
        ({"parts": {"0": {"non_field_errors": ["Both."]}}}, [("/parts/0", "invalid", "Both.")]),
        (["Not an object."], [("", "invalid", "Not an object.")]),
        (ErrorDetail("Wrong.", code="odd"), [("", "odd", "Wrong.")]),
        ({}, []),
    ],
)
def test_every_message_is_named_with_the_pointer_of_its_place(detail: Any, found: list[tuple[str, str, str]]) -> None:
    assert [(error["path"], error["code"], error["message"]) for error in flatten(detail)] == found


def test_the_place_of_a_key_that_contains_a_slash_is_a_json_pointer() -> None:
    (error,) = flatten({"a/b~c": ["Unknown."]})

    assert error["path"] == "/a~1b~0c"


def test_what_drf_raises_is_named_with_its_code() -> None:
    (error,) = flatten(ValidationError("Wrong.", code="odd").detail)

    assert error == {"path": "", "code": "odd", "message": "Wrong."}
