"""Two judges that know nothing of each other: `engine.schema` and the reference implementation must agree.

`multipleOf` is left out, for the reference misjudges decimals; of the formats `date` alone, for it judges few others.
"""

from typing import Any

import jsonschema
from hypothesis import example, given
from hypothesis import strategies as st
from referencing import Registry

from engine.schema import compile_schema
from engine.tests.budget import budget

KEYS = ("a", "b", "c")
TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")
PATTERNS = ("^a", "b$", "^[a-c]+$", "^.{2}$", "a|b", "[0-9]", "^(a+)+$")
DATES = ("2026-01-31", "2026-02-30", "2024-02-29", "2026-1-1", "20260131", "2026-01-31T00:00:00Z")

texts = st.text(alphabet="abc01é", max_size=4) | st.sampled_from(DATES)
numbers = st.integers(-4, 4) | st.sampled_from([0.0, -0.0, 0.5, 1.0, 1.5, -2.5, 3.0, 1e10, 1e-9])
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(KEYS), part, max_size=3),
    max_leaves=6,
)
sizes = st.integers(0, 3)
names = st.lists(st.sampled_from(KEYS), unique=True, max_size=2)


def keywords(part: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return schemas of a few keywords each, with subschemas drawn from `part`."""
    known: dict[str, st.SearchStrategy[Any]] = {
        "type": st.sampled_from(TYPES) | st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True),
        "enum": st.lists(values, min_size=1, max_size=4),
        "const": values,
        "minimum": numbers,
        "maximum": numbers,
        "exclusiveMinimum": numbers,
        "exclusiveMaximum": numbers,
        "minLength": sizes,
        "maxLength": sizes,
        "pattern": st.sampled_from(PATTERNS),
        "format": st.just("date"),
        "items": part,
        "minItems": sizes,
        "maxItems": sizes,
        "uniqueItems": st.booleans(),
        "properties": st.dictionaries(st.sampled_from(KEYS), part, max_size=3),
        "required": names,
        "additionalProperties": part,
        "anyOf": st.lists(part, min_size=1, max_size=3),
        "allOf": st.lists(part, min_size=1, max_size=3),
        "not": part,
    }
    chosen = st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=4, unique=True)
    return chosen.flatmap(lambda keys: st.fixed_dictionaries({key: known[key] for key in keys}))


schemas = keywords(st.booleans() | keywords(st.booleans() | keywords(st.booleans())))


@budget(quick=25, thorough=1000)
@example({"enum": [1]}, [1.0, True])
@example({"const": False}, [0, 0.0, False])
@example({"uniqueItems": True}, [[1, 1.0], [1, True], [0, False], [{"a": 1}, {"a": 1.0}]])
@example({"type": "integer"}, [1.0, 1.5, True, 1e10])
@example({"minLength": 1, "maxLength": 1}, ["é", "😀", ""])
@given(schemas, st.lists(values, min_size=8, max_size=10))
def test_both_judges_agree(schema: dict[str, Any], candidates: list[Any]) -> None:
    ours = compile_schema(schema)
    reference = jsonschema.Draft202012Validator(
        schema, registry=Registry(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )

    for value in candidates:
        assert ours.is_valid(value) is reference.is_valid(value), value
