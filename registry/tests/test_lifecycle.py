"""A template among others: switched off, renamed, deleted; what is checked before it is published."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from rest_framework.test import APIClient

from conftest import NOW, document, step
from engine.findings import Finding, Severity
from events.models import Event
from instances.models import Workflow
from permissions.models import UserType
from registry import definitions, publish_checks
from registry.errors import InvalidDocument
from registry.models import TemplateVersion, WorkflowTemplate
from registry.publish_checks import Publisher
from registry.registry import WorkflowRegistry

type MakeTemplate = Callable[..., WorkflowTemplate]

LIST = "/api/workflow-templates"
LATER = NOW + timedelta(hours=1)


def _path(template: WorkflowTemplate) -> str:
    return f"{LIST}/{template.pk}"


def _verdict(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_an_inactive_template_is_not_startable_and_what_runs_goes_on(
    client: APIClient, make_workflow: Callable[..., Workflow]
) -> None:
    workflow = make_workflow()
    order = {"template_id": str(workflow.template_id), "user_type_id": str(workflow.user_type_id), "user_id": "u"}

    client.patch(_path(workflow.template), {"is_active": False})

    refused = client.post("/api/workflows", {**order, "conversation_id": "another"})
    assert _verdict(refused) == (409, "template_inactive")
    running = client.post(f"/api/workflows/{workflow.pk}/submit", {"data": {"email": "anna@example.org"}})
    assert (running.status_code, running.json()["workflow"]["status"]) == (200, "completed")
    client.patch(_path(workflow.template), {"is_active": True})
    assert client.post("/api/workflows", {**order, "conversation_id": "another"}).status_code == 201


def test_a_template_that_needs_a_grant_says_so_before_it_says_that_it_is_off(
    client: APIClient, make_template: MakeTemplate, make_user_type: Callable[..., UserType]
) -> None:
    template = make_template(is_active=False)
    order = {"template": template.name, "user_type": make_user_type().name, "conversation_id": "c", "user_id": "u"}

    assert _verdict(client.post("/api/workflows", order)) == (403, "not_granted")


def test_retiring_switches_a_template_off_without_a_new_version(make_template: MakeTemplate) -> None:
    template = make_template()

    retired = WorkflowRegistry.retire(template.pk, actor="operator", at=LATER)

    assert (retired.is_active, retired.current_version, retired.updated_at) == (False, 1, LATER)
    assert list(WorkflowTemplate.objects.filter(is_active=True)) == []


def test_workflows_keep_the_version_they_were_started_with(
    client: APIClient, make_workflow: Callable[..., Workflow]
) -> None:
    workflow = make_workflow()
    client.patch(_path(workflow.template), {"guidelines": "second"})
    later = make_workflow(template=workflow.template)

    assert [client.get(f"/api/workflows/{w.pk}").json()["version"] for w in (workflow, later)] == [1, 2]


def test_a_template_that_others_hand_over_to_keeps_its_name(client: APIClient, make_template: MakeTemplate) -> None:
    thanks = make_template(name="thanks")
    make_template(name="loan", end_action_type="workflow", end_action_target="thanks")
    make_template(name="unrelated", end_action_type="tool_call", end_action_target="thanks")

    refused = client.patch(_path(thanks), {"name": "thank you"})

    assert _verdict(refused) == (409, "template_referenced")
    assert refused.json()["referenced_by"] == ["loan"]
    assert WorkflowTemplate.objects.get(pk=thanks.pk).name == "thanks"
    assert client.patch(_path(thanks), {"name": "thanks", "description": "words"}).status_code == 200


def test_an_ending_in_the_middle_refers_to_its_target_too(client: APIClient, make_template: MakeTemplate) -> None:
    end = {"outcome": "other", "end_action_type": "workflow", "end_action_target": "loan"}
    steps = [step(fields=["email"]), step("end", when={"field": "email", "op": "==", "value": "x"}, end=end)]

    early = client.post(LIST, document(name="first", steps=steps)).json()
    template = make_template(name="loan")
    refused = client.patch(_path(template), {"name": "credit"})

    assert [(found["rule"], found["path"]) for found in early["findings"]] == [
        ("unknown_target", "/steps/1/end/end_action_target")
    ]
    assert _verdict(refused) == (409, "template_referenced")
    assert refused.json()["referenced_by"] == ["first"]


def test_a_template_that_nobody_refers_to_can_be_renamed(client: APIClient, make_template: MakeTemplate) -> None:
    template = make_template(name="loan")

    assert client.patch(_path(template), {"name": "credit"}).json()["name"] == "credit"
    assert client.post(LIST, document(name="loan")).status_code == 201


def test_a_template_that_repeats_itself_is_renamed_together_with_its_target(
    client: APIClient, make_template: MakeTemplate
) -> None:
    diary = make_template(name="diary", end_action_type="workflow", end_action_target="diary")

    assert _verdict(client.patch(_path(diary), {"name": "journal"})) == (409, "template_referenced")
    renamed = client.patch(_path(diary), {"name": "journal", "end_action_target": "journal"})

    assert (renamed.status_code, renamed.json()["findings"]) == (200, [])


def test_a_target_that_is_not_there_yet_is_a_warning_until_it_is(
    client: APIClient, make_template: MakeTemplate
) -> None:
    body = document(name="loan", end_action_type="workflow", end_action_target="thanks")

    loan = client.post(LIST, body).json()
    assert [(found["rule"], found["severity"], found["path"]) for found in loan["findings"]] == [
        ("unknown_target", "warning", "/end_action_target")
    ]

    make_template(name="thanks")
    assert client.patch(f"{LIST}/{loan['id']}", {}).json()["findings"] == []


def test_a_template_may_hand_over_to_itself(client: APIClient) -> None:
    body = document(name="diary", end_action_type="workflow", end_action_target="diary")

    assert client.post(LIST, body).json()["findings"] == []


@pytest.fixture
def checks() -> Iterator[list[publish_checks.PublishCheck]]:
    """The list of publish checks, as it was again after the test."""
    before = list(publish_checks._checks)
    yield publish_checks._checks
    publish_checks._checks[:] = before


def _no_kittens(severity: Severity) -> publish_checks.PublishCheck:
    def check(document: Mapping[str, Any], _: Publisher) -> Iterable[Finding]:
        if "kitten" in document["guidelines"]:
            yield Finding(rule="kittens", severity=severity, path="/guidelines", message="No kittens.")

    return check


def test_a_registered_check_blocks_every_way_of_publishing(
    client: APIClient, make_template: MakeTemplate, checks: list[publish_checks.PublishCheck]
) -> None:
    template = make_template(guidelines="kitten")
    client.patch(_path(template), {"guidelines": "dog"})
    client.put(f"{_path(template)}/draft", {"document": {**template.document(), "guidelines": "kitten"}})

    publish_checks.register(_no_kittens(Severity.ERROR))

    answers = [
        client.post(LIST, document(guidelines="kitten")),
        client.put(_path(template), {**template.document(), "guidelines": "kitten"}),
        client.patch(_path(template), {"guidelines": "kitten"}),
        client.post(f"{_path(template)}/publish"),
        client.post(f"{_path(template)}/versions/1/restore"),
    ]
    for answer in answers:
        assert _verdict(answer) == (400, "invalid_template")
        assert [error["code"] for error in answer.json()["errors"]] == ["kittens"]
    assert client.post(f"{LIST}/validate", document(guidelines="kitten")).json()["valid"] is False
    assert TemplateVersion.objects.count() == 2
    assert client.get(f"{_path(template)}/draft").status_code == 200


def test_a_check_is_told_what_whoever_publishes_holds(
    client: APIClient,
    make_client: Callable[..., APIClient],
    make_template: MakeTemplate,
    checks: list[publish_checks.PublishCheck],
) -> None:
    def only_tool_users(document: Mapping[str, Any], publisher: Publisher) -> Iterable[Finding]:
        if "tool" in document["guidelines"] and not publisher.holds("x.use", scope="tools:use"):
            yield Finding(rule="tools", path="/guidelines", message="No tools for you.")

    author, body = make_client(scopes=["templates:read", "templates:write"]), document(guidelines="tool")
    publish_checks.register(only_tool_users)
    template = make_template()
    address = _path(template)
    client.put(f"{address}/draft", {"document": {**template.document(), "guidelines": "tool"}})

    ways: list[Callable[[APIClient], Any]] = [
        lambda who: who.post(f"{LIST}/validate", body),
        lambda who: who.post(LIST, body),
        lambda who: who.post(f"{address}/publish", {}),
        lambda who: who.patch(address, {"guidelines": "tools"}),
        lambda who: who.put(address, {**template.document(), "guidelines": "a tool"}),
        lambda who: who.post(f"{address}/versions/2/restore"),
    ]
    for ask in ways:
        refused, taken = ask(author).json(), ask(client).json()
        findings = refused.get("findings") or refused["errors"]
        assert [found.get("rule") or found["code"] for found in findings] == ["tools"]
        assert taken.get("findings") == []


def test_what_is_published_already_can_be_renewed_and_retired_whatever_the_world_came_to(
    client: APIClient, make_template: MakeTemplate, checks: list[publish_checks.PublishCheck]
) -> None:
    template = make_template(guidelines="kitten")
    publish_checks.register(_no_kittens(Severity.ERROR))

    described = client.patch(_path(template), {"description": "New."})
    retired = client.put(_path(template), {**template.document(), "is_active": False})

    assert (described.status_code, retired.status_code) == (200, 200)
    assert [found["rule"] for found in retired.json()["findings"]] == ["kittens"]
    assert _verdict(client.patch(_path(template), {"name": "other"})) == (400, "invalid_template")
    assert _verdict(client.put(_path(template), {"steps": []})) == (400, "invalid_template")


def test_a_publisher_holds_a_permission_by_its_name_by_the_scope_or_by_being_an_operator() -> None:
    held = [
        Publisher(scopes=frozenset({"s"})),
        Publisher(permissions=frozenset({"p"})),
        publish_checks.OPERATOR,
        Publisher(scopes=frozenset({"p"}), permissions=frozenset({"s"})),
        publish_checks.NOBODY_IN_PARTICULAR,
    ]

    assert [one.holds("p", scope="s") for one in held] == [True, True, True, False, False]


def test_a_warning_of_a_check_informs_and_does_not_block(
    client: APIClient, checks: list[publish_checks.PublishCheck]
) -> None:
    publish_checks.register(_no_kittens(Severity.WARNING))

    response = client.post(LIST, document(guidelines="kitten"))

    assert response.status_code == 201
    assert [found["rule"] for found in response.json()["findings"]] == ["kittens"]


def test_a_check_is_asked_once_and_only_about_documents_without_errors(
    db: None, checks: list[publish_checks.PublishCheck]
) -> None:
    asked: list[Mapping[str, Any]] = []

    def note(document: Mapping[str, Any], _: Publisher) -> Iterable[Finding]:
        asked.append(document)
        return ()

    publish_checks.register(note)
    publish_checks.register(note)
    with pytest.raises(InvalidDocument):
        WorkflowRegistry.create(document(steps=[]), actor="author", at=NOW)
    assert asked == []

    WorkflowRegistry.create(document(category=None), actor="author", at=NOW)
    assert [found["category"] for found in asked] == [""]


def test_a_publication_that_fails_leaves_no_event_and_no_version(make_template: MakeTemplate) -> None:
    template = make_template()

    with pytest.raises(InvalidDocument) as refused:
        WorkflowRegistry.change(template.pk, {"steps": [], "colour": "red"}, actor="editor", at=LATER)

    assert {found.path for found in refused.value.findings} >= {"/steps", "/colour"}
    assert Event.objects.count() == TemplateVersion.objects.count() == 1


@pytest.mark.parametrize("model", [WorkflowTemplate, TemplateVersion])
@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        ({"end_action_type": "explode", "end_action_target": "x"}, "end_action_type_known"),
        ({"end_action_type": "", "end_action_target": "x"}, "end_action_type_known"),
        ({"end_action_type": "workflow", "end_action_target": ""}, "end_action_target_present"),
        ({"end_action_type": "api_call"}, "end_action_target_present"),
        ({"end_action_type": "tool_call"}, "end_action_target_present"),
    ],
)
def test_the_database_itself_refuses_a_wrong_end_action(
    make_template: MakeTemplate, model: type[models.Model], row: dict[str, str], constraint: str
) -> None:
    make_template()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        models.QuerySet(model).update(**row)  # past the guard of versions

    assert model._default_manager.filter(end_action_type="none").count() == 1


def test_the_database_itself_keeps_names_unique(make_template: MakeTemplate) -> None:
    make_template(name="loan")
    other = make_template()

    with pytest.raises(IntegrityError), transaction.atomic():
        WorkflowTemplate.objects.filter(pk=other.pk).update(name="loan")


def test_definitions_are_read_once_and_forgotten_when_there_are_too_many(
    make_template: MakeTemplate, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make_template()
    first, second, third = TemplateVersion.objects.values_list("pk", flat=True)
    monkeypatch.setattr(definitions, "MAX_KEPT", 2)

    with django_assert_num_queries(1):
        assert set(definitions.definitions_of([first, second])) == {first, second}
    with django_assert_num_queries(0):
        kept = definitions.definition_of(first)
    with django_assert_num_queries(1):
        definitions.definition_of(third)
    with django_assert_num_queries(0):
        assert definitions.definition_of(first) is kept
    with django_assert_num_queries(1):
        definitions.definition_of(second)
