"""Versions: what makes one, that it never changes, and how two of them differ."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jsonpatch
import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from conftest import NOW, step
from events.models import Event
from registry.diffs import patch_between
from registry.errors import TemplateNotFound, VersionNotFound
from registry.models import TemplateVersion, VersionIsImmutable, WorkflowTemplate
from registry.registry import WorkflowRegistry

type MakeTemplate = Callable[..., WorkflowTemplate]

LATER = NOW + timedelta(hours=1)


def _path(template: WorkflowTemplate) -> str:
    return f"/api/workflow-templates/{template.pk}"


def _changed(template: WorkflowTemplate, **changes: Any) -> WorkflowTemplate:
    return WorkflowRegistry.change(template.pk, changes, actor="editor", at=LATER)


@pytest.mark.parametrize(
    "change",
    [
        {"guidelines": "Be kind."},
        {"state_schema": {"type": "object", "properties": {"email": {"type": "string"}}}},
        {"steps": [step("only", fields=["email"], description="Why we ask")]},
        {"end_action_type": "api_call", "end_action_target": "https://bank.example/loans"},
        {"end_action_config": {"method": "PUT"}},
        {"time_zone": "Europe/Paris"},
    ],
)
def test_changed_content_is_the_next_version(make_template: MakeTemplate, change: dict[str, Any]) -> None:
    template = make_template()

    changed = _changed(template, **change)

    assert changed.current_version == 2
    first, second = TemplateVersion.objects.order_by("number")
    assert first.content() == template.content()
    assert second.content() == {**template.content(), **change}
    assert (second.number, second.published_by, second.published_at) == (2, "editor", LATER)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"name": "another name"},
        {"description": "words"},
        {"category": "money"},
        {"metadata": {"owner": "anna"}},
        {"is_active": False},
        {"guidelines": None},
    ],
)
def test_changed_settings_make_no_version(make_template: MakeTemplate, change: dict[str, Any]) -> None:
    template = make_template()

    changed = _changed(template, **change)

    assert (changed.current_version, changed.updated_at) == (1, LATER)
    assert TemplateVersion.objects.count() == 1
    assert Event.objects.count() == 1


def test_the_same_holds_for_put_and_patch_over_http(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template()
    read = client.get(_path(template)).json()

    versions = [
        client.put(_path(template), {**read, "category": "money"}).json()["current_version"],
        client.put(_path(template), {**read, "guidelines": "Be kind."}).json()["current_version"],
        client.patch(_path(template), {"description": "words"}).json()["current_version"],
        client.patch(_path(template), {"guidelines": "Be quick."}).json()["current_version"],
    ]

    assert versions == [1, 2, 2, 3]


def _with_default(value: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"email": {"default": value}}, "required": ["email"]}


@pytest.mark.parametrize(
    ("before", "after", "is_change"),
    [(1, True, True), (0, False, True), ([1], [True], True), (1, 1.0, False), (1, "1", True), ("", None, True)],
)
def test_a_change_of_kind_is_a_change(make_template: MakeTemplate, before: Any, after: Any, is_change: bool) -> None:
    template = make_template(state_schema=_with_default(before), steps=[step(fields=["email"])])

    changed = _changed(template, state_schema=_with_default(after))

    assert changed.current_version == (2 if is_change else 1)
    stored = WorkflowTemplate.objects.get().state_schema["properties"]["email"]["default"]
    assert repr(stored) == repr(after) or not is_change


def test_the_order_of_keys_is_no_change_and_the_order_of_steps_is(make_template: MakeTemplate) -> None:
    steps = [step("a", fields=["email"]), step("b")]
    template = make_template(steps=steps)

    reordered_keys = [dict(reversed(part.items())) for part in steps]
    assert _changed(template, steps=reordered_keys).current_version == 1
    assert _changed(template, steps=steps[::-1]).current_version == 2


def test_a_version_never_changes(make_template: MakeTemplate) -> None:
    make_template()
    version = TemplateVersion.objects.get()
    version.guidelines = "Something else."

    with pytest.raises(VersionIsImmutable):
        version.save()
    with pytest.raises(VersionIsImmutable):
        version.save(update_fields=["guidelines"])
    with pytest.raises(VersionIsImmutable):
        TemplateVersion.objects.update(guidelines="Something else.")

    assert TemplateVersion.objects.get().guidelines == ""


def test_two_versions_of_a_template_never_share_a_number(make_template: MakeTemplate) -> None:
    template = make_template()

    with pytest.raises(IntegrityError), transaction.atomic():
        TemplateVersion.objects.create(template=template, number=1, published_at=NOW, **template.content())


def test_every_version_is_an_event_of_its_template(make_template: MakeTemplate) -> None:
    template = make_template(name="loan")
    _changed(template, guidelines="Be kind.")
    WorkflowRegistry.restore(template.pk, 1, actor="operator", at=LATER)

    events = list(Event.objects.of(template.pk))

    assert [(event.sequence, event.type, event.template_version) for event in events] == [
        (number, "template.published", number) for number in (1, 2, 3)
    ]
    assert [event.actor for event in events] == ["author", "editor", "operator"]
    assert [event.at for event in events] == [NOW, LATER, LATER]
    assert [event.data for event in events] == [
        {"name": "loan", "note": ""},
        {"name": "loan", "note": ""},
        {"name": "loan", "note": "Restored version 1."},
    ]


def test_a_parameter_that_the_list_of_versions_does_not_know_is_refused(
    client: APIClient, make_template: MakeTemplate
) -> None:
    assert client.get(f"{_path(make_template())}/versions?numbers=1").status_code == 400


def test_versions_are_listed_newest_first_and_shown_one_by_one(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template(guidelines="first")
    client.patch(_path(template), {"guidelines": "second"})

    listed = client.get(f"{_path(template)}/versions").json()
    page = client.get(f"{_path(template)}/versions?skip=1&limit=1").json()
    shown = [client.get(f"{_path(template)}/versions/{number}").json() for number in (1, 2)]

    assert (listed["count"], [found["number"] for found in listed["results"]]) == (2, [2, 1])
    assert [found["number"] for found in page["results"]] == [1]
    assert [found["guidelines"] for found in shown] == ["first", "second"]
    assert shown[0].items() >= {**template.content(), "published_by": "author", "note": ""}.items()
    assert shown[1]["published_by"].startswith("key:")


@pytest.mark.parametrize("number", ["0", "3", str(2**31), str(2**63), "9" * 100])
def test_a_version_that_is_not_there_is_not_found(client: APIClient, make_template: MakeTemplate, number: str) -> None:
    path = f"{_path(make_template())}/versions/{number}"

    answers = [client.get(path), client.get(f"{path}/diff?against=1"), client.post(f"{path}/restore")]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "not_found")] * 3


@pytest.mark.parametrize(("against", "status"), [("0", 400), ("x", 400), ("1.5", 400), (str(2**31), 400), ("7", 404)])
def test_a_version_is_compared_with_one_that_is_there(
    client: APIClient, make_template: MakeTemplate, against: str, status: int
) -> None:
    path = f"{_path(make_template())}/versions/1/diff"

    assert client.get(f"{path}?against={against}").status_code == status
    assert client.get(f"{path}?agianst=1").status_code == 400


def test_the_diff_turns_one_version_into_the_other(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template(steps=[step("a", fields=["email"]), step("b"), step("c")])
    _changed(template, steps=[step("c"), step("b", required=False), step("a", fields=["email"])], guidelines="Be kind.")
    _changed(template, end_action_type="api_call", end_action_target="https://bank.example", guidelines="")
    contents = {version.number: version.content() for version in TemplateVersion.objects.all()}

    for number in (1, 2, 3):
        for against in (1, 2, 3):
            answer = client.get(f"{_path(template)}/versions/{number}/diff?against={against}").json()
            assert (answer["number"], answer["against"]) == (number, against)
            assert jsonpatch.apply_patch(contents[against], answer["patch"]) == contents[number]
            assert bool(answer["patch"]) == bool(answer["words"]) == (number != against)

    assert client.get(f"{_path(template)}/versions/3/diff").json()["against"] == 2


def test_the_diff_tells_in_words_what_changed(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template(guidelines="Be quick.")
    headers = {"Authorization": "Bearer planted-value"}
    _changed(template, guidelines="Be kind.", end_action_type="none", end_action_config={"headers": headers})

    answer = client.get(f"{_path(template)}/versions/2/diff").json()

    assert answer["words"] == [
        {
            "kind": "changed",
            "part": "about",
            "subject": "Guidelines",
            "words": "Guidelines “Be quick.” becomes “Be kind.”",
            "before": "“Be quick.”",
            "after": "“Be kind.”",
            "path": "/guidelines",
        },
        {
            "kind": "added",
            "part": "finish",
            "subject": "End action",
            "words": "End action: header “Authorization” added",
            "before": None,
            "after": None,
            "path": "/end_action_config/headers/Authorization",
        },
    ]


def test_the_first_version_is_told_by_what_came(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template()

    answer = client.get(f"{_path(template)}/versions/1/diff").json()

    assert answer["against"] == 0
    assert [one["words"] for one in answer["words"]] == [
        "Field “Email” added (e-mail address, required)",
        "Step “Only” added at the beginning",
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a", "~", "/"]),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "~1", "/", ""]), parts),
    max_leaves=12,
)


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(before=st.dictionaries(st.sampled_from("abc"), JSON), after=st.dictionaries(st.sampled_from("abc"), JSON))
def test_every_patch_turns_the_one_into_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    untouched = copy.deepcopy((before, after))

    turned = jsonpatch.apply_patch(before, patch_between(before, after))

    assert repr_of(turned) == repr_of(after)
    assert (before, after) == untouched


def repr_of(value: Any) -> str:
    """Return a text in which 1 and true differ, and the order of keys does not matter."""
    if isinstance(value, dict):
        return repr({key: repr_of(value[key]) for key in sorted(value)})
    return repr(list(map(repr_of, value))) if isinstance(value, list) else repr(value)


def test_restoring_publishes_old_content_as_a_new_version_and_keeps_the_settings(
    client: APIClient, make_template: MakeTemplate
) -> None:
    template = make_template(guidelines="first", category="old")
    client.patch(_path(template), {"guidelines": "second", "category": "new", "name": "renamed"})

    answer = client.post(f"{_path(template)}/versions/1/restore")

    assert answer.status_code == 200
    restored = answer.json()
    assert (restored["current_version"], restored["guidelines"]) == (3, "first")
    assert (restored["category"], restored["name"]) == ("new", "renamed")
    assert TemplateVersion.objects.get(number=3).note == "Restored version 1."
    assert TemplateVersion.objects.get(number=2).guidelines == "second"
    assert client.post(f"{_path(template)}/versions/1/restore", {"note": "typo"}).status_code == 400


def test_the_registry_refuses_what_is_not_there(make_template: MakeTemplate) -> None:
    template = make_template()

    with pytest.raises(TemplateNotFound):
        WorkflowRegistry.replace(uuid4(), template.document(), actor="editor", at=LATER)
    with pytest.raises(TemplateNotFound):
        WorkflowRegistry.delete(uuid4())
    with pytest.raises(VersionNotFound):
        WorkflowRegistry.restore(template.pk, 2, actor="editor", at=LATER)
