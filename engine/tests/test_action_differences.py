"""What differs between actions; what may be secret is not quoted."""

import json
from typing import Any

import pytest

from engine.differences import differences
from engine.tests.loans import OPAQUE, Json, changed, loan, told

SECRET = "Bearer planted-value"
CALL: Json = {"method": "POST", "headers": {"Authorization": "Bearer {{secret:bank}}", "X-A": "1"}, "body": {"a": 1}}


def ended(**changes: Any) -> Json:
    return loan(
        **{
            "end_action_type": "api_call",
            "end_action_target": "https://bank.example",
            "end_action_config": CALL,
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"end_action_target": "https://b.example"},
            ["a request to “https://bank.example” becomes a request to “https://b.example”"],
        ),
        ({"end_action_type": "none"}, ["a request to “https://bank.example” becomes nothing more is done"]),
        ({"end_action_type": None}, ["a request to “https://bank.example” becomes nothing more is done"]),
        (
            {"end_action_type": "tool_call"},
            ["a request to “https://bank.example” becomes the tool “https://bank.example” is used"],
        ),
        ({"end_action_type": "magic"}, None),
        ({"end_action_type": 5}, None),
        ({"end_action_config": {**CALL, "method": "PUT"}}, ["method POST becomes PUT"]),
        ({"end_action_config": {**CALL, "method": SECRET}}, ["method removed, POST"]),
        (
            {"end_action_config": {**CALL, "headers": {"X-A": SECRET}}},
            ["header “Authorization” removed", "header “X-A” changed"],
        ),
        ({"end_action_config": {**CALL, "headers": {**CALL["headers"], "X-B": SECRET}}}, ["header “X-B” added"]),
        (
            {"end_action_config": {**CALL, "headers": SECRET}},
            ["header “Authorization” removed", "header “X-A” removed"],
        ),
        ({"end_action_config": {**CALL, "body": SECRET}}, ["setting “Body” changed"]),
        ({"end_action_config": {**CALL, "max_hours": 5}}, ["setting “Max hours” added"]),
        (
            {"end_action_config": {}},
            [
                "method removed, POST",
                "header “Authorization” removed",
                "header “X-A” removed",
                "setting “Body” removed",
            ],
        ),
        ({"end_action_target": 5}, ["a request to “https://bank.example” becomes a request to “”"]),
        ({"end_action_config": SECRET}, None),
    ],
)
def test_what_is_said_of_the_end_action_quotes_nothing_that_may_be_secret(
    changes: Json, words: list[str] | None
) -> None:
    found = differences(ended(), ended(**changes))

    assert SECRET not in json.dumps([one.as_dict() for one in found], ensure_ascii=False)
    assert "secret:" not in json.dumps([one.as_dict() for one in found])
    if words is not None:
        assert [one.words for one in found] == [f"End action: {one}" for one in words]
    else:
        assert [one.words for one in found] == [f"End action {OPAQUE}"]


def test_a_config_that_was_none_is_told_as_a_whole() -> None:
    assert told(ended(end_action_config=SECRET), ended()) == [f"End action {OPAQUE}"]


@pytest.mark.parametrize("config", [{}, {"headers": {}}, {"headers": SECRET}])
def test_a_config_that_says_nothing_is_told_all_the_same(config: Json) -> None:
    before = ended()
    del before["end_action_config"]

    words = told(before, ended(end_action_config=config))

    assert words == [f"End action {OPAQUE}"]


ACTION: Json = {"type": "api_call", "target": "https://bank.example", "result": {"note": "/a"}}


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (None, ": the server no longer finds this out itself"),
        ({}, ": the server no longer finds this out itself"),
        (
            {**ACTION, "target": "https://b.example"},
            ": a request to “https://bank.example” becomes a request to “https://b.example”",
        ),
        (
            {**ACTION, "type": "tool_call"},
            ": a request to “https://bank.example” becomes the tool “https://bank.example” is used",
        ),
        ({**ACTION, "config": {"headers": {"X-A": SECRET}}}, ": header “X-A” added"),
        ({**ACTION, "result": {"note": "/b"}}, ": part of the answer that fills “Note” changed"),
        ({**ACTION, "result": 5}, ": part of the answer that fills “Note” removed"),
        ({**ACTION, "idempotent": True}, ": now done again if the answers it is made of change"),
        ({**ACTION, "confirm": True}, ": now confirmed by the person before it is done"),
        ({**ACTION, "on_failure": "ask"}, ": now if it fails, the person is asked instead"),
        ({**ACTION, "on_failure": "sleep"}, f" {OPAQUE}"),
        ({**ACTION, "note": 5}, f" {OPAQUE}"),
    ],
)
def test_what_is_said_of_what_the_server_does_at_a_step(action: Any, words: str) -> None:
    before = loan()
    before["steps"][3]["action"] = ACTION

    assert changed(lambda after: after["steps"][3].update(action=action), before=before) == [f"Step “Last”{words}"]


def test_a_step_that_the_server_does_is_told() -> None:
    after = loan()
    after["steps"][3]["action"] = ACTION

    (found,) = differences(loan(), after)

    assert found.words == "Step “Last”: the server now finds this out itself"
    assert found.after == "a request to “https://bank.example”"
    assert told(loan(), {**loan(), "steps": [*loan()["steps"][:3], {**loan()["steps"][3], "action": {"result": 5}}]})


def test_a_result_that_says_nothing_is_told_all_the_same() -> None:
    before = loan()
    before["steps"][3]["action"] = {"type": "api_call"}

    words = changed(lambda after: after["steps"][3]["action"].update(result={}), before=before)

    assert words == [f"Step “Last” {OPAQUE}"]
