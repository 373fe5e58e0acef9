from typing import Any, ClassVar

import pytest

from authoring.sheet.rows import Row
from authoring.sheet.whole import sheet_of
from authoring.tests.sheet.editing import (
    Json,
    complaints,
    save_rest,
    save_step,
    typed,
    with_properties,
    with_rows,
    with_steps,
)

CALL: Json = {
    "type": "api_call",
    "target": "https://x/",
    "config": {"method": "PUT", "headers": {"A ": "1", "B": 2}, "body": {"n": [1], "t": "x"}, "timeout": 5},
}


def opened(action: Json) -> tuple[Json, Row]:
    """Return a document with an end action, and the row of the action."""
    document = {**with_properties(a={"type": "string"}), **{f"end_action_{key}": part for key, part in action.items()}}
    return document, sheet_of(document).rest.only("end_action")


def edited(action: Json, row: Row) -> tuple[Json, dict[str, str]]:
    """Return the end action once this row stands for it, and what is wrong."""
    document, _ = opened(action)
    found = save_rest(document, with_rows(sheet_of(document).rest, "end_action", row))
    made = {
        key.removeprefix("end_action_"): part for key, part in found.document.items() if key.startswith("end_action_")
    }
    return made, {
        place.removeprefix("document-only-end_action-only-"): words for place, words in complaints(found).items()
    }


def with_config(**parts: Any) -> Json:
    return {**CALL, "config": {**CALL["config"], **parts}}


@pytest.mark.parametrize(
    "action",
    [
        {"type": ["api_call"]},
        {"type": "fax", "target": "x"},
        {"type": "api_call", "target": 7},
        {"type": "api_call", "target": "x", "config": "odd"},
        {"type": "api_call", "target": "x", "config": {"method": "FETCH"}},
        {"type": "api_call", "target": "x", "config": {"method": 1}},
    ],
)
def test_an_action_that_inputs_cannot_say_is_locked_and_kept(action: Json) -> None:
    _, row = opened(action)

    assert row.text("type") == "locked"
    assert edited(action, row) == (action, {})


def test_a_sample_answer_changes_nothing() -> None:
    _, row = opened(CALL)

    assert edited(CALL, typed(row, sample='{"a": 1}')) == (CALL, {})


def test_the_parts_of_a_request_are_changed_one_by_one() -> None:
    _, row = opened(CALL)
    (first, second), (number, text) = row.parts["headers"], row.parts["body"]

    assert edited(CALL, typed(row, url="https://y/"))[0] == {**CALL, "target": "https://y/"}
    assert edited(CALL, typed(row, method=""))[0]["config"] == {
        key: part for key, part in CALL["config"].items() if key != "method"
    }
    assert edited(CALL, with_rows(row, "headers", first, typed(second, value="3")))[0] == with_config(
        headers={"A ": "1", "B": 3}
    )
    assert edited(CALL, with_rows(row, "headers", typed(first, value="3"), second))[0] == with_config(
        headers={"A ": "3", "B": 2}
    )
    assert edited(CALL, with_rows(row, "headers", second, typed(first, name="C")))[0] == with_config(
        headers={"B": 2, "C": "1"}
    )
    assert edited(CALL, with_rows(row, "headers", first, typed(second, value="x")))[0] == with_config(
        headers={"A ": "1", "B": "x"}
    )
    assert edited(CALL, with_rows(row, "body", typed(number, value="[2]"), text))[0] == with_config(
        body={"n": [2], "t": "x"}
    )
    assert edited(CALL, with_rows(row, "headers"))[0]["config"].keys() == {"method", "body", "timeout"}


def test_what_is_no_text_is_shown_as_a_developer_writes_it() -> None:
    body = {"list": ["é"], "number": 2, "text": "one\r\ntwo", "nothing": None}
    _, row = opened(with_config(body=body))
    listed, number, text, nothing = row.parts["body"]

    assert [one.text("value") for one in row.parts["body"]] == ['["é"]', "2", "onetwo", "null"]
    found, _ = edited(
        with_config(body=body), with_rows(row, "body", listed, number, typed(text, name="words"), nothing)
    )
    assert found["config"]["body"] == {"list": ["é"], "number": 2, "words": "one\r\ntwo", "nothing": None}


def test_what_a_request_carries() -> None:
    _, row = opened(CALL)
    locked = with_config(body="text")

    assert edited(CALL, typed(row, carries=""))[0]["config"].keys() == {"method", "headers", "timeout"}
    assert edited(CALL, with_rows(row, "body"))[0] == with_config(body={})
    assert edited(locked, typed(opened(locked)[1], url="y"))[0] == {**locked, "target": "y"}
    assert edited(locked, typed(opened(locked)[1], carries="fields"))[0] == with_config(body={})
    without = {"type": "api_call", "target": "x"}
    assert edited(without, typed(opened(without)[1], carries="more")) == (without, {"carries": "Choose what is sent."})


def test_names_stand_once_and_mistakes_leave_what_was() -> None:
    _, row = opened(CALL)
    first, second = row.parts["headers"]

    nameless = edited(CALL, with_rows(row, "headers", typed(first, name=" "), second, Row(key="n1")))
    assert nameless == (CALL, {"headers-p1-name": "Give this a name."})
    twice = edited(CALL, with_rows(row, "headers", typed(first, name="B"), second))
    assert twice == (CALL, {"headers-p1-name": "This name appears twice."})
    new = Row(key="n1", texts={"name": "A", "value": "2"})
    same = edited(CALL, with_rows(row, "headers", first, second, new, Row(key="n2", texts={"value": "x"})))
    assert same[0] == with_config(headers={"A ": "1", "B": 2, "A": "2"})
    assert same[1] == {"headers-n2-name": "Give this a name."}
    taken = edited(
        CALL,
        with_rows(
            row,
            "headers",
            typed(second, name="C"),
            typed(first, name="C"),
            Row(key="n1", base=["C", 1], texts={"name": "C"}),
        ),
    )
    assert taken[0] == with_config(headers={"C": 2, "A ": "1"})
    assert taken[1] == dict.fromkeys(("headers-p1-name", "headers-n1-name"), "This name appears twice.")


def test_a_row_left_empty_is_no_part_of_a_request() -> None:
    plain = {"type": "api_call", "target": "x"}

    assert edited(plain, with_rows(opened(plain)[1], "headers", Row(key="n1"))) == (plain, {})


def test_an_answer_of_the_other_workflow_is_named_once() -> None:
    action = {"type": "workflow", "target": "next", "config": {"state": {"theirs": "a", "more": "a"}}}
    _, row = opened(action)
    first, second = row.parts["state"]

    assert edited(action, with_rows(row, "state", first, typed(second, theirs="theirs"))) == (
        action,
        {"state-s2-theirs": "Name an answer of the other workflow, each once."},
    )


def test_an_unknown_method_or_kind_leaves_what_was() -> None:
    _, row = opened(CALL)

    assert edited(CALL, typed(row, method="FETCH")) == (CALL, {"method": "Choose one of the list."})
    assert edited(CALL, typed(row, type="fax")) == (CALL, {"type": "Choose what is to happen."})
    assert edited(CALL, typed(row, url=" ")) == (CALL, {"url": "Give the address."})


def test_another_kind_of_action_begins_anew() -> None:
    _, row = opened(CALL)
    tool = typed(row, type="tool_call", tool="send_email")
    arguments = with_rows(tool, "arguments", Row(key="n1", texts={"name": "to", "value": "{{state.a}}"}))

    assert edited(CALL, tool)[0] == {"type": "tool_call", "target": "send_email"}
    assert edited(CALL, arguments)[0]["config"] == {"arguments": {"to": "{{state.a}}"}}
    assert edited(CALL, typed(row, type="none"))[0] == {"type": "none"}
    assert edited({"type": "none"}, typed(opened({"type": "none"})[1], type="workflow")) == (
        {"type": "workflow", "target": ""},
        {"template": "Choose the workflow."},
    )


def test_a_draft_that_says_nothing_of_its_end_goes_on_saying_nothing() -> None:
    assert edited({}, opened({})[1]) == ({}, {})
    assert edited({}, typed(opened({})[1], type="tool_call")) == (
        {"type": "tool_call", "target": ""},
        {"tool": "Choose the tool."},
    )


def test_what_is_handed_to_another_workflow() -> None:
    action = {
        "type": "workflow",
        "target": "next",
        "config": {"state": {"theirs": "a", "b": "gone"}, "result": {"kept": "/x"}},
    }
    _, row = opened(action)
    first, second = row.parts["state"]

    assert [one.text("ours") for one in (first, second)] == ["f1", "?gone"]
    assert row.parts["result"] == ()
    less = edited(action, with_rows(row, "state", first))
    assert less[0]["config"] == {"state": {"theirs": "a"}, "result": {"kept": "/x"}}
    new = Row(key="n1", texts={"theirs": "c", "ours": "f1"})
    assert edited(action, with_rows(row, "state", first, second, new))[0]["config"]["state"] == {
        "theirs": "a",
        "b": "gone",
        "c": "a",
    }
    wrong = edited(action, with_rows(row, "state", typed(first, theirs=""), typed(second, ours="f9")))
    assert wrong == (
        action,
        {
            "state-s1-theirs": "Name an answer of the other workflow, each once.",
            "state-s2-ours": "Choose the answer that is handed over.",
        },
    )


def test_what_an_answer_fills_at_the_end() -> None:
    action = {**CALL, "config": {"result": {"loan": "/id"}}}
    _, row = opened(action)
    (first,) = row.parts["result"]

    assert edited(action, with_rows(row, "result", typed(first, pointer="")))[0]["config"] == {"result": {"loan": ""}}
    wrong = edited(action, with_rows(row, "result", typed(first, pointer="id"), Row(key="n1", texts={"pointer": "/x"})))
    assert wrong == (
        action,
        {
            "result-r1-pointer": "Say where it stands in the answer, like /loan/id.",
            "result-n1-name": "Say what is filled, each once.",
        },
    )


class TestOfAStep:
    ACTION: ClassVar[Json] = {
        "type": "tool_call",
        "target": "find",
        "result": {"a": "/x"},
        "confirm": True,
        "on_failure": "ask",
    }

    def edited(self, row: Row, action: Any = None) -> tuple[Any, dict[str, str]]:
        document = self.document(action or self.ACTION)
        found = save_step(document, with_rows(sheet_of(document).steps[0], "action", row))
        return found.document["steps"][0].get("action"), complaints(found)

    def document(self, action: Any) -> Json:
        return with_steps({"id": "s", "name": "S", "action": action}, a={"type": "string"}, b={"type": "string"})

    def row(self, action: Any = None) -> Row:
        return sheet_of(self.document(action or self.ACTION)).steps[0].only("action")

    def test_its_inputs_are_changed_one_by_one(self) -> None:
        row = self.row()
        (filled,) = row.parts["result"]

        assert self.edited(typed(row, confirm="", idempotent="on"))[0] == {
            **self.ACTION,
            "confirm": False,
            "idempotent": True,
        }
        assert self.edited(typed(row, on_failure="skip"))[0] == {**self.ACTION, "on_failure": "skip"}
        assert "on_failure" not in self.edited(typed(row, on_failure=""))[0]
        assert self.edited(with_rows(row, "result", typed(filled, field="f2")))[0] == {
            **self.ACTION,
            "result": {"b": "/x"},
        }
        assert "result" not in self.edited(with_rows(row, "result"))[0]

    def test_a_setting_that_says_nothing_stays_while_another_is_edited(self) -> None:
        odd = {**self.ACTION, "on_failure": ""}

        assert self.edited(typed(self.row(odd), confirm=""), odd)[0] == {**odd, "confirm": False}

    def test_a_field_that_is_gone_is_told(self) -> None:
        (filled,) = self.row().parts["result"]

        found, wrong = self.edited(with_rows(self.row(), "result", typed(filled, field="f9")))

        assert found == self.ACTION
        assert wrong == {"step-s1-action-only-result-r1-field": "Say what is filled, each once."}

    def test_a_step_cannot_start_another_workflow_nor_go_on_in_an_unknown_way(self) -> None:
        assert self.row({"type": "workflow", "target": "x"}).text("type") == "locked"
        assert self.row({**self.ACTION, "on_failure": "cry"}).text("type") == "locked"
        assert self.row({**self.ACTION, "on_failure": ["ask"]}).text("type") == "locked"

    def test_a_step_that_finds_out_needs_to_know_how(self) -> None:
        assert self.edited(typed(self.row(), type="none")) == (
            self.ACTION,
            {"step-s1-action-only-type": "Choose how this is found out."},
        )

    def test_what_is_no_action_at_all_stays(self) -> None:
        assert self.edited(self.row("odd"), "odd") == ("odd", {})


def test_a_name_that_an_input_cannot_show_stays_while_what_it_has_is_changed() -> None:
    handing: Json = {"type": "workflow", "target": "other", "config": {"state": {"the\r\nirs ": "gone"}}}
    keeping: Json = {"type": "api_call", "target": "https://x/", "config": {"result": {"the\r\nirs ": "/a"}}}
    (handed,), (kept,) = opened(handing)[1].parts["state"], opened(keeping)[1].parts["result"]

    assert edited(handing, with_rows(opened(handing)[1], "state", typed(handed, ours="f1")))[0] == {
        **handing,
        "config": {"state": {"the\r\nirs ": "a"}},
    }
    assert edited(keeping, with_rows(opened(keeping)[1], "result", typed(kept, pointer="/b")))[0] == {
        **keeping,
        "config": {"result": {"the\r\nirs ": "/b"}},
    }
