"""Values that tests begin with: each builder gives a valid one, and a test names only what it is about."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.conclusion import Decision
from engine.conditions import Known, Truth, evaluate, parse
from engine.definition import Definition
from engine.findings import Finding, errors
from engine.progress import Position, Progress, Status
from engine.submission import Submission
from engine.validation import validate
from engine.workflow import admit, start, submit

TODAY = date(2026, 3, 14)

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}
BOOL: dict[str, Any] = {"type": "boolean"}
LIST: dict[str, Any] = {"type": "array"}


def step(step_id: str, *fields: str, **changes: Any) -> dict[str, Any]:
    """Return a step that asks for these fields; one without fields is information."""
    return {"id": step_id, "name": step_id.replace("_", " ").capitalize(), "fields": list(fields), **changes}


def info(step_id: str, **changes: Any) -> dict[str, Any]:
    """Return a step that tells something and asks for nothing."""
    return step(step_id, **changes)


def row(field: str, op: str, value: Any = None, **changes: Any) -> dict[str, Any]:
    """Return a row of a condition; a value of None stands for no value."""
    given = {} if value is None else {"value": value}
    return {"field": field, "op": op, **given, **changes}


def rule(check: Mapping[str, Any], message: str = "This does not fit together.", **changes: Any) -> dict[str, Any]:
    """Return a rule with its message."""
    return {"check": check, "message": message, **changes}


def schema(*, required: list[str] | None = None, root: Mapping[str, Any] | None = None, **properties: Any) -> Any:
    """Return a state schema with these properties, all of them required unless told otherwise."""
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": names, **(root or {})}


def document(
    *steps: Mapping[str, Any],
    properties: Mapping[str, Any] | None = None,
    required: list[str] | None = None,
    root: Mapping[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Return a template document; its fields are texts, unless `properties` says more, and all are required.

    `root` holds further keywords of the state schema, `changes` replaces keys of the document.
    """
    asked = dict.fromkeys(name for one in steps for name in one.get("fields", ()))
    parts = {**dict.fromkeys(asked, TEXT), **(properties or {})}
    return {
        "name": "sample",
        "state_schema": schema(required=required, root=root, **parts),
        "steps": [dict(one) for one in steps] or [step("only", *parts)],
        "end_action_type": "none",
        **changes,
    }


def definition_of(*steps: Mapping[str, Any], **changes: Any) -> Definition:
    """Return the definition that such a document states; a document with an error is a mistake of the test."""
    source = document(*steps, **changes)
    assert errors(validate(source)) == ()
    return Definition.from_document(source)


def progress(values: Mapping[str, Any] | None = None, **changes: Any) -> Progress:
    """Return the progress of an active workflow that holds these values, given by its client."""
    held = {"values": values or {}, "sources": dict.fromkeys(values or {}, "client")}
    return Progress(**{"status": Status.ACTIVE, "today": TODAY, **held, **changes})


def give(definition: Definition, before: Progress, data: Mapping[str, Any] | None = None, **changes: Any) -> Decision:
    """Submit these values on the day of the tests."""
    return submit(definition, before, Submission(data=data or {}, **changes), today=TODAY)


def begin(definition: Definition, data: Mapping[str, Any] | None = None, *, activate: bool = True) -> Decision:
    """Start a workflow with these values on the day of the tests."""
    made = start(definition, Submission(data=data or {}, is_prefill=True), today=TODAY)
    return admit(definition, made, activate=activate)


def current(position: Position) -> str | None:
    """Return the id of the current step."""
    return position.current_step.id if position.current_step else None


def holds(condition: Mapping[str, Any], values: Mapping[str, Any] | None = None, **attempts: int) -> Truth:
    """Return what a condition is on the day of the tests."""
    return evaluate(parse(condition), Known(values=values or {}, today=TODAY, attempts=attempts))


def found(source: Any) -> list[tuple[str, str]]:
    """Return the rule and the path of everything found in a document."""
    return [(finding.rule, finding.path) for finding in validate(source)]


def only_finding(source: Any) -> Finding:
    """Return the one thing found in a document."""
    (finding,) = validate(source)
    return finding
