"""Reusable steps: a step with its fields, to be copied into documents. What one says, and whether it may be published.

It is written as a little document: `{slug, name, description, category, state_schema, step}`, and judged as the only
step of a real one.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from engine import schema_checks, validation
from engine.conditions import is_number
from engine.errors import did_you_mean
from engine.findings import MAX_FINDINGS, Finding, pointer
from engine.naming import renamed_property, renamed_step
from engine.uses import MAX_SLUG, Use, is_slug

SETTINGS = ("slug", "name", "description", "category")
CONTENT = ("state_schema", "step")
MAX_FIELDS = 100
MAX_SIZE = 64 * 1024
"""Characters of JSON: a document may use many steps, and each use is a copy."""

_KEYS = (*SETTINGS, *CONTENT)
STEP_KEYS = ("name", "description", "fields", "required", "when", "rules")
_SCHEMA_KEYS = ("type", "properties", "required")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """The fields and the step that a document gets, by the names that they have there."""

    properties: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...]
    step: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReusableStep:
    """One version of a reusable step; reading it assumes that :func:`check` found no error."""

    slug: str
    number: int
    content: Mapping[str, Any]

    @property
    def uses(self) -> str:
        """How a step names it."""
        return str(Use(slug=self.slug, number=self.number))

    @property
    def names(self) -> frozenset[str]:
        """The names of its fields, without a prefix."""
        return frozenset(self.content["state_schema"]["properties"])

    def fields(self) -> dict[str, Any]:
        """Return its fields by their own names, in the order in which they are shown."""
        return in_order(self.content["state_schema"]["properties"], self.content["step"]["fields"])

    def under(self, prefix: str) -> Copied:
        """Return its fields and its step with every name of a field prefixed, in the order of display."""
        schema = self.content["state_schema"]

        def rename(name: str) -> str:
            return prefix + name  # for it names no fields but its own

        return Copied(
            properties={rename(name): renamed_property(part, rename) for name, part in self.fields().items()},
            required=tuple(map(rename, schema.get("required", ()))),
            step=renamed_step(self.content["step"], rename),
        )


def in_order(properties: Mapping[str, Any], asked: Sequence[str] = ()) -> dict[str, Any]:
    """Return properties in the order in which they are shown, else asked: JSON objects keep none of their own."""
    places = {name: number for number, name in enumerate(asked)}

    def place(name: str) -> tuple[float, int, str]:
        order: Any = properties[name].get("x-order") if isinstance(properties[name], Mapping) else None
        return float(order) if is_number(order) else 0.0, places.get(name, len(places)), name

    return {name: properties[name] for name in sorted(properties, key=place)}


def check(source: Any) -> tuple[Finding, ...]:
    """Return what was found in a reusable step, with paths into it; it may be published if none of it is an error."""
    if not isinstance(source, Mapping):
        return (Finding(rule="shape", path="", message="This must be of type object."),)
    own = (*_settings(source), *_unknown_keys(source, _KEYS, ""), *_content(source))
    inside = (
        replace(finding, path=_place(finding.path), step=None) for finding in validation.validate(_as_document(source))
    )
    return (*own, *inside)[:MAX_FINDINGS]


def _as_document(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document of which this is the only step."""
    step = source.get("step", {"name": "-"})
    settings = {key: source[key] for key in ("name", "description", "category") if key in source}
    known = {key: part for key, part in step.items() if key in STEP_KEYS} if isinstance(step, Mapping) else step
    return {
        "name": "-",
        **settings,
        "state_schema": source.get("state_schema", {"type": "object", "properties": {}}),
        "steps": [{**known, "id": "step"} if isinstance(known, Mapping) else known],
        "end_action_type": "none",
    }


def _place(path: str) -> str:
    return "/step" + path.removeprefix("/steps/0") if path.startswith("/steps") else path


def _settings(source: Mapping[str, Any]) -> Iterator[Finding]:
    for key in ("slug", "name", *CONTENT):
        if key not in source:
            yield Finding(rule="missing_key", path=pointer(key), message=f"The key {key!r} is missing.")
    if "slug" in source and not is_slug(source["slug"]):
        words = (
            f"This is the short name that templates use: at most {MAX_SLUG} small letters and digits, with single "
            "hyphens or underscores between them, like 'postal-address'."
        )
        yield Finding(rule="bad_slug", path="/slug", message=words)


def _content(source: Mapping[str, Any]) -> Iterator[Finding]:
    """Check what makes a step fit for copying: it asks for something, and stands for itself."""
    step, schema = source.get("step"), source.get("state_schema")
    if isinstance(step, Mapping):
        yield from _unknown_keys(step, STEP_KEYS, "/step")
        if not step.get("fields"):
            words = "A reusable step asks for at least one field."
            yield Finding(rule="nothing_to_reuse", path="/step/fields", message=words)
    if isinstance(schema, Mapping):
        yield from _unknown_keys(schema, _SCHEMA_KEYS, "/state_schema")
        for place in schema_checks.references(schema, "/state_schema"):
            words = "A reusable step stands for itself, so its fields do not refer to other parts by $ref."
            yield Finding(rule="reference_in_reusable", path=place, message=words)
        properties = schema.get("properties")
        if isinstance(properties, Mapping) and len(properties) > MAX_FIELDS:
            words = f"A reusable step has at most {MAX_FIELDS} fields."
            yield Finding(rule="too_many_fields", path="/state_schema/properties", message=words)
    if len(json.dumps([step, schema], default=str)) > MAX_SIZE:
        words = f"A reusable step has at most {MAX_SIZE:,} characters, for each use is a copy of it."
        yield Finding(rule="too_large", path="/state_schema", message=words)


def _unknown_keys(part: Mapping[str, Any], known: tuple[str, ...], path: str) -> Iterator[Finding]:
    for key in part:
        if key not in known:
            near = did_you_mean(key, known)
            hint = f"Did you mean {near!r}?" if near else f"Known are: {', '.join(known)}."
            words = f"There is no key {key!r} here. {hint}"
            yield Finding(rule="unknown_key", path=path + pointer(key), message=words, suggestion=near)
