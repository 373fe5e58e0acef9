"""Reusable steps as the editor puts them in, and as it knows which are behind."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from authoring.reuse.services import (
    Offer,
    StepNotReused,
    insertion,
    make_reusable,
    newer,
    newer_step,
    offers,
    take_newer,
)
from conftest import NOW, document, reusable_step, step
from engine.validation import validate
from registry import step_templates
from registry.errors import (
    DraftRevisionConflict,
    InvalidStepTemplate,
    NameTaken,
    StepTemplateNotFound,
    VersionNotFound,
)
from registry.models import StepTemplate, WorkflowTemplate
from registry.registry import WorkflowRegistry

type MakeStep = Callable[..., StepTemplate]

BY: dict[str, Any] = {"actor": "user:ada", "at": NOW}
TEXT: dict[str, Any] = {"type": "string", "minLength": 1}


def renamed(made: StepTemplate, name: str = "Where?") -> StepTemplate:
    """Publish a next version in which the step has another name."""
    return step_templates.change(made.pk, {"step": {**reusable_step()["step"], "name": name}}, **BY)


def using(**parts: Any) -> WorkflowTemplate:
    steps = [{"id": "home", "uses": "address@1", **parts}]
    return WorkflowRegistry.create(document(properties={}, steps=steps), **BY)


def test_what_is_put_in_makes_a_good_document(make_step_template: MakeStep) -> None:
    make_step_template()

    found = insertion("address", None, "", [], first_order=3)

    assert found["required"] == ["street", "city"]
    assert {name: part["x-order"] for name, part in found["properties"].items()} == {"street": 3, "city": 4}
    assert found["step"] == {"id": "address", "name": "Address", "fields": ["street", "city"], "uses": "address@1"}
    made = document(properties=found["properties"], required=found["required"], steps=[found["step"]])
    assert validate(made) == ()


@pytest.mark.parametrize(
    ("wanted", "taken", "prefix"),
    [
        ("", ["city"], "address_"),
        ("home_", ["city"], "home_"),
        ("home_", ["city", "home_city"], "home_2_"),
        ("at home", [], ""),
        ("_", ["_city", "city"], "address_"),
    ],
)
def test_where_a_name_would_clash_another_prefix_is_proposed(
    make_step_template: MakeStep, wanted: str, taken: list[str], prefix: str
) -> None:
    make_step_template()

    found = insertion("address", 1, wanted, taken)

    assert found["step"].get("prefix", "") == prefix
    assert found["step"]["fields"] == [f"{prefix}street", f"{prefix}city"]


def test_an_id_that_is_taken_gets_a_number(make_step_template: MakeStep) -> None:
    make_step_template(slug="my-address")

    assert insertion("my-address", 1, "", [])["step"]["id"] == "my_address"
    ids = {"my_address", "my_address_2"}
    assert insertion("my-address", 1, "", [], taken_ids=ids)["step"]["id"] == "my_address_3"


def test_the_version_that_is_named_is_put_in_else_the_latest(make_step_template: MakeStep) -> None:
    renamed(make_step_template())

    assert insertion("address", 1, "", [])["step"]["name"] == "Address"
    assert insertion("address", None, "", [])["step"]["name"] == "Where?"
    with pytest.raises(VersionNotFound):
        insertion("address", 3, "", [])
    with pytest.raises(StepTemplateNotFound):
        insertion("adress", None, "", [])


def test_there_are_offers_to_choose_from(
    make_step_template: MakeStep, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    renamed(make_step_template(category="people", description="Where somebody lives"))
    make_step_template(slug="home", name="Home")

    with django_assert_num_queries(2):
        home, address = offers()

    assert (home.slug, home.number) == ("home", 1)
    assert address == Offer(
        slug="address",
        number=2,
        name="Postal address",
        description="Where somebody lives",
        category="people",
        asks_for=("Street", "City"),
    )


def test_it_is_known_which_steps_are_behind(
    make_step_template: MakeStep, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    renamed(make_step_template())
    source = {"steps": [{"id": "a", "uses": "address@1"}, {"id": "b", "uses": "address@2"}, {"id": "c"}]}

    with django_assert_num_queries(1):
        assert newer(source) == {"a": 2}
    with django_assert_num_queries(0):
        assert newer(document()) == {}


@pytest.mark.parametrize("draft", [None, [], {"steps": 5}, {"steps": [5, {"uses": 5}]}])
def test_in_a_draft_that_is_wrong_nothing_is_behind(db: None, draft: Any) -> None:
    assert newer(draft) == {}
    with pytest.raises(StepNotReused):
        newer_step(draft, "home")


def test_the_newer_version_goes_into_the_draft_and_what_is_published_stays(make_step_template: MakeStep) -> None:
    made, template = make_step_template(), using()
    renamed(made)

    found = take_newer(template.pk, "home", revision=0, **BY)

    template.refresh_from_db()
    assert (found.number, found.latest, found.is_behind) == (1, 2, True)
    assert template.draft is not None
    assert (template.draft["steps"][0]["name"], template.draft["steps"][0]["uses"]) == ("Where?", "address@2")
    assert (template.draft_author, template.steps[0]["name"]) == ("user:ada", "Address")
    assert WorkflowRegistry.publish_draft(template.pk, **BY).steps[0]["uses"] == "address@2"


def test_a_draft_that_waits_to_be_filled_in_is_filled_in_first(make_step_template: MakeStep) -> None:
    made, template = make_step_template(), using()
    renamed(made)
    draft = {**template.document(), "steps": [*template.steps, {"id": "work", "uses": "address@1", "prefix": "w_"}]}
    WorkflowRegistry.save_draft(template.pk, draft, **BY)

    take_newer(template.pk, "work", revision=1, **BY)

    template.refresh_from_db()
    assert template.draft is not None
    home, work = template.draft["steps"]
    assert (home["uses"], work["uses"], work["fields"]) == ("address@1", "address@2", ["w_street", "w_city"])


def test_a_draft_that_somebody_saved_meanwhile_is_not_overwritten(make_step_template: MakeStep) -> None:
    made, template = make_step_template(), using()
    renamed(made)
    WorkflowRegistry.save_draft(template.pk, template.document(), **BY)

    with pytest.raises(DraftRevisionConflict):
        take_newer(template.pk, "home", revision=0, **BY)


def test_nothing_is_stored_if_there_is_nothing_newer_or_it_cannot_be_taken(make_step_template: MakeStep) -> None:
    made = make_step_template()
    template = using()
    assert not take_newer(template.pk, "home", revision=0, **BY).is_behind
    clash = {"properties": {**template.state_schema["properties"], "country": {"type": "number"}}}
    WorkflowRegistry.change(template.pk, {"state_schema": {**template.state_schema, **clash}}, **BY)
    fields = {"street": TEXT, "city": TEXT, "country": TEXT}
    step_templates.replace(made.pk, reusable_step(properties=fields), **BY)

    assert take_newer(template.pk, "home", revision=0, **BY).upgrade.findings

    template.refresh_from_db()
    assert template.draft is None


def test_a_step_of_which_the_origin_is_not_there_cannot_be_brought_up_to_date(make_step_template: MakeStep) -> None:
    make_step_template()
    source = document(steps=[step("a", fields=["email"], uses="gone@1"), step("b", uses="address@9", fields=["email"])])

    for step_id in ("a", "b", "c"):
        with pytest.raises(StepNotReused):
            newer_step(source, step_id)


def order(**parts: Any) -> dict[str, Any]:
    return {"slug": "mail", "name": "Mail", "description": "", "is_next": False, **BY, **parts}


def test_a_step_is_made_reusable(db: None) -> None:
    made, leaves_when = make_reusable(document(), "only", **order())

    assert (made.slug, made.current_version, made.current().published_by, leaves_when) == ("mail", 1, "user:ada", False)
    assert WorkflowRegistry.validate(document(properties={}, steps=[{"id": "x", "uses": "mail@1"}])) == ()


def test_a_taken_slug_is_refused_unless_it_is_to_be_the_next_version(db: None) -> None:
    make_reusable(document(), "only", **order())
    source = document(steps=[step(fields=["email"], description="New.")])

    with pytest.raises(NameTaken):
        make_reusable(source, "only", **order())
    made, _ = make_reusable(source, "only", **order(is_next=True))

    assert (made.current_version, made.current().content["step"]["description"]) == (2, "New.")


def test_what_keeps_a_step_from_being_reusable_is_told(db: None) -> None:
    with pytest.raises(InvalidStepTemplate):
        make_reusable(document(), "other", **order())
    with pytest.raises(InvalidStepTemplate):
        make_reusable(document(), "only", **order(slug="No slug"))
