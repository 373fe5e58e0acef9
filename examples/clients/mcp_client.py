"""A client of the Model Context Protocol, with the official library: a person answers in place of a model.

It calls the tools that a host calls for a model, and shows what comes of them. The environment: WORKFLOWS_URL and
WORKFLOWS_KEY; the first argument names the workflow. `guests: 12` corrects an answer, Ctrl-D ends it.
"""

import asyncio
import os
import re
import sys
from typing import Any
from uuid import uuid4

import httpx2
import mcp_types as types
from mcp import Client
from mcp.client.context import ClientRequestContext
from mcp.client.streamable_http import streamable_http_client

URL = f"{os.environ.get('WORKFLOWS_URL', 'http://127.0.0.1:8000')}/mcp/"
KEY = {"Authorization": f"Bearer {os.environ['WORKFLOWS_KEY']}"}
HERE = {"conversation_id": f"chat-{uuid4()}"}
WHO = {"user_id": "somebody", "user_type": os.environ.get("USER_TYPE", "organiser")}

type Context = dict[str, Any]


async def main(workflow: str = "") -> None:
    """Connect, and go through one workflow."""
    http = httpx2.AsyncClient(headers=KEY)
    async with http, Client(streamable_http_client(URL, http_client=http), elicitation_callback=agree) as client:
        try:
            await go_through(client, workflow)
        except (EOFError, Over) as left:
            print(f"\n{left}")


async def go_through(client: Client, workflow: str) -> None:
    """Go through one workflow, or say which there are."""
    if not workflow:
        listed = await call(client, "list_workflows")
        raise Over("\n".join(["Name one of these:", *(one["workflow"] for one in listed["workflows"])]))
    context = await step(client, "start_workflow", {**WHO, "workflow": workflow})
    while context["workflow"]:
        context = await turn(client, context)


async def turn(client: Client, context: Context) -> Context:
    """Do what is to be done now, and return the context after it."""
    if context["confirmation"]:
        after = await step(client, "confirm_workflow", {})
        return after if not after["workflow"] else await correct(client, after)
    if not context["ask_next"]:
        if not context["acknowledgeable"]:
            raise Over(context["to_do"])
        input("(Enter, once you have read it) ")
        return await step(client, "submit_data", {"acknowledge": context["acknowledgeable"][:1]})
    asked = context["ask_next"][0]
    choices = ", ".join(one["title"] for one in asked["choices"])
    typed = input(f"{asked['ask'] or asked['label']}{f' ({choices})' if choices else ''} ")
    if not typed and asked["step"] in context["skippable"]:
        return await step(client, "submit_data", {"skip": [asked["step"]]})
    value = re.split(r",\s*", typed) if asked["type"] == "array" else typed
    return await step(client, "submit_data", {"data": correction(typed, context) or {asked["field"]: value}})


async def correct(client: Client, context: Context) -> Context:
    """Take back what the person did not agree to."""
    return await step(client, "submit_data", {"data": correction(input("What is to be corrected? "), context)})


def correction(typed: str, context: Context) -> dict[str, str]:
    """Return the field that is named with its new value, if one is."""
    name, colon, value = typed.partition(":")
    return {name: value.strip()} if colon and name in context["filled"] else {}


async def step(client: Client, tool: str, arguments: dict[str, Any]) -> Context:
    """Call a tool that acts, show what came of it, and return the context after it."""
    answer = await call(client, tool, **HERE, **arguments)
    result: dict[str, Any] = answer["result"]
    context: Context = answer["context"] or await call(client, "get_workflow_context", **HERE)
    for told in (*result.get("rejected", ()), *context.get("unmet", ())):
        print("-", told["message"])
    for told in result.get("say", ()):
        print(told["text"])
    if not context["workflow"]:
        print(f"The workflow is {result['workflow']['status']}.")
    return context


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """Return what a tool answers; an error is for the person to read, as it would be for a model."""
    found = await client.call_tool(tool, arguments)
    if found.is_error or not isinstance(found.structured_content, dict):
        raise Over("\n".join(part.text for part in found.content if part.type == "text"))
    told: dict[str, Any] = found.structured_content
    return told


async def agree(context: ClientRequestContext, params: types.ElicitRequestParams) -> types.ElicitResult:
    """Put a question of the service to the person: no model can answer it for them."""
    if input(f"{params.message}\nIs that right? ").strip().lower() in ("y", "yes"):
        return types.ElicitResult(action="accept", content={})
    return types.ElicitResult(action="decline")


class Over(Exception):
    """There is nothing more to do here."""


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:2]))
