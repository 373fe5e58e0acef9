import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.definition import EndAction, EndActionType
from engine.rendering import (
    Facts,
    Unrenderable,
    canonical,
    fill_secrets,
    own_addresses,
    preview,
    render_arguments,
    render_request,
    secret_names,
)
from engine.requests import Request
from engine.tests.builders import definition_of, step
from engine.tests.rendered import JSON, LAW, SAID, SECRET, WORKFLOW, call, refusal, rendered


def body_of(body: Any, **state: Any) -> Any:
    request = rendered(call(body=body), **state)
    assert request.body is not None
    return json.loads(request.body)


def tool(**arguments: Any) -> EndAction:
    return EndAction(type=EndActionType.TOOL_CALL, target="send", config={"arguments": arguments})


# ---- Body ----


def test_without_a_body_of_its_own_a_request_tells_what_the_workflow_is_and_holds() -> None:
    request = rendered(call(), amount=5)

    assert request.method == "POST"
    assert request.headers == {"Content-Type": "application/json"}
    assert request.body is not None
    assert json.loads(request.body) == {
        "workflow_id": "w1",
        "template": "loan",
        "version": 3,
        "conversation_id": "c1",
        "user_id": "u1",
        "state": {"amount": 5},
        "metadata": {"channel": "web"},
    }


def test_without_metadata_the_body_holds_an_empty_object() -> None:
    request = render_request(call(), Facts(state={}))

    assert request.body is not None
    assert json.loads(request.body)["metadata"] == {}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_get_and_a_delete_carry_nothing_unless_they_are_given_something(method: str) -> None:
    bare, given = rendered(call(method=method)), rendered(call(method=method, body=None))

    assert (bare.body, bare.headers) == (None, {})
    assert (given.body, given.headers) == ("null", {"Content-Type": "application/json"})


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_put_and_a_patch_carry_what_a_post_does(method: str) -> None:
    assert rendered(call(method=method)).body == rendered(call()).body


def test_the_content_type_is_the_authors_where_there_is_one() -> None:
    assert rendered(call(headers={"content-TYPE": "text/json"})).headers == {"content-TYPE": "text/json"}


def test_a_text_that_is_one_placeholder_becomes_the_value_itself() -> None:
    given = {"amount": 5000, "ok": False, "sites": [{"n": 1}], "name": 'A "b"'}
    body = {
        "a": "{{state.amount}}",
        "b": ["{{ state.ok }}", "{{state.sites}}"],
        "c": "{{state.name}}",
        "d": "{{state.x}}",
    }

    assert body_of(body, **given) == {"a": 5000, "b": [False, [{"n": 1}]], "c": 'A "b"', "d": None}


def test_inside_a_longer_text_values_are_written_out() -> None:
    text = "{{state.name}}: {{state.amount}}, {{state.ok}}, {{state.sites}}, {{state.open}}; {{workflow.version}}"

    written = body_of(text, name='A "b"', amount=2.5, ok=True, sites=[{"b": 1, "a": "é"}], open=None)

    assert written == 'A "b": 2.5, true, [{"a":"é","b":1}], ; 3'


def test_keys_and_values_that_are_no_texts_stay_as_they_are() -> None:
    body: dict[str, Any] = {"{{state.a}}": 1, "b": None, "c": 1.5, "d": True, "e": [], "f": {}, "g": ["x", 2]}

    assert body_of(body, a="x") == body


def test_only_what_a_workflow_tells_can_be_asked_of_it() -> None:
    assert body_of(["{{workflow.id}}", "{{workflow.metadata}}", "{{workflow.status}}"]) == ["w1", None, None]


@LAW
@given(JSON)
def test_a_body_is_canonical_json_and_holds_the_value_that_was_given(value: Any) -> None:
    request = rendered(call(body={"z": "{{state.x}}", "a": ["<{{state.x}}>"]}), x=value)

    assert request.body is not None
    read = json.loads(request.body)
    assert read["z"] == value
    assert read["a"][0].startswith("<")
    assert request.body == canonical(read)


# ---- Secrets ----


def test_a_secret_is_named_until_it_is_filled_in() -> None:
    config: dict[str, Any] = {
        "headers": {"Authorization": "Bearer {{secret:bank}}"},
        "body": {"pin": "{{secret:bank}}!", "n": 1},
    }
    request = rendered(call(**config))

    assert request.headers["Authorization"] == "Bearer {{secret:bank}}"
    assert request.body == '{"n":1,"pin":"{{secret:bank}}!"}'
    assert secret_names(request) == ("bank",)

    filled = fill_secrets(request, {"bank": SECRET})

    assert filled.headers["Authorization"] == f"Bearer {SECRET}"
    assert filled.body is not None
    assert json.loads(filled.body) == {"n": 1, "pin": SECRET + "!"}
    assert secret_names(filled) == ()


def test_several_secrets_stand_in_one_text() -> None:
    request = rendered(
        call(headers={"X": "{{secret:b}}:{{state.s}}:{{secret:a}}"}, body="{{secret:a}}{{secret:b}}"), s="é"
    )

    filled = fill_secrets(request, {"a": "1", "b": "22"})

    assert (filled.headers["X"], filled.body) == ("22:é:1", '"122"')
    assert secret_names(request) == ("a", "b")


def test_a_request_without_a_body_is_filled_too() -> None:
    request = rendered(call(method="GET", headers={"X": "{{secret:a}}"}))

    assert fill_secrets(request, {"a": "1"}) == Request(method="GET", url=request.url, headers={"X": "1"})


def test_a_secret_whose_name_is_none_is_refused() -> None:
    assert refusal(call(body='{{secret:"}}')) == ("secret_name", "'\"' is no name of a secret.")
    long = refusal(call(body=f"{{{{secret:{'a' * 200}}}}}"))
    assert long == ("secret_name", f"'{'a' * 100}' is no name of a secret.")


@LAW
@given(st.lists(SAID, min_size=3, max_size=3), JSON)
def test_whatever_people_say_a_secret_goes_only_where_the_author_put_it(texts: list[str], value: Any) -> None:
    state = {"a": texts[0], "b": texts[1], "c": texts[2], "any": value}
    body = {
        "asked": "{{{state.a}}{{secret:bank}}{{state.b}}{{secret:{{state.c}}}}",
        "whole": "{{state.any}}",
        "{{secret:bank}}": "{{state.a}}{{state.b}}{{state.c}}",
    }
    request = rendered(call(body=body), **state)

    for sent in (request, Request.from_dict(json.loads(json.dumps(request.as_dict())))):
        filled = fill_secrets(sent, {"bank": SECRET})
        assert filled.body is not None
        assert json.loads(filled.body) == {
            "asked": "{" + texts[0] + SECRET + texts[1] + "{{secret:" + texts[2] + "}}",
            "whole": value,
            "{{secret:bank}}": "".join(texts),
        }
        assert secret_names(sent) == ("bank",)


@LAW
@given(SAID, SAID)
def test_nor_does_a_header_take_a_secret_that_people_name(before: str, after: str) -> None:
    action = call(headers={"X": "<{{{state.a}}{{secret:bank}}{{state.b}}>"})
    try:
        request = rendered(action, a=before, b=after)
    except Unrenderable as refused:
        assert refused.reason == "header_refused"  # noqa: PT017  many a text has letters beyond Latin-1
        return

    filled = fill_secrets(request, {"bank": "S"})

    assert filled.headers["X"] == "<{" + before.strip(" ") + "S" + after.strip(" ") + ">"


def test_a_stored_request_comes_back_the_same() -> None:
    request = rendered(call(headers={"X": "{{secret:a}}"}, body=["{{secret:b}}"]))

    assert Request.from_dict(json.loads(json.dumps(request.as_dict()))) == request


def test_a_preview_shows_everything_but_the_secrets() -> None:
    action = call(
        "https://bank.example/{{state.n}}",
        headers={"X": "k {{secret:a}}"},
        body={"p": "{{secret:b}}", "n": "{{state.n}}"},
    )

    assert preview(rendered(action, n=5)) == {
        "method": "POST",
        "url": "https://bank.example/5",
        "headers": {"X": "k ***", "Content-Type": "application/json"},
        "body": {"p": "***", "n": 5},
    }
    assert preview(rendered(call(method="GET")))["body"] is None


# ---- Headers ----


def test_values_stand_in_headers_as_text_without_spaces_around_them() -> None:
    headers = {"X-A": "{{state.a}}", "X-B": "n={{state.b}};{{workflow.id}}", "X-C": "{{state.c}}"}

    found = rendered(call(method="GET", headers=headers), a=" \tXéX\t ", b=True, c=[1, {"a": 2}]).headers

    assert found == {"X-A": "XéX", "X-B": "n=true;w1", "X-C": '[1,{"a":2}]'}


@pytest.mark.parametrize("value", ["a\r\nX: 1", "a\nb", "a\n", "\na", "\x00", "\x1b", "Ω", "x" * 9000])
def test_what_no_header_can_hold_is_refused_without_being_told(value: str) -> None:
    code, message = refusal(call(headers={"X": "a{{state.x}}{{secret:b}}"}), x=value)

    assert code == "header_refused"
    assert "state.x" in message
    assert value not in message


def test_a_header_of_the_connection_is_refused() -> None:
    words = "The header Host belongs to the connection and is set by this service. Leave it out."

    assert refusal(call(headers={"Host": "b.example"})) == ("header_refused", f"{words} It is made of: no field.")
    made = refusal(call(headers={"Host": "{{state.a}}.{{workflow.id}}"}), a="x")
    assert made == ("header_refused", f"{words} It is made of: state.a, workflow.id.")


# ---- Tools ----


def test_arguments_are_values_and_those_not_answered_are_left_out() -> None:
    action = tool(
        a="{{state.a}}",
        b="Dear {{state.a}}",
        c="{{state.open}}",
        d=[{"x": "{{state.open}}", "y": "{{state.a}}"}, 1],
        e="{{workflow.id}}",
    )

    assert render_arguments(action, Facts(state={"a": 5}, workflow=WORKFLOW)) == {
        "a": 5,
        "b": "Dear 5",
        "d": [{"x": None, "y": 5}, 1],
        "e": "w1",
    }
    assert render_arguments(EndAction(type=EndActionType.TOOL_CALL, target="x"), Facts(state={})) == {}


def test_a_tool_learns_which_addresses_are_the_persons_own() -> None:
    own = {"type": "string", "format": "email", "x-own-address": True}
    fields = definition_of(step("one", "a", "b", "c"), properties={"a": own, "b": own}).fields

    assert own_addresses(fields, {"a": "ada@a.example", "c": "eve@b.example"}) == {"ada@a.example"}


def test_a_tool_is_given_no_secret() -> None:
    with pytest.raises(Unrenderable) as caught:
        render_arguments(tool(a=["x {{secret:bank}}"]), Facts(state={}))

    assert caught.value.reason == "secret_misplaced"
    assert caught.value.message == "A tool is given no secrets. Take the placeholder out."
