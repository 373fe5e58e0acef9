"""What a context costs, against a plain GET of the same workflow: a small template, and one with 50 fields.

Both are asked for over Django's test client and a database of its own that is thrown away, one after the other in one
run, so that whatever slows the machine slows both. What counts is the ratio of the medians, of the processor and on the
clock: at most 1.5.

Run it with `.venv/bin/python -m benchmarks.context`, with `--profile` to see where the time goes.
"""

import cProfile
import os
import pstats
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter, process_time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workflows_site.test_settings")
django.setup()

from django.db import connection  # noqa: E402  the settings come first
from rest_framework.test import APIClient  # noqa: E402

from benchmarks.editor import document as large_document  # noqa: E402
from conftest import NOW, OPERATOR, document, step  # noqa: E402
from instances.acting import Acting  # noqa: E402
from instances.services import StartOrder, start  # noqa: E402
from permissions.models import UserType  # noqa: E402
from permissions.services import grant, issue_api_key, save_user_type  # noqa: E402
from registry.registry import WorkflowRegistry  # noqa: E402

ROUNDS, AT_MOST = 400, 1.5

PROPERTIES: dict[str, Any] = {
    "amount": {"type": "number", "title": "Amount", "x-unit": "EUR"},
    "purpose": {"type": "string", "oneOf": [{"const": "car", "title": "A car"}, {"const": "home", "title": "A home"}]},
    "email": {"type": "string", "format": "email"},
}
SMALL = document(
    properties=PROPERTIES, steps=[step("loan", fields=["amount", "purpose"]), step("you", fields=["email"])]
)


def prepared(source: dict[str, Any], state: dict[str, Any]) -> str:
    """Return the path of a workflow that was begun from this document."""
    template = WorkflowRegistry.create(source, actor="author", at=NOW)
    kind = save_user_type(UserType(), name=f"people of {template.name}")
    grant(user_type_id=kind.pk, workflow_template_id=template.pk)
    order = StartOrder(
        template_id=template.pk, user_type_id=kind.pk, conversation_id=template.name, user_id="u1", state_data=state
    )
    return f"/api/workflows/{start(order, Acting(caller=OPERATOR, at=NOW)).workflow.pk}"


def timed(act: Callable[[], Any]) -> tuple[float, float]:
    """Return how many milliseconds an act takes of the processor, and on the clock."""
    began, busy = perf_counter(), process_time()
    answer = act()
    took = ((process_time() - busy) * 1000, (perf_counter() - began) * 1000)
    assert answer.status_code == 200
    return took


def measure(client: APIClient, name: str, path: str, *, profiled: bool) -> None:
    """Measure one workflow and report."""

    def plain() -> Any:
        return client.get(path)

    def context() -> Any:
        return client.get(f"{path}/context")

    for _ in range(20):
        plain()
        context()
    if profiled:
        profile = cProfile.Profile()
        profile.runcall(lambda: [context() for _ in range(ROUNDS)])
        pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
        return
    rounds = [(timed(plain), timed(context)) for _ in range(ROUNDS)]
    for clock, label in enumerate(("processor", "clock")):
        of_plain, of_context = (median(found[act][clock] for found in rounds) for act in (0, 1))
        ratio = of_context / of_plain
        verdict = "" if ratio <= AT_MOST else f"  MORE THAN {AT_MOST}"
        print(f"{name}, {label}: GET {of_plain:.2f} ms, context {of_context:.2f} ms, ratio {ratio:.2f}{verdict}")


def main() -> None:
    """Make a database, measure, and throw it away."""
    connection.creation.create_test_db(verbosity=0)
    try:
        client = APIClient(HTTP_AUTHORIZATION=f"Bearer {issue_api_key('benchmark')}")
        names = [f"field_number_{number}" for number in range(50)]
        answers: dict[str, Any] = {name: number for number, name in enumerate(names) if number % 5 == 1}
        answers |= {name: "c1" for number, name in enumerate(names) if number % 5 == 0}
        kinds = {"small": (SMALL, {"amount": 5000}), "50 fields, 20 steps": (large_document(), answers)}
        print(f"{ROUNDS} rounds, {connection.vendor}, medians")
        for name, (source, state) in kinds.items():
            measure(client, name, prepared(source, state), profiled="--profile" in sys.argv)
    finally:
        connection.creation.destroy_test_db(":memory:", verbosity=0)


if __name__ == "__main__":
    main()
