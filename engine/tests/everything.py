"""A template that has a bit of everything."""

from engine.tests.builders import NUMBER, TEXT, document, info, row, rule, step

DOCUMENT = document(
    info("hello", required=False),
    step("one", "kind", "low", "high", rules=[rule(row("low", "<=", ref="high"))]),
    step("two", "plate", "colour", when=row("kind", "==", "car")),
    step("three", "people", "speaker", required=False),
    info("stop", when=row("total", ">", 15), end={"outcome": "too_much"}),
    step("four", "ok"),
    properties={
        "kind": {"enum": ["car", "home"]},
        "low": {"type": "integer", "minimum": 0, "maximum": 9},
        "high": {"type": "integer", "minimum": 0, "maximum": 9},
        "total": {"type": "integer", "x-computed": {"sum": ["low", "high"]}},
        "plate": {**TEXT, "maxLength": 2, "x-depends-on": ["low"], "x-on-change": "reset"},
        "colour": {**TEXT, "x-depends-on": ["plate"], "x-on-change": "reset"},
        "people": {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 2, "maxItems": 4},
        "speaker": {"type": "string", "x-choices": {"ref": "people"}},
        "ok": {"type": "boolean", "x-ask-first": True},
        "free": NUMBER,
    },
    required=["kind", "low", "high", "plate", "colour", "people", "speaker", "ok"],
    confirmation="required",
    name="everything",
)
