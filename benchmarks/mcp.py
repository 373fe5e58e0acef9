"""What MCP costs, against the same act over REST: looking at a conversation, and handing a value over.

Each pair is asked for in turn, over Django's test client and a database of its own that is thrown away, so that what
slows the machine slows both. What counts is the ratio of the medians. Both answer a context; over REST it has the tools
and the data in words, too, which clients of MCP have otherwise.

Run it with `.venv/bin/python -m benchmarks.mcp`, with `--profile` to see where the time of MCP goes.
"""

import cProfile
import logging
import os
import pstats
import sys
from collections.abc import Callable
from itertools import count
from statistics import median
from time import perf_counter, process_time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workflows_site.test_settings")
django.setup()

from django.db import connection  # noqa: E402  the settings come first
from rest_framework.test import APIClient  # noqa: E402

from benchmarks.context import SMALL  # noqa: E402
from benchmarks.editor import document as large_document  # noqa: E402
from conftest import NOW, OPERATOR  # noqa: E402
from conversations.tests.mcp.posting import Mcp  # noqa: E402
from instances.acting import Acting  # noqa: E402
from instances.services import StartOrder, start  # noqa: E402
from permissions.models import UserType  # noqa: E402
from permissions.services import grant, issue_api_key, save_user_type  # noqa: E402
from registry.registry import WorkflowRegistry  # noqa: E402

type Ask = Callable[[], Any]

ROUNDS = 400


def prepared(source: dict[str, Any]) -> str:
    """Return the conversation in which a workflow was begun from this document."""
    template = WorkflowRegistry.create(source, actor="author", at=NOW)
    kind = save_user_type(UserType(), name=f"people of {template.name}")
    grant(user_type_id=kind.pk, workflow_template_id=template.pk)
    order = StartOrder(
        template_id=template.pk, user_type_id=kind.pk, conversation_id=template.name.replace(" ", "-"), user_id="u1"
    )
    return start(order, Acting(caller=OPERATOR, at=NOW)).workflow.conversation_id


def pairs(client: APIClient, conversation: str, field: str) -> dict[str, tuple[Ask, Ask]]:
    """Return what is measured: over REST, and over MCP."""
    home, mcp, numbers = f"/api/conversations/{conversation}", Mcp(client), count(1000)

    def called() -> Any:
        return client.post(
            f"{home}/tool-calls", {"name": "submit_data", "arguments": {"data": {field: next(numbers) % 900}}}
        )

    def tool(name: str, **arguments: Any) -> Any:
        return mcp.post("tools/call", name=name, arguments={"conversation_id": conversation, **arguments})

    return {
        "get_workflow_context": (lambda: client.get(f"{home}/context"), lambda: tool("get_workflow_context")),
        "submit_data": (called, lambda: tool("submit_data", data={field: next(numbers) % 900})),
    }


def timed(ask: Ask) -> tuple[float, float]:
    """Return how many milliseconds pass, and how many the processor works."""
    began, worked = perf_counter(), process_time()
    answer = ask()
    took = (perf_counter() - began) * 1000, (process_time() - worked) * 1000
    assert answer.status_code == 200, answer.content
    assert b'"isError":true' not in answer.content, answer.content
    return took


def measure(name: str, rest: Ask, mcp: Ask, *, profiled: bool) -> None:
    """Measure one pair and report."""
    for _ in range(20):
        timed(rest)
        timed(mcp)
    if profiled:
        profile = cProfile.Profile()
        profile.runcall(lambda: [mcp() for _ in range(ROUNDS)])
        pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
        return
    rounds = [(*timed(rest), *timed(mcp)) for _ in range(ROUNDS)]
    rest_passed, rest_worked, mcp_passed, mcp_worked = (median(column) for column in zip(*rounds, strict=True))
    print(f"{name}: REST {rest_worked:.2f} ms, MCP {mcp_worked:.2f} ms, ratio {mcp_worked / rest_worked:.2f};", end=" ")
    print(f"on the clock {rest_passed:.2f} and {mcp_passed:.2f} ms")


def main() -> None:
    """Make a database, measure, and throw it away."""
    logging.getLogger("django_mcpz.calls").setLevel(logging.WARNING)  # a line for each call would drown the report
    connection.creation.create_test_db(verbosity=0)
    try:
        client = APIClient(HTTP_AUTHORIZATION=f"Bearer {issue_api_key('benchmark')}")
        kinds = {"small": (SMALL, "amount"), "50 fields, 20 steps": (large_document(), "field_number_1")}
        print(f"{ROUNDS} rounds, {connection.vendor}, median milliseconds of processor")
        for kind, (source, field) in kinds.items():
            for name, (rest, mcp) in pairs(client, prepared(source), field).items():
                measure(f"{kind}, {name}", rest, mcp, profiled="--profile" in sys.argv)
    finally:
        connection.creation.destroy_test_db(":memory:", verbosity=0)


if __name__ == "__main__":
    main()
