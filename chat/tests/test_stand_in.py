"""The stand-in in both wire formats, as the official libraries meet it: what it hears, calls and says."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import anthropic
import httpx
import openai
import pytest

from chat.stand_in import NAME, serving

DATA = {"type": "object", "properties": {"nights": {"type": "integer"}, "note": {"type": "string"}}}
SUBMIT = {"type": "object", "properties": {"data": DATA}}
ASKING = {
    "workflow": {"template": "hotel", "next": "collect"},
    "current_step": {"id": "stay", "name": "Your stay", "description": ""},
    "ask_next": [{"field": "nights", "label": "Nights", "ask": "How long will you stay?", "reason": "missing"}],
}
STABLE = 'Rules.\n\n{"field":"nights","label":"How many nights"}'


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as base_url:
        yield base_url


def to_openai(url: str, known: Mapping[str, Any], said: str, *more: Any) -> Any:
    """Return the message that OpenAI's library gets."""
    client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
    messages: list[Any] = [
        {"role": "system", "content": STABLE},
        {"role": "system", "content": dynamic(known)},
        {"role": "user", "content": said},
        *more,
    ]
    tools: list[Any] = [{"type": "function", "function": {"name": "submit_data", "parameters": SUBMIT}}]
    return client.chat.completions.create(model="any", messages=messages, tools=tools).choices[0].message


def to_anthropic(url: str, known: Mapping[str, Any], said: str, *more: Any) -> Any:
    """Return the blocks that Anthropic's library gets."""
    client = anthropic.Anthropic(base_url=url.removesuffix("/v1"), api_key="none", max_retries=0)
    system: list[Any] = [{"type": "text", "text": STABLE}, {"type": "text", "text": dynamic(known)}]
    tools: list[Any] = [{"name": "submit_data", "input_schema": SUBMIT}]
    messages: list[Any] = [{"role": "user", "content": said}, *more]
    return client.messages.create(model="any", max_tokens=99, system=system, messages=messages, tools=tools).content


def dynamic(known: Mapping[str, Any]) -> str:
    return f"# Where things stand\n\n<data>\n{json.dumps(known)}\n</data>\n\nAsk for what stands in ask_next."


def called(message: Any) -> tuple[str, Any]:
    """Return the one call in a message of OpenAI's."""
    (call,) = message.tool_calls
    return call.function.name, json.loads(call.function.arguments)


def test_both_libraries_get_the_same_call(url: str) -> None:
    message = to_openai(url, ASKING, "3 nights")
    (block,) = to_anthropic(url, ASKING, "3 nights")

    assert called(message) == ("submit_data", {"data": {"nights": 3}, "evidence": {"nights": "3"}})
    assert (block.name, block.input) == called(message)


def test_after_a_call_both_libraries_get_the_same_words(url: str) -> None:
    refused = json.dumps({"result": {"rejected": [{"field": "nights", "message": "Stay one night at least."}]}})
    call = {"id": "c", "type": "function", "function": {"name": "submit_data", "arguments": "{}"}}

    message = to_openai(
        url,
        ASKING,
        "0",
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": refused},
    )
    (block,) = to_anthropic(
        url,
        ASKING,
        "0",
        {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "submit_data", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": refused}]},
    )

    assert message.content == "Stay one night at least.\nHow long will you stay?"
    assert block.text == message.content


def test_it_starts_what_the_person_speaks_of(url: str) -> None:
    known = {"startable": [{"workflow": "hotel_booking", "description": "A room"}, {"workflow": "feedback"}]}

    assert called(to_openai(url, known, "I need a hotel")) == ("start_workflow", {"workflow": "hotel_booking"})
    assert to_openai(url, known, "Hello").content == "What is it about? I can help with:\n- A room\n- feedback"


def test_it_confirms_what_was_shown_and_agreed_to(url: str) -> None:
    summary = [{"field": "nights", "label": "Nights", "words": "3"}]
    known = {"workflow": {"next": "confirm"}, "confirmation": {"token": "t", "summary": summary}}

    assert called(to_openai(url, known, "Yes, that is right")) == ("confirm_workflow", {"token": "t"})
    assert called(to_openai(url, known, "No, nights: 4"))[1]["data"] == {"nights": 4}
    assert "- Nights: 3\nIs that right?" in to_openai(url, known, "Hm").content


def test_it_skips_acknowledges_and_cancels(url: str) -> None:
    note = {"field": "note", "label": "A note", "reason": "optional"}
    optional = {**ASKING, "ask_next": [note], "skippable": ["stay"]}
    information = {**ASKING, "ask_next": [], "acknowledgeable": ["stay"]}

    assert called(to_openai(url, optional, "No, thanks.")) == ("submit_data", {"skip": ["stay"]})
    assert called(to_openai(url, information, "All right")) == ("submit_data", {"acknowledge": ["stay"]})
    assert called(to_openai(url, ASKING, "Please cancel that"))[0] == "cancel_workflow"
    assert "I did not find an answer" in to_openai(url, ASKING, "No, thanks.").content


def test_it_says_in_every_answer_that_it_is_no_ai(url: str) -> None:
    answer = httpx.post(f"{url}/chat/completions", json={"messages": [{"role": "user", "content": "Hello"}]})

    assert answer.json()["model"] == NAME == "scripted stand-in (no AI)"


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"messages": [{"role": "user"}]}', '{"messages": [], "stream": true}']
)
def test_what_it_cannot_read_is_refused_with_the_reason(url: str, body: str) -> None:
    answer = httpx.post(f"{url}/chat/completions", content=body)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_elsewhere_it_says_where_it_answers(url: str) -> None:
    answer = httpx.post(f"{url}/embeddings", json={})

    assert answer.status_code == 404
    assert "/v1/chat/completions" in answer.json()["error"]["message"]
