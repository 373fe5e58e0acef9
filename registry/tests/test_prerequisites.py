"""Prerequisites among templates: what is published is there, has the fields that are checked, and can be begun."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from conftest import document
from registry import publish_checks
from registry.models import WorkflowTemplate
from registry.publish_checks import OPERATOR
from registry.registry import WorkflowRegistry

type MakeTemplate = Callable[..., WorkflowTemplate]

LIST = "/api/workflow-templates"
CHECK = {"all": [{"field": "country", "op": "==", "value": "FR"}, {"not": {"field": "contry", "op": "answered"}}]}


def _found(**parts: Any) -> list[tuple[str, str, str]]:
    """Return what is found in a document with these parts."""
    return [(f.rule, str(f.severity), f.path) for f in WorkflowRegistry.validate(document(**parts))]


def _verdict(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def _path(template: WorkflowTemplate) -> str:
    return f"{LIST}/{template.pk}"


def test_prerequisites_are_content_and_come_back_as_they_were_sent(client: APIClient) -> None:
    prerequisites = ["kyc", {"template": "credit", "check": {"field": "score", "op": ">", "value": 5}}]

    made = client.post(LIST, document(prerequisites=prerequisites)).json()
    changed = client.patch(f"{LIST}/{made['id']}", {"prerequisites": ["kyc"]}).json()

    assert made["prerequisites"] == prerequisites
    assert (changed["prerequisites"], changed["current_version"]) == (["kyc"], 2)


def test_a_prerequisite_that_is_not_there_yet_is_a_warning_until_it_is(make_template: MakeTemplate) -> None:
    make_template(name="kyc")

    found = _found(prerequisites=["kyc", "credit", {"template": "income"}])

    assert found == [
        ("unknown_target", "warning", "/prerequisites/1"),
        ("unknown_target", "warning", "/prerequisites/2"),
    ]
    make_template(name="credit")
    make_template(name="income")
    assert _found(prerequisites=["kyc", "credit", {"template": "income"}]) == []


def test_a_check_on_a_field_that_the_other_template_does_not_have_is_a_warning(make_template: MakeTemplate) -> None:
    make_template(name="kyc", properties={"country": {"type": "string"}})

    (finding,) = WorkflowRegistry.validate(document(prerequisites=[{"template": "kyc", "check": CHECK}]))

    assert (finding.rule, str(finding.severity)) == ("unknown_field", "warning")
    assert finding.path == "/prerequisites/0/check/all/1/not"
    assert finding.message == "'kyc' has no field 'contry', so this is never known. Did you mean 'country'?"
    assert finding.suggestion == "country"


def test_the_other_side_of_a_comparison_must_be_there_too(make_template: MakeTemplate) -> None:
    make_template(name="trip", properties={"start": {"type": "string"}})
    rows = [{"field": "start", "op": "<", "ref": "finish"}, {"field": "start", "op": "<", "ref": "$today"}]

    found = _found(prerequisites=[{"template": "trip", "check": {"any": rows}}])

    assert found == [("unknown_field", "warning", "/prerequisites/0/check/any/0")]


def test_templates_that_need_each_other_cannot_be_published(client: APIClient, make_template: MakeTemplate) -> None:
    make_template(name="a", prerequisites=["b"])
    make_template(name="c", prerequisites=["x", {"template": "a"}])

    refused = client.post(LIST, document(name="b", prerequisites=["unheard of", "c", "a"]))

    assert _verdict(refused) == (400, "invalid_template")
    errors = [found for found in refused.json()["errors"] if found["severity"] == "error"]
    assert [(found["rule"], found["path"]) for found in errors] == [
        ("prerequisite_cycle", "/prerequisites/1"),
        ("prerequisite_cycle", "/prerequisites/2"),
    ]
    assert errors[0]["message"] == ("These need each other in a circle: b -> c -> a -> b. Nobody could ever begin.")
    assert not WorkflowTemplate.objects.filter(name="b").exists()


def test_a_template_may_be_needed_in_two_ways(make_template: MakeTemplate) -> None:
    make_template(name="kyc")
    make_template(name="a", prerequisites=["kyc"])
    make_template(name="b", prerequisites=["kyc", "a"])

    assert _found(prerequisites=["a", "b", "kyc"]) == []


def test_what_a_template_needed_before_is_no_reason_to_refuse_it(make_template: MakeTemplate) -> None:
    make_template(name="b")
    a = make_template(name="a", prerequisites=["b"])

    WorkflowRegistry.change(a.pk, {"prerequisites": []}, actor="author", at=a.created_at)

    assert _found(name="b", prerequisites=["a"]) == []


def test_others_in_a_circle_are_not_this_template_s_mistake(make_template: MakeTemplate) -> None:
    a, b = make_template(name="a"), make_template(name="b", prerequisites=["a"])
    WorkflowTemplate.objects.filter(pk=a.pk).update(prerequisites=[b.name])

    assert _found(name="c", prerequisites=["a", "b"]) == []


def test_a_long_chain_takes_a_query_for_each_level(
    make_template: MakeTemplate, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        make_template(name=f"t{number}", prerequisites=[f"t{number + 1}"])

    with django_assert_num_queries(8):
        (circle,) = publish_checks.prerequisites_end({"name": "t8", "prerequisites": ["t0"]}, OPERATOR)

    assert "t8 -> t0 -> t1 -> t2 -> t3 -> t4 -> t5 -> t6 -> t7 -> t8." in circle.message


def test_how_far_a_circle_is_looked_for_is_bounded(
    make_template: MakeTemplate, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_template(name="b", prerequisites=["c"])
    make_template(name="a", prerequisites=["b"])
    looked_for = {"name": "c", "prerequisites": ["a"]}
    assert len(list(publish_checks.prerequisites_end(looked_for, OPERATOR))) == 1

    for limit, least in (("MAX_LEVELS", 2), ("MAX_NEEDED", 3)):
        with monkeypatch.context() as bounded:
            bounded.setattr(publish_checks, limit, least - 1)
            assert list(publish_checks.prerequisites_end(looked_for, OPERATOR)) == []
            bounded.setattr(publish_checks, limit, least)
            assert len(list(publish_checks.prerequisites_end(looked_for, OPERATOR))) == 1


def test_a_template_that_others_need_keeps_its_name(client: APIClient, make_template: MakeTemplate) -> None:
    kyc = make_template(name="kyc")
    make_template(name="loan", prerequisites=["other", {"template": "kyc"}])
    make_template(name="account", prerequisites=["kyc"], end_action_type="workflow", end_action_target="kyc")
    make_template(name="unrelated", prerequisites=["kyc 2"])

    refused = client.patch(_path(kyc), {"name": "identity"})

    assert _verdict(refused) == (409, "template_referenced")
    assert refused.json()["referenced_by"] == ["account", "loan"]
    assert client.patch(_path(kyc), {"description": "words"}).status_code == 200


def test_a_template_cannot_need_what_it_was_called_before(client: APIClient, make_template: MakeTemplate) -> None:
    kyc = make_template(name="kyc")

    refused = client.patch(_path(kyc), {"name": "identity", "prerequisites": ["kyc"]})

    assert _verdict(refused) == (409, "template_referenced")
