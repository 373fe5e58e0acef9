"""How long the engine takes to decide one submission to a large template: 40 steps, 200 fields, half of them answered.

Run it with `.venv/bin/python -m benchmarks.engine_submission`. Compare figures of one run only: machines are noisy.
"""

from datetime import date
from statistics import median
from time import perf_counter
from typing import Any

from engine.definition import Definition
from engine.findings import errors
from engine.progress import Progress, Status, locate
from engine.submission import Submission
from engine.validation import validate
from engine.workflow import submit

STEPS, FIELDS_EACH, ROUNDS = 40, 5, 2000
TODAY = date(2026, 3, 14)


def document() -> dict[str, Any]:
    """Return a template with conditions, rules, dependent fields and a computed one."""
    properties: dict[str, Any] = {}
    steps: list[dict[str, Any]] = []
    for number in range(STEPS):
        names = [f"f{number}_{index}" for index in range(FIELDS_EACH)]
        properties |= {name: {"type": "number", "minimum": 0, "maximum": 1000} for name in names}
        properties[names[4]] |= {"x-depends-on": [names[3]]}
        step: dict[str, Any] = {"id": f"s{number}", "name": f"Step {number}", "fields": names}
        step["rules"] = [{"check": {"field": names[0], "op": "<=", "ref": names[1]}, "message": "Too much."}]
        if number % 2:
            step["when"] = {"field": f"f{number - 1}_0", "op": ">=", "value": 1}
        steps.append(step)
    required = list(properties)
    properties["total"] = {"type": "number", "x-computed": {"sum": ["f0_0", "f1_0", "f2_0"]}}
    schema = {"type": "object", "properties": properties, "required": required}
    return {"name": "large", "state_schema": schema, "steps": steps, "end_action_type": "none"}


def timed(act: Any) -> list[float]:
    """Return how long each round takes, in milliseconds."""
    found = []
    for _ in range(ROUNDS):
        began = perf_counter()
        act()
        found.append((perf_counter() - began) * 1000)
    return sorted(found)


def main() -> None:
    """Measure and report."""
    source = document()
    assert errors(validate(source)) == ()
    definition = Definition.from_document(source)
    values = {f"f{number}_{index}": index + 1 for number in range(STEPS // 2) for index in range(FIELDS_EACH)}
    progress = Progress(status=Status.ACTIVE, today=TODAY, values=values)
    submission = Submission(data={"f20_0": 1, "f20_1": 2, "f3_3": 7})
    whole = timed(lambda: submit(definition, progress, submission, today=TODAY))
    walk = timed(lambda: locate(definition, progress))
    print(f"{STEPS} steps, {len(definition.fields)} fields, {ROUNDS} rounds")
    print(f"one submission of 3 values: median {median(whole):.3f} ms, p99 {whole[int(ROUNDS * 0.99)]:.3f} ms")
    print(f"one walk over the steps: median {median(walk):.3f} ms, {median(walk) / median(whole):.0%} of it")


if __name__ == "__main__":
    main()
