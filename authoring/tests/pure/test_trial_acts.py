"""The list of acts that a page carries along: what it holds comes back, and nothing else is taken."""

import json
from typing import Any

import pytest

from authoring.trial.acts import (
    MAX_ACTS,
    MAX_LENGTH,
    Acknowledge,
    Begin,
    Clear,
    Confirm,
    Fails,
    Found,
    Skip,
    Submit,
    TrialTooLong,
    TrialUnreadable,
    read,
    write,
)

ACTS = (
    Begin(data={"customer": 7}),
    Submit(data={"name": "Zoë", "sizes": [1, 2.5], "rows": [{"a": None}]}),
    Clear(field="name"),
    Skip(step="extras"),
    Acknowledge(step="notice"),
    Found(step="funds", data={"balance": 12}),
    Fails(step="funds"),
    Confirm(),
)


def test_what_is_written_is_read_again() -> None:
    assert read(write(ACTS)) == ACTS


def test_an_act_is_written_with_its_name() -> None:
    assert [act["act"] for act in json.loads(write(ACTS))] == [
        *("start", "submit", "clear", "skip", "acknowledge", "found", "fails", "confirm")
    ]


def test_letters_are_written_as_they_are_and_nothing_is_spaced_out() -> None:
    assert write([Submit(data={"name": "Zoë"})]) == '[{"act":"submit","data":{"name":"Zoë"}}]'


def test_nothing_is_an_empty_list() -> None:
    assert read("") == read("[]") == ()


@pytest.mark.parametrize(
    "act",
    [
        None,
        "confirm",
        ["confirm"],
        {},
        {"act": "unheard of"},
        {"act": ["confirm"]},
        {"act": "submit"},
        {"act": "submit", "data": [1]},
        {"act": "start", "data": "all"},
        {"act": "skip", "step": 1},
        {"act": "clear", "field": None},
        {"act": "found", "step": "funds"},
        {"act": "fails", "data": {}},
    ],
)
def test_what_is_no_act_is_refused(act: Any) -> None:
    with pytest.raises(TrialUnreadable, match="none that can be done"):
        read(json.dumps([act]))


@pytest.mark.parametrize("text", ["[", "nonsense", '{"act":"confirm"}', '[{"act":"confirm","act":"confirm"}]', "[NaN]"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(TrialUnreadable):
        read(text)


def test_as_many_acts_as_a_page_carries_are_read_and_one_more_is_not() -> None:
    most = [{"act": "confirm"}] * MAX_ACTS

    assert len(read(json.dumps(most))) == MAX_ACTS
    with pytest.raises(TrialUnreadable, match="at most 200"):
        read(json.dumps([*most, *most[:1]]))


def test_as_long_a_text_as_a_page_carries_is_read_and_a_longer_one_is_not() -> None:
    text = "[" + " " * (MAX_LENGTH - 2) + "]"

    assert read(text) == ()
    with pytest.raises(TrialUnreadable, match="too long"):
        read(text + " ")


def test_no_more_acts_are_written_than_are_read_again() -> None:
    most = [Confirm()] * MAX_ACTS

    assert len(read(write(most))) == MAX_ACTS
    with pytest.raises(TrialTooLong, match="start again"):
        write([*most, Confirm()])


def test_no_longer_answers_are_written_than_are_read_again() -> None:
    around = len(write([Submit(data={"story": ""})]))
    longest = write([Submit(data={"story": "a" * (MAX_LENGTH - around)})])

    assert len(longest) == MAX_LENGTH
    assert read(longest)
    with pytest.raises(TrialTooLong):
        write([Submit(data={"story": "a" * (MAX_LENGTH - around + 1)})])
