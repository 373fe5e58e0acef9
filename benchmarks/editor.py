"""How long the editor takes to answer for a large draft: 50 fields and 20 steps, with conditions, rules and choices.

What the page's script asks while somebody types, with each panel open, then opening the page and saving it, over
Django's test client and a database of its own that is thrown away.

Run it with `.venv/bin/python -m benchmarks.editor`, with `--profile` to see where the time goes. Compare figures of one
run only: machines are noisy.
"""

import cProfile
import os
import pstats
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter, process_time
from typing import Any
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workflows_site.test_settings")
django.setup()

from django.db import connection  # noqa: E402  the settings come first

from authoring.tests.editor_pages import Editor, address, publisher  # noqa: E402
from conftest import NOW  # noqa: E402
from engine.findings import errors  # noqa: E402
from engine.validation import validate  # noqa: E402
from registry.models import WorkflowTemplate  # noqa: E402
from registry.registry import WorkflowRegistry  # noqa: E402

FIELDS, STEPS, ROUNDS = 50, 20, 60
CHOICES = [{"const": f"c{number}", "title": f"Choice {number}"} for number in range(6)]


def field(number: int) -> dict[str, Any]:
    """Return a property; every kind of field comes about as often."""
    kinds: list[dict[str, Any]] = [
        {"type": "string", "oneOf": CHOICES},
        {"type": "integer", "minimum": 0, "maximum": 1000, "x-messages": {"maximum": "That is too much."}},
        {"type": "string", "format": "date"},
        {"type": "boolean"},
        {"type": "string", "maxLength": 200, "x-ask": ["What is it?", "Once more, please: what is it?"]},
    ]
    title = {"title": f"Field number {number}", "description": "What the person should know.", "x-order": number}
    return {**kinds[number % len(kinds)], **title}


def document() -> dict[str, Any]:
    """Return a workflow of a size that hardly anybody writes by hand."""
    names = [f"field_number_{number}" for number in range(FIELDS)]
    steps: list[dict[str, Any]] = []
    each = FIELDS // STEPS
    for number in range(STEPS):
        mine = names[number * each : (number + 1) * each] if number < STEPS - 1 else names[number * each :]
        step: dict[str, Any] = {"id": f"s{number}", "name": f"Step {number}", "description": "What it is for."}
        step["fields"] = mine
        step["rules"] = [{"check": {"field": mine[0], "op": "answered"}, "message": "Say it.", "field": mine[0]}]
        if number:
            row = {"field": names[0], "op": "in", "value": ["c1", "c2"]}
            step["when"] = {"any": [row, {"all": [{"field": names[1], "op": ">", "value": number}, row]}]}
        steps.append(step)
    properties = {name: field(number) for number, name in enumerate(names)}
    schema = {"type": "object", "properties": properties, "required": names[:1]}
    return {"name": "large", "state_schema": schema, "steps": steps, "end_action_type": "none"}


def timed(act: Callable[[], object], clock: Callable[[], float] = perf_counter) -> list[float]:
    """Return how long each round takes, in milliseconds, the shortest first."""
    for _ in range(3):
        act()
    found = []
    for _ in range(ROUNDS):
        began = clock()
        act()
        found.append((clock() - began) * 1000)
    return sorted(found)


def saving(editor: Editor) -> Callable[[], object]:
    """Return an act that saves a draft in which something was changed."""
    revision = WorkflowTemplate.objects.get().draft_revision

    def act() -> object:
        nonlocal revision
        editor.type("expected_revision", str(revision)).type("document-only-guidelines", f"Changed {revision}")
        answer = editor.press("save")
        assert answer.status_code == 302
        revision += 1
        return answer

    return act


def acts_of(editor: Editor) -> dict[str, Callable[[], object]]:
    """Return what is measured."""
    page, live = address("change", editor.template), address("live", editor.template)

    def asking(**more: str) -> Callable[[], object]:
        """Return an act that asks as the page's script does, which leaves out what is empty."""
        posted = {name: texts for name, texts in editor.inputs.items() if name != "json" and any(texts)}
        body = urlencode({**posted, **more}, doseq=True)  # what the browser does is not measured
        return lambda: editor.browser.post(live, body, content_type="application/x-www-form-urlencoded")

    return {
        "asked while typing, checks": asking(panel="checks"),
        "asked while typing, try it": asking(panel="try"),
        "asked while typing, diagram": asking(panel="diagram"),
        "asked while typing, JSON": asking(panel="checks", wants_json="on"),
        "page": lambda: editor.browser.get(page),
        "save": saving(editor),
    }


def measure(*, profiled: bool) -> None:
    """Measure and report."""
    assert errors(validate(document())) == ()
    template = WorkflowRegistry.begin(document(), actor="user:ada", at=NOW)
    editor = Editor(publisher(), template)
    inputs = sum(map(len, editor.inputs.values()))
    print(f"{FIELDS} fields, {STEPS} steps, {inputs} inputs, {ROUNDS} rounds, {connection.vendor}")
    for name, act in acts_of(editor).items():
        if profiled:
            profile = cProfile.Profile()
            profile.runcall(timed, act)
            print(f"== {name}")
            pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
            continue
        found, busy = timed(act), timed(act, process_time)
        of_processor = f"{median(busy):.1f} ms of processor"
        print(f"{name}: median {median(found):.1f} ms, p95 {found[int(ROUNDS * 0.95)]:.1f} ms, {of_processor}")


def main() -> None:
    """Make a database, measure, and throw it away."""
    connection.creation.create_test_db(verbosity=0)
    try:
        measure(profiled="--profile" in sys.argv)
    finally:
        connection.creation.destroy_test_db(":memory:", verbosity=0)


if __name__ == "__main__":
    main()
