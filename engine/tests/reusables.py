"""Reusable steps that tests begin with."""

from collections.abc import Mapping
from typing import Any

from engine.reusable import ReusableStep, check
from engine.tests.builders import TEXT, row, rule

STREET: dict[str, Any] = {**TEXT, "title": "Street", "x-order": 0, "x-ask": ["Which street?"]}
CITY: dict[str, Any] = {**TEXT, "title": "City", "x-order": 1}
FLOOR: dict[str, Any] = {"type": "integer", "x-order": 2, "x-when": row("city", "answered")}


def source(
    *, properties: Mapping[str, Any] | None = None, required: list[str] | None = None, **step: Any
) -> dict[str, Any]:
    """Return a reusable step that asks for an address, unless told otherwise."""
    asked = {"city": CITY, "street": STREET, "floor": FLOOR} if properties is None else dict(properties)
    names = sorted(asked, key=lambda name: asked[name].get("x-order", 0)) if properties is None else list(asked)
    return {
        "slug": "address",
        "name": "Postal address",
        "description": "Where somebody lives",
        "state_schema": {
            "type": "object",
            "properties": asked,
            "required": names[:2] if required is None else required,
        },
        "step": {
            "name": "Address",
            "description": "Where you live",
            "fields": names,
            "rules": [rule(row("city", "!=", ref="street"), "These are the same.", field=["city", "street"])],
            **step,
        },
    }


def version(number: int = 1, given: Mapping[str, Any] | None = None, **parts: Any) -> ReusableStep:
    """Return a version of a reusable step; what it does not know it hands to :func:`source`."""
    made = given or source(**parts)
    assert check(made) == ()
    return ReusableStep(
        slug=made["slug"],
        number=number,
        content={"state_schema": made["state_schema"], "step": made["step"]},
    )
