"""A person is asked on lines of which no answer can pass for another."""

from typing import Any

from conversations.mcp.questions import question


def _line(label: str, words: Any) -> dict[str, Any]:
    return {"field": "x", "label": label, "value": words, "words": words}


def test_each_answer_is_one_line_whatever_stands_in_it() -> None:
    asked = question(
        {"summary": [_line("Amount", 5000), _line("A\nnote", "a\nAmount: 1\u2028b\u202ec\x00d")], "action": None}
    )

    assert asked == "Please check this and confirm.\n\nAmount: 5000\nA note: a Amount: 1 b c d"


def test_an_action_is_asked_for_by_name() -> None:
    asked = question({"summary": [_line("IBAN", "DE00")], "action": {"step": "pay", "name": "Send the money"}})

    assert asked == "Please check this and confirm.\n\nSend the money.\n\nIBAN: DE00"
