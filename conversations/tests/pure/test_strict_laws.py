"""What holds of strict tools whatever an author wrote: nothing valid is unsayable, and what is said is judged."""

from collections.abc import Iterable
from typing import Any

import jsonschema
from hypothesis import assume, given
from hypothesis import strategies as st
from referencing import Registry

from conversations.tests.pure.authored import DEFS, Json, fitting, in_full, schemas, values
from conversations.tests.pure.openai_subset import complaints
from conversations.toolschema.losses import Loss, Place
from conversations.toolschema.restoring import restore
from conversations.toolschema.showing import Showing
from conversations.toolschema.strict import NotStrictable, strict
from engine.conditions import same
from engine.findings import pointer
from engine.schema import compile_schema
from engine.tests.budget import budget

SHOWING = Showing(root={"$defs": DEFS})


def shown(source: Json) -> Json:
    """Return what a model is shown of a field, within the arguments of a tool."""
    field = SHOWING.schema(source, Place("t", []))
    return {"type": "object", "properties": {"x": field}, "additionalProperties": False}


def strictly(schema: Json) -> tuple[Json, list[Loss]]:
    """Return strict arguments and what they lose, where there can be any."""
    losses: list[Loss] = []
    try:
        return strict(schema, Place("t", losses)), losses
    except NotStrictable:
        assume(False)
        raise


def is_valid(schema: Json, value: Any) -> bool:
    """Judge a value twice: by the judge of the service, and by one that has nothing to do with it."""
    oracle = jsonschema.Draft202012Validator(
        schema, registry=Registry(), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    verdict = compile_schema(schema).is_valid(value)
    if "uri" not in str(schema):  # of which the other one knows nothing without a library of its own
        assert oracle.is_valid(value) == verdict
    return verdict


def has_strangers(value: Any, schema: Any) -> bool:
    """Tell whether there are members that no property names."""
    if isinstance(value, dict) and isinstance(schema, dict):
        known = schema.get("properties", {})
        return any(name not in known or has_strangers(part, known[name]) for name, part in value.items())
    if isinstance(value, list) and isinstance(schema, dict):
        return any(has_strangers(entry, schema.get("items")) for entry in value)
    return False


def is_known(path: Iterable[str | int], losses: Iterable[Loss]) -> bool:
    """Tell whether a violation is of what was lost there, or, in a union, somewhere in it."""
    parts = [*path]
    spot = pointer(*parts)
    lost = [loss.path + pointer(loss.keyword) for loss in losses]
    return any(
        f"{spot}/".startswith(f"{place}/") or (parts[-1] in ("anyOf", "oneOf") and place.startswith(f"{spot}/"))
        for place in lost
    )


@given(schemas(), st.data())
@budget(quick=40, thorough=3000)
def test_what_a_model_is_shown_judges_as_the_author_meant_it(source: Json, data: st.DataObject) -> None:
    losses: list[Loss] = []
    told = SHOWING.schema(source, Place("t", losses))
    value = data.draw(fitting(source) | values())

    meant = compile_schema({"$defs": DEFS, "allOf": [source]}).is_valid(value)
    assert is_valid(told, value) == meant or (losses and not meant)


@given(schemas(), st.data())
@budget(quick=40, thorough=3000)
def test_every_valid_answer_can_be_said_strictly_and_comes_back_as_it_was(source: Json, data: st.DataObject) -> None:
    schema = shown(source)
    made, _ = strictly(schema)
    value = {"x": data.draw(fitting(source))}
    assume(is_valid(schema, value) and not has_strangers(value, schema))

    said = in_full(value, schema)

    assert is_valid(made, said)
    assert same(restore(said, schema), value)


@given(schemas(), st.data())
@budget(quick=40, thorough=3000)
def test_what_a_strict_tool_admits_breaks_nothing_but_what_was_listed_as_lost(
    source: Json, data: st.DataObject
) -> None:
    schema = shown(source)
    made, losses = strictly(schema)
    said = data.draw(fitting(made))
    assume(is_valid(made, said))

    broken = compile_schema(schema).iter_errors(restore(said, schema))

    assert [error.schema_path for error in broken if not is_known(error.schema_path, losses)] == []


@given(schemas())
@budget(quick=40, thorough=3000)
def test_what_is_called_strict_is_what_openai_takes(source: Json) -> None:
    made, _ = strictly(shown(source))

    assert complaints(made) == []
    jsonschema.Draft202012Validator.check_schema(made)
