"""The two wire formats: what a request says, and how an answer is put. Pure.

Formats: OpenAI's `POST /v1/chat/completions`, Anthropic's `POST /v1/messages`, both without streaming.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any
from uuid import uuid4

from chat.stand_in.heard import Call, Heard, Reply, heard

NAME = "scripted stand-in (no AI)"


def of_openai(body: Mapping[str, Any]) -> Heard:
    """Return what a request for a chat completion says."""
    messages = body["messages"]
    since = list(takewhile(lambda one: one["role"] != "user", reversed(messages)))
    spoken = [_text(one["content"]) for one in messages if one["role"] == "user"]
    return heard(
        prompt="\n\n".join(_text(one["content"]) for one in messages if one["role"] in ("system", "developer")),
        said=spoken[-1] if spoken else "",
        results=[_text(one["content"]) for one in reversed(since) if one["role"] == "tool"],
        tools={one["function"]["name"]: one["function"]["parameters"] for one in body.get("tools") or ()},
    )


def to_openai(reply: Reply) -> dict[str, Any]:
    """Return a chat completion."""
    message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
    if isinstance(reply, Call):
        function = {"name": reply.tool, "arguments": json.dumps(reply.arguments, ensure_ascii=False)}
        message["tool_calls"] = [{"id": _id("call"), "type": "function", "function": function}]
    else:
        message["content"] = reply
    reason = "tool_calls" if isinstance(reply, Call) else "stop"
    return {
        "id": _id("chatcmpl"),
        "object": "chat.completion",
        "created": 0,
        "model": NAME,
        "choices": [{"index": 0, "message": message, "finish_reason": reason, "logprobs": None}],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    }


def of_anthropic(body: Mapping[str, Any]) -> Heard:
    """Return what a request for a message says; results of tools come in messages of the user there."""
    blocks = [_blocks(one["content"]) for one in body["messages"] if one["role"] == "user"]
    results: list[str] = []
    said = ""
    for part in (one for message in blocks for one in message):
        if part["type"] == "tool_result":
            results.append(_text(part.get("content") or ""))
        elif part["type"] == "text":
            said, results = part["text"], []
    return heard(
        prompt=_text(body.get("system") or ""),
        said=said,
        results=results,
        tools={one["name"]: one["input_schema"] for one in body.get("tools") or ()},
    )


def to_anthropic(reply: Reply) -> dict[str, Any]:
    """Return a message."""
    is_call = isinstance(reply, Call)
    block = (
        {"type": "tool_use", "id": _id("toolu"), "name": reply.tool, "input": reply.arguments}
        if isinstance(reply, Call)
        else {"type": "text", "text": reply, "citations": None}
    )
    return {
        "id": _id("msg"),
        "type": "message",
        "role": "assistant",
        "model": NAME,
        "content": [block],
        "stop_reason": "tool_use" if is_call else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 0, "output_tokens": 0},
    }


def _blocks(content: str | Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _text(content: str | Sequence[Mapping[str, Any]]) -> str:
    """Return the words of a message, which may come in parts."""
    return "\n\n".join(part.get("text", "") for part in _blocks(content or ""))


def _id(kind: str) -> str:
    return f"{kind}_{uuid4().hex}"
