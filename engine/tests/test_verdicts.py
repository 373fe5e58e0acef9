from typing import Any

import pytest

from engine.verdicts import CallRules, Verdict, captured, classify


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, "success"),
        (299, "success"),
        (300, "failure"),
        (400, "failure"),
        (429, "retry"),
        (500, "retry"),
        (599, "retry"),
    ],
)
def test_unless_the_author_says_otherwise_2xx_succeeds_and_429_and_5xx_are_tried_again(
    status: int, verdict: str
) -> None:
    assert classify(status, {}) is Verdict(verdict)


def test_the_author_says_what_succeeds_and_what_is_tried_again() -> None:
    config = {"success": [200, "3xx", 503], "retry_on": ["4xx", 503]}

    assert [classify(status, config).value for status in (200, 201, 304, 503, 404, 500)] == [
        "success",
        "failure",
        "success",
        "success",
        "retry",
        "failure",
    ]


def test_a_call_is_as_patient_as_its_author_says() -> None:
    assert CallRules.from_config({}) == CallRules(max_attempts=10, max_hours=24, timeout=20)
    rules = CallRules.from_config({"max_attempts": 1, "max_hours": 2, "timeout": 5, "method": "GET"})
    assert (rules.max_attempts, rules.max_hours, rules.timeout) == (1, 2, 5)


def test_without_a_result_the_whole_answer_is_kept() -> None:
    assert captured({}, [1, {"a": 2}]) == [1, {"a": 2}]


ANSWER = {"id": 5, "a/b": {"~": None}, "list": [{"x": 1}, {"x": 2}]}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", {"r": ANSWER}),
        ("/id", {"r": 5}),
        ("/a~1b/~0", {"r": None}),
        ("/list/1/x", {"r": 2}),
        ("/list/0", {"r": {"x": 1}}),
        ("/list/2", {}),
        ("/list/-", {}),
        ("/list/01", {}),
        ("/list/²", {}),
        ("/list/" + "9" * 5000, {}),
        ("/id/x", {}),
        ("/none", {}),
        ("/", {}),
    ],
)
def test_a_result_keeps_what_its_pointers_lead_to(path: str, found: Any) -> None:
    assert captured({"result": {"r": path}}, ANSWER) == found
