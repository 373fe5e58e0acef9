"""Tools: what they take, who they write to, and numbers that people can spell."""

from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from rest_framework.test import APIClient

from conftest import NOW
from deliveries import tools
from deliveries.tools import ToolCall, ToolNotFound, ToolRefused, every_tool, find_tool, tool, tool_named
from deliveries.workflow_tools import check_digits

CALL = ToolCall(idempotency_key="k1", workflow_id="w1", template="loan", version=1, at=NOW)
LETTER = {"to": "office@bank.example", "subject": "Loan 5", "body": "Hello,\nthere."}


def send(call: ToolCall = CALL, **changes: Any) -> Any:
    return tool_named("send_email").run(call, {**LETTER, **changes})


def refusal(call: ToolCall = CALL, **changes: Any) -> str:
    with pytest.raises(ToolRefused) as caught:
        send(call, **changes)
    assert mail.outbox == []
    return caught.value.reason


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A registry without the tools there are."""
    monkeypatch.setattr(tools, "_tools", {})
    return tools._tools


# ---- The registry ----


def test_a_tool_is_called_with_arguments_that_fit(registry: dict[str, Any]) -> None:
    @tool("look_up", description="Find.", arguments={"n": {"type": "integer"}}, required=["n"], is_idempotent=True)
    def look_up(call: ToolCall, *, n: int) -> Any:
        return [call.workflow_id, n]

    found = tool_named("look_up")

    assert found.run(CALL, {"n": 5}) == ["w1", 5]
    assert look_up(CALL, n=6) == ["w1", 6]
    assert (found.is_idempotent, found.permission, found.description) == (True, "", "Find.")
    assert [one.name for one in every_tool()] == ["look_up"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "look_up cannot use n: required."),
        ({"n": "5"}, "look_up cannot use n: type."),
        ({"n": 5, "s3cret": 1}, "look_up cannot use s3cret: additionalProperties."),
    ],
)
def test_arguments_that_do_not_fit_are_refused_for_good(
    registry: dict[str, Any], arguments: dict[str, Any], words: str
) -> None:
    @tool("look_up", description="", arguments={"n": {"type": "integer"}}, required=["n"])
    def look_up(call: ToolCall, *, n: int) -> Any:
        raise AssertionError("it is not called")

    with pytest.raises(ToolRefused) as caught:
        tool_named("look_up").run(CALL, arguments)

    assert (caught.value.reason, caught.value.message) == ("unfit_arguments", words)


def test_a_name_belongs_to_one_tool_and_a_schema_is_one(registry: dict[str, Any]) -> None:
    tool("a", description="", arguments={})(lambda call: None)

    with pytest.raises(ValueError, match="two tools of the name 'a'"):
        tool("a", description="", arguments={})(lambda call: None)
    with pytest.raises(ValueError, match="nonsense"):
        tool("b", description="", arguments={"x": {"type": "nonsense"}})(lambda call: None)
    assert find_tool("b") is None


def test_a_tool_that_is_not_there_is_named() -> None:
    with pytest.raises(ToolNotFound, match="There is no tool 'ghost'"):
        tool_named("ghost")


def test_the_tools_are_listed_with_what_they_take(client: APIClient) -> None:
    listed = client.get("/api/tools").json()

    shown = {one["name"]: one for one in listed["results"]}
    assert list(shown) == ["make_reference", "send_email"]
    assert listed["count"] == 2
    assert shown["send_email"]["permission"] == "deliveries.use_tools"
    assert shown["send_email"]["arguments"]["required"] == ["to", "subject", "body"]
    assert [one["idempotent"] for one in shown.values()] == [True, False]
    assert client.get("/api/tools?limit=1&skip=1").json()["results"] == [shown["send_email"]]


# ---- E-mail ----


def test_a_letter_goes_to_an_allowed_address(settings: Any) -> None:
    settings.EMAIL_ALLOW = ["office@bank.example"]

    assert send() == {"sent": True}

    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["office@bank.example"], "Loan 5", "Hello,\nthere.")
    assert sent.message()["Message-ID"].endswith("@workflows.invalid>")


@pytest.mark.parametrize("allowed", [["@bank.example"], ["x@y.example", "OFFICE@Bank.example"], ["@BANK.example"]])
def test_an_operator_allows_addresses_and_whole_hosts(settings: Any, allowed: list[str]) -> None:
    settings.EMAIL_ALLOW = allowed
    send()

    assert len(mail.outbox) == 1


@pytest.mark.parametrize("allowed", [[], ["bank.example"], ["@k.example"], ["@example"], ["fice@bank.example"], ["@"]])
def test_to_other_addresses_nothing_is_sent(settings: Any, allowed: list[str]) -> None:
    settings.EMAIL_ALLOW = allowed

    assert refusal() == "recipient_not_allowed"


def test_a_letter_may_go_to_the_persons_own_address(settings: Any) -> None:
    settings.EMAIL_ALLOW = []
    own = replace(CALL, own_addresses=frozenset({"ada@home.example"}))

    assert refusal(own) == "recipient_not_allowed"
    send(own, to="ada@home.example")
    assert [sent.to for sent in mail.outbox] == [["ada@home.example"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "office@bank.example\nBcc: eve@evil.example"},
        {"to": "office@bank.example, eve@evil.example"},
        {"to": "eve@evil.example,office@bank.example"},
        {"to": "<eve@evil.example> office@bank.example"},
        {"to": '"eve@evil.example "@bank.example'},
        {"to": "eve@evil.example@bank.example"},
        {"to": "eve%evil.example@bank.example\r"},
        {"to": "office"},
        {"to": ""},
        {"to": 5},
        {"subject": "Loan\r\nBcc: eve@evil.example"},
        {"subject": "Loan\x00"},
        {"subject": "Loan\u2028x"},
        {"subject": ""},
        {"subject": "x" * 201},
        {"body": None},
        {"cc": "eve@evil.example"},
    ],
)
def test_nobody_slips_in_another_recipient_or_header(settings: Any, changes: dict[str, Any]) -> None:
    settings.EMAIL_ALLOW = ["@bank.example"]

    assert refusal(**changes) == "unfit_arguments"


# ---- References ----


def test_a_reference_is_the_same_for_the_same_call_and_another_for_another() -> None:
    make = tool_named("make_reference")

    first = make.run(CALL, {"prefix": "LOAN"})["reference"]

    assert first == make.run(CALL, {"prefix": "LOAN"})["reference"]
    assert first != make.run(replace(CALL, idempotency_key="k2"), {"prefix": "LOAN"})["reference"]
    prefix, *parts, check = first.split("-")
    assert (prefix, [len(part) for part in parts], check) == ("LOAN", [4, 4, 4], check_digits("".join(parts)))
    assert make.run(CALL, {})["reference"] == "-".join([*parts, check])
    numbers = {make.run(replace(CALL, idempotency_key=str(key)), {})["reference"][:9] for key in range(1000)}
    assert len(numbers) == 1000


def test_every_mistyped_character_and_every_swap_of_neighbours_is_noticed() -> None:
    letters = "7K3MQ9TXB2HD"
    right = check_digits(letters)

    for place in range(12):
        for wrong in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".replace(letters[place], ""):
            assert check_digits(letters[:place] + wrong + letters[place + 1 :]) != right
    for place in range(11):
        swapped = letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :]
        assert check_digits(swapped) != right
