"""The examples are what they say: every template imports clean and every walk is a conversation that happens so."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from rest_framework.test import APIClient

from authoring.tests.outside import Outside
from authoring.transfer.documents import read
from conftest import NOW
from deliveries import sending
from deliveries.tests.working import work
from engine.filling import UNANSWERED
from engine.placeholders import PLACEHOLDER
from permissions.models import UserType
from registry.models import WorkflowTemplate
from registry.publish_checks import OPERATOR
from registry.registry import WorkflowRegistry

EXAMPLES = settings.BASE_DIR / "examples"
TEMPLATES = sorted((EXAMPLES / "templates").glob("*.yaml"))
NAMES = [path.stem for path in TEMPLATES]

pytestmark = pytest.mark.usefixtures("example_secrets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One conversation from `examples/walks`."""

    template: str
    title: str
    submissions: list[dict[str, Any]]
    answers: list[dict[str, Any]] = field(default_factory=list)


def _walks() -> list[Walk]:
    found = [(path.stem, walk) for path in sorted((EXAMPLES / "walks").glob("*.yaml")) for walk in _read(path)]
    return [Walk(template=template, **walk) for template, walk in found]


def _read(path: Any) -> list[dict[str, Any]]:
    return [found.document for found in read(path.read_bytes(), "yaml")]


WALKS = _walks()


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Return what answers instead of the network."""
    outside = Outside()
    monkeypatch.setattr(sending, "send_request", outside.send)
    return outside


@pytest.fixture
def customer_of(client: APIClient, make_user_type: Callable[..., UserType]) -> Callable[[str], UserType]:
    """Return a builder of user types that may use an example, what it needs and what it hands over to.

    User 1 has completed what it needs.
    """

    def make(name: str) -> UserType:
        (document,) = _read(_template(name))
        needs = document.get("prerequisites", [])
        follows = [document["end_action_target"]] if document["end_action_type"] == "workflow" else []
        documents = [document, *(part for other in needs + follows for part in _read(_template(other)))]
        made = [WorkflowRegistry.create(part, actor="author", at=NOW, publisher=OPERATOR) for part in documents]
        customer = make_user_type(*made)
        for needed in needs:
            _walked(client, customer, needed)
        return customer

    return make


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_no_findings_but_a_target_that_is_not_there_yet(name: str) -> None:
    (document,) = _read(_template(name))

    alone = {finding.rule for finding in WorkflowRegistry.validate(document, publisher=OPERATOR)}
    call_command("import_templates", str(EXAMPLES / "templates"), verbosity=0)
    together = WorkflowRegistry.validate(document, publisher=OPERATOR)

    assert alone <= {"unknown_target"}
    assert together == ()
    assert document["name"] == name


@pytest.mark.parametrize("name", NAMES)
def test_a_template_has_walks_and_values_that_are_refused(name: str) -> None:
    expected = [said["expect"] for walk in WALKS if walk.template == name for said in walk.submissions]

    assert expected
    assert any(expect.get("rejected") for expect in expected)


def test_a_walk_belongs_to_a_template() -> None:
    assert {walk.template for walk in WALKS} <= set(NAMES)


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: f"{walk.template}: {walk.title}")
def test_a_walk_happens_as_it_is_written(
    walk: Walk, client: APIClient, customer_of: Callable[[str], UserType], outside: Outside
) -> None:
    path = _started(client, walk.template, customer_of(walk.template))

    seen = [_seen(answer) for answer in _answers(client, path, walk, outside)]

    assert seen == [_expected(submission["expect"]) for submission in walk.submissions]
    assert outside.asked == [answer["to"] for answer in walk.answers]
    assert seen[-1]["next"] in ("done", "finishing", "confirm")


def _is_said(message: str, told: str) -> bool:
    """Tell whether words are a message with answers in it; one that is missing would be no answer."""
    parts = PLACEHOLDER.sub("\0", message).split("\0")
    found = re.fullmatch("(.+)".join(map(re.escape, parts)), told)
    return found is not None and UNANSWERED not in found.groups()


@pytest.mark.parametrize("name", NAMES)
def test_walks_break_every_rule_and_take_and_leave_every_branch(
    name: str, client: APIClient, customer_of: Callable[[str], UserType], outside: Outside
) -> None:
    customer = customer_of(name)
    broken: set[Any] = set()
    taken: list[set[Any]] = []
    ended: set[Any] = set()

    for walk in (walk for walk in WALKS if walk.template == name):
        path = _started(client, name, customer, conversation=walk.title)
        answers = list(_answers(client, path, walk, outside))
        broken |= {unmet["message"].strip() for answer in answers for unmet in answer["unmet"]}
        taken.append({step for answer in answers for step in answer["completed_steps"]})
        ended.add(answers[-1]["workflow"]["outcome"])

    document = WorkflowTemplate.objects.get(name=name).document()
    branches = {step["id"] for step in document["steps"] if "when" in step and "end" not in step}
    rules = {rule["message"].strip() for step in document["steps"] for rule in step.get("rules", [])}
    assert [rule for rule in rules if not any(_is_said(rule, told) for told in broken)] == []
    assert {step["end"]["outcome"] for step in document["steps"] if "end" in step} <= ended
    assert branches <= set.union(*taken)
    assert not branches & set.intersection(*taken)


@pytest.mark.django_db
def test_the_user_types_grant_every_template_and_nothing_else() -> None:
    granted = {template for kind in _read(EXAMPLES / "user_types.yaml") for template in kind["templates"]}

    assert granted == set(NAMES)


def test_an_account_waits_for_the_identity_check(client: APIClient, customer_of: Callable[[str], UserType]) -> None:
    customer = customer_of("account_opening")
    order = {"template": "account_opening", "user_type": customer.name, "conversation_id": "c", "user_id": "user 2"}

    account = client.post("/api/workflows", {**order, "on_unmet": "start"}).json()

    assert (account["status"], account["waiting_for"]) == ("created", ["identity_verification"])
    assert account["started_prerequisite"]["template"] == "identity_verification"


def test_the_identity_check_hands_over_to_the_account_with_what_both_ask(
    client: APIClient, customer_of: Callable[[str], UserType]
) -> None:
    customer = customer_of("identity_verification")

    last = _walked(client, customer, "identity_verification", conversation="one conversation")

    assert (last["status"], last["outcome"]) == ("completed", "completed")
    account = client.get(f"/api/workflows/{last['successor_id']}").json()
    assert (account["template"], account["status"]) == ("account_opening", "active")
    assert (account["conversation_id"], account["user_id"]) == ("one conversation", "user 1")
    assert account["current_step"] == "account"
    assert account["state_data"] == {
        "full_name": "Marta Kowalczyk",
        "date_of_birth": "1991-10-08",
        "country": "DE",
        "email": "marta@kowalczyk.example",
        "street": "Lindenweg 4",
        "postcode": "10115",
        "city": "Berlin",
    }


def _template(name: str) -> Path:
    return EXAMPLES / "templates" / f"{name}.yaml"


def _walked(client: APIClient, user_type: UserType, template: str, *, conversation: str = "before") -> dict[str, Any]:
    """Start a workflow, hand in what its first walk does, and return it as it is then."""
    walk = next(walk for walk in WALKS if walk.template == template)
    path = _started(client, template, user_type, conversation=conversation)
    last: dict[str, Any] = [_said(client, path, submission)["workflow"] for submission in walk.submissions][-1]
    return last


def _started(client: APIClient, template: str, user_type: UserType, *, conversation: str = "c1") -> str:
    order = {"template": template, "user_type": user_type.name, "conversation_id": conversation, "user_id": "user 1"}
    response = client.post("/api/workflows", order)
    assert response.status_code == 201, response.content
    return f"/api/workflows/{response.json()['id']}"


def _answers(client: APIClient, path: str, walk: Walk, outside: Outside) -> Iterator[dict[str, Any]]:
    """Hand in what a walk does; where it says what the outside answers, each answer is as after `?wait=`."""
    outside.answers(walk.answers)
    for submission in walk.submissions:
        answer = _said(client, path, submission)
        if walk.answers:
            work()
            workflow = client.get(path).json()
            answer = {**answer, "workflow": workflow, "next": workflow["next"], "unmet": workflow["unmet"]}
        yield answer


def _said(client: APIClient, path: str, submission: dict[str, Any]) -> dict[str, Any]:
    act, body = "submit", {key: part for key, part in submission.items() if key != "expect"}
    if body == {"confirm": True}:
        act, body = "confirm", {"token": client.get(path).json()["confirmation"]["token"]}
    response = client.post(f"{path}/{act}", body, headers={"Idempotency-Key": str(uuid4())})
    assert response.status_code == (400 if submission["expect"]["outcome"] == "rejected" else 200), response.content
    answer: dict[str, Any] = response.json()
    return answer


def _seen(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "outcome": answer["outcome"],
        "current_step": answer["workflow"]["current_step"],
        "next": answer["next"],
        "rejected": sorted(refused["field"] for refused in answer["rejected"]),
        "unmet": sorted({unmet["step"] for unmet in answer["unmet"]}),
    }


def _expected(expect: dict[str, Any]) -> dict[str, Any]:
    lists = {key: sorted(expect.get(key, [])) for key in ("rejected", "unmet")}
    return {**expect, **lists}
