"""A second reading of templates, naive and slow, that shares nothing with the engine but the document.

It reads the document as one would read it aloud, and asks another judge (`jsonschema`) what is valid.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from isodate import parse_duration
from jsonschema import Draft202012Validator
from referencing import Registry

from engine.progress import Progress

type Json = Mapping[str, Any]

_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


class Judge:
    """The other judge: of values alone, and of all of them together."""

    def __init__(self, document: Json) -> None:
        self.schema = document["state_schema"]
        self.properties: Mapping[str, Json] = self.schema["properties"]
        self._alone = {name: self._compiled(part) for name, part in self.properties.items()}

    def is_valid(self, name: str, value: Any) -> bool:
        """Tell whether a field may have this value, taken alone."""
        return bool(self._alone[name].is_valid(value))

    def is_valid_whole(self, values: Json, required: list[str]) -> bool:
        """Tell whether the values fit together, and these are among them."""
        return bool(self._compiled({**self.schema, "required": required}).is_valid(dict(values)))

    def _compiled(self, schema: Json) -> Draft202012Validator:
        return Draft202012Validator(
            dict(schema), registry=Registry(), format_checker=Draft202012Validator.FORMAT_CHECKER
        )


@dataclass(kw_only=True)
class Reading:
    """Where a workflow stands, as far as it can be read aloud."""

    steps: list[str] = field(default_factory=list)
    complete: set[str] = field(default_factory=set)
    live: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    excused: set[str] = field(default_factory=set)
    outcome: str | None = None
    """How it ends in the middle, if it does."""

    @property
    def is_through(self) -> bool:
        """Whether every applying step is complete."""
        return self.outcome is None and set(self.steps) == self.complete


def read(document: Json, judge: Judge, progress: Progress) -> Reading:
    """Read the steps in order: each sees only what came before it."""
    reading = Reading()
    properties, required = judge.properties, document["state_schema"]["required"]
    in_steps = {name for step in document["steps"] for name in step["fields"]}
    loose = [name for name in properties if name not in in_steps and "x-computed" not in properties[name]]
    places = [name for step in document["steps"] for name in step["fields"]]
    for name in sorted(loose):
        _ask(reading, judge, progress, name)
        _compute(reading, judge, progress, required, still_to_come=set(places))
    for step in document["steps"]:
        applies = _truth(step.get("when"), reading.live, progress) is True
        if applies:
            reading.steps.append(step["id"])
        if applies and "end" in step:
            reading.outcome = step["end"]["outcome"]
            break
        for name in step["fields"]:
            places.remove(name)
            if applies:
                _ask(reading, judge, progress, name)
                _excuse(reading, document, progress, name)
            _compute(reading, judge, progress, required, still_to_come=set(places))
        if applies and _is_complete(step, reading, judge, progress, required):
            reading.complete.add(step["id"])
    return reading


def missing(document: Json, reading: Reading) -> list[str]:
    """Return what is required, asked and not answered, unless every step that asks for it was skipped."""
    return [
        name
        for name in reading.asked
        if name in document["state_schema"]["required"] and name not in reading.live and name not in reading.excused
    ]


def _ask(reading: Reading, judge: Judge, progress: Progress, name: str) -> None:
    when = judge.properties[name].get("x-when")
    if name not in reading.asked and _truth(when, reading.live, progress) is True:
        reading.asked.append(name)
        if name in progress.values:
            reading.live[name] = progress.values[name]


def _excuse(reading: Reading, document: Json, progress: Progress, name: str) -> None:
    asking = [step for step in document["steps"] if step["id"] in reading.steps and name in step["fields"]]
    if all(step.get("required") is False and step["id"] in progress.skipped for step in asking):
        reading.excused.add(name)
    else:
        reading.excused.discard(name)


def _is_complete(step: Json, reading: Reading, judge: Judge, progress: Progress, required: list[str]) -> bool:
    asked = [name for name in step["fields"] if name in reading.asked]
    answered = [name for name in asked if name in reading.live]
    if any(not judge.is_valid(name, reading.live[name]) or name in progress.contested for name in answered):
        return False
    if any(name in progress.contested for name in asked):
        return False
    if any(_truth(rule["check"], reading.live, progress) is False for rule in step.get("rules", ())):
        return False
    is_optional = step.get("required") is False
    if is_optional and (step["id"] in progress.skipped or not step["fields"]):
        return True
    demanded = [name for name in asked if name in required]
    if not demanded and step["id"] in progress.acknowledged:
        return True
    if not step["fields"]:
        return False
    optional = [name for name in asked if not judge.properties[name].get("readOnly")]
    return set(demanded or optional) <= set(answered)


def _compute(
    reading: Reading, judge: Judge, progress: Progress, required: list[str], *, still_to_come: set[str]
) -> None:
    """Compute what follows from fields of which none is asked again."""
    for name, part in judge.properties.items():
        formula = part.get("x-computed")
        if formula is None or name in reading.live or _asked_for(name, judge) & still_to_come:
            continue
        inputs = _asked_for(name, judge)
        lacks = [one for one in inputs if one in reading.asked and one in required and one not in reading.live]
        if not [one for one in lacks if one not in reading.excused]:
            value = _computed(formula, reading.live, progress.today)
            if value is not None:
                reading.live[name] = value


def _asked_for(name: str, judge: Judge) -> set[str]:
    """Return the fields somebody is asked for, from which a computed one follows in the end."""
    formula = judge.properties[name].get("x-computed")
    if formula is None:
        return {name}
    (inputs,) = formula.values()
    return set().union(*(_asked_for(one, judge) for one in ([inputs] if isinstance(inputs, str) else inputs)))


def _computed(formula: Json, live: Json, today: date) -> Any:
    match formula:
        case {"sum": names}:
            return sum(live.get(name, 0) for name in names)
        case {"difference": [whole, less]}:
            return live[whole] - live[less] if whole in live and less in live else None
        case {"count": name}:
            return len(live[name]) if name in live else None
        case _:
            if formula["years_since"] not in live:
                return None
            born = date.fromisoformat(live[formula["years_since"]])
            return today.year - born.year - (1 if (today.month, today.day) < (born.month, born.day) else 0)


def _truth(condition: Json | None, live: Json, progress: Progress) -> bool | None:
    """Return whether a condition is true, false or, while something is unanswered, unknown."""
    match condition:
        case None:
            return True
        case {"all": parts}:
            found = [_truth(part, live, progress) for part in parts]
            return False if False in found else None if None in found else True
        case {"any": parts}:
            found = [_truth(part, live, progress) for part in parts]
            return True if True in found else None if None in found else False
        case {"not": part}:
            inner = _truth(part, live, progress)
            return None if inner is None else not inner
        case _:
            return _compared(condition, live, progress)


def _compared(row: Json, live: Json, progress: Progress) -> bool | None:
    op, left = row["op"], live.get(row["field"])
    if op in ("answered", "empty"):
        return (left is not None) is (op == "answered")
    if op == "attempts>=":
        return bool(progress.attempts.get(row["field"], 0) >= row["value"])
    right = row.get("value")
    if "ref" in row:
        right = progress.today.isoformat() if row["ref"] == "$today" else live.get(row["ref"])
        if "offset" in row and right is not None:
            right = (date.fromisoformat(right) + parse_duration(row["offset"])).isoformat()
    if left is None or right is None:
        return None
    match op:
        case "==" | "!=":
            return bool(left == right) is (op == "==")
        case "in" | "not_in":
            return (left in right) is (op == "in")
        case "contains":
            return right in left
        case "contains_all":
            return all(one in left for one in right)
        case _:
            return _ORDER[op](left, right)
