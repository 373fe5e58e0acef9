"""A chat with Anthropic's library.

The environment: WORKFLOWS_URL and WORKFLOWS_KEY for the service, ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL and
ANTHROPIC_MODEL for the model. Type, and end it with Ctrl-D.
"""

import json
import os
from typing import Any
from uuid import uuid4

import httpx
from anthropic import Anthropic
from anthropic.types import MessageParam, TextBlockParam

MAX_ROUNDS = 8
DIALECT = {"dialect": "anthropic"}
WHO = {"user_id": "somebody", "user_type": os.environ.get("USER_TYPE", "organiser")}

workflows = httpx.Client(
    base_url=f"{os.environ.get('WORKFLOWS_URL', 'http://127.0.0.1:8000')}/api/conversations/chat-{uuid4()}",
    headers={"Authorization": f"Bearer {os.environ['WORKFLOWS_KEY']}"},
)
model = Anthropic()


def main() -> None:
    """Answer until the person has nothing more to say."""
    history: list[MessageParam] = []
    with workflows, model:
        while said := _typed():
            history.append({"role": "user", "content": said})
            print("Bot:", answer(said, history), flush=True)


def answer(said: str, history: list[MessageParam]) -> str:
    """Return what the model says, once it has handed over what it understood."""
    context = now()
    for _ in range(MAX_ROUNDS):
        reply = model.messages.create(
            model=os.environ["ANTHROPIC_MODEL"],
            max_tokens=2_000,
            system=system(context),
            messages=history,
            tools=context["tools"],
        )
        history.append({"role": "assistant", "content": reply.content})
        calls = [block for block in reply.content if block.type == "tool_use"]
        if not calls:
            return "".join(block.text for block in reply.content if block.type == "text")
        results = {call.id: carry_out(call.name, call.input, said) for call in calls}
        for result in results.values():
            context = result.pop("context") or now()
        history.append({"role": "user", "content": [tool_result(*one) for one in results.items()]})
    return "Let us try that again."


def now() -> dict[str, Any]:
    """Return what the model needs to know now."""
    context: dict[str, Any] = workflows.get("/context", params={**WHO, **DIALECT}).raise_for_status().json()
    return context


def system(context: dict[str, Any]) -> list[TextBlockParam]:
    """Return the prompt: first what stays the same, to be cached with the tools, then where things stand."""
    prompt = context["prompt"]
    return [
        {"type": "text", "text": prompt["stable"], "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": prompt["dynamic"]},
    ]


def carry_out(name: str, arguments: object, said: str) -> dict[str, Any]:
    """Hand over a call as the model made it; what cannot be done is answered too, for the model to mend."""
    call = {"name": name, "arguments": arguments, "message": said, **WHO, **DIALECT}
    response = workflows.post("/tool-calls", json=call, headers={"Idempotency-Key": str(uuid4())})
    answer: dict[str, Any] = response.raise_for_status().json()
    return answer


def tool_result(call_id: str, result: dict[str, Any]) -> Any:
    """Return what became of a call as a block of a message."""
    return {"type": "tool_result", "tool_use_id": call_id, "content": json.dumps(result)}


def _typed() -> str:
    try:
        return input("You: ")
    except EOFError:
        return ""


if __name__ == "__main__":
    main()
