"""A chat with OpenAI's library, or with any endpoint that speaks as OpenAI's does.

The environment: WORKFLOWS_URL and WORKFLOWS_KEY for the service, OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL for
the model. Type, and end it with Ctrl-D.
"""

import json
import os
from typing import Any, cast
from uuid import uuid4

import httpx
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam as Message

MAX_ROUNDS = 8
WHO = {"user_id": "somebody", "user_type": os.environ.get("USER_TYPE", "organiser")}

workflows = httpx.Client(
    base_url=f"{os.environ.get('WORKFLOWS_URL', 'http://127.0.0.1:8000')}/api/conversations/chat-{uuid4()}",
    headers={"Authorization": f"Bearer {os.environ['WORKFLOWS_KEY']}"},
)
model = OpenAI()


def main() -> None:
    """Answer until the person has nothing more to say."""
    history: list[Message] = []
    with workflows, model:
        while said := _typed():
            history.append({"role": "user", "content": said})
            print("Bot:", answer(said, history), flush=True)


def answer(said: str, history: list[Message]) -> str:
    """Return what the model says, once it has handed over what it understood."""
    context = now()
    for _ in range(MAX_ROUNDS):
        reply = model.chat.completions.create(
            model=os.environ["OPENAI_MODEL"],
            messages=[*system(context), *history],
            tools=context["tools"],
        )
        message = reply.choices[0].message
        history.append(cast(Message, message.to_dict()))
        if not message.tool_calls:
            return message.content or ""
        for call in message.tool_calls:
            if call.type == "function":
                result = carry_out(call.function.name, call.function.arguments, said)
                context = result.pop("context") or now()
                history.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)})
    return "Let us try that again."


def now() -> dict[str, Any]:
    """Return what the model needs to know now."""
    context: dict[str, Any] = workflows.get("/context", params=WHO).raise_for_status().json()
    return context


def system(context: dict[str, Any]) -> list[Message]:
    """Return the prompt: first what stays the same, so that it is cached, then where things stand now."""
    prompt = context["prompt"]
    return [{"role": "system", "content": prompt["stable"]}, {"role": "system", "content": prompt["dynamic"]}]


def carry_out(name: str, arguments: str, said: str) -> dict[str, Any]:
    """Hand over a call as the model made it; what cannot be done is answered too, for the model to mend."""
    call = {"name": name, "arguments": arguments, "message": said, **WHO}
    response = workflows.post("/tool-calls", json=call, headers={"Idempotency-Key": str(uuid4())})
    answer: dict[str, Any] = response.raise_for_status().json()
    return answer


def _typed() -> str:
    try:
        return input("You: ")
    except EOFError:
        return ""


if __name__ == "__main__":
    main()
