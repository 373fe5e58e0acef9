"""Finding templates: every filter alone and together, and what is refused."""

from collections.abc import Callable
from itertools import combinations
from typing import Any
from uuid import UUID, uuid4

import pytest
from rest_framework.test import APIClient

from permissions.models import UserType
from registry.models import WorkflowTemplate
from registry.registry import WorkflowRegistry

type MakeTemplate = Callable[..., WorkflowTemplate]
type MakeUserType = Callable[..., UserType]

LIST = "/api/workflow-templates"

# What each filter, given its value, leaves of the templates below.
NARROWED: dict[tuple[str, str], set[str]] = {
    ("category", "money"): {"loan", "old loan", "tax"},
    ("is_active", "true"): {"loan", "tax", "trip"},
    ("name", "loan"): {"loan"},
    ("search", "LOAN"): {"loan", "old loan", "trip"},
    ("user_type", "customer"): {"loan", "old loan", "trip"},
}


@pytest.fixture
def customer(make_template: MakeTemplate, make_user_type: MakeUserType) -> UserType:
    """A user type with some of four templates."""
    loan = make_template(name="loan", category="money")
    old = make_template(name="old loan", category="money", is_active=False)
    make_template(name="tax", category="money", description="Yearly return")
    trip = make_template(name="trip", category="leisure", description="Without a loan")
    make_user_type(loan, name="nurse")
    return make_user_type(loan, old, trip, name="customer")


def _names(client: APIClient, **query: Any) -> list[str]:
    response = client.get(LIST, query)
    assert response.status_code == 200, response.content
    found = [template["name"] for template in response.json()["results"]]
    assert response.json()["count"] == len(found)
    return found


@pytest.mark.parametrize(
    "filters",
    [filters for size in range(len(NARROWED) + 1) for filters in combinations(NARROWED, size)],
    ids=lambda filters: "+".join(name for name, _ in filters) or "none",
)
def test_filters_narrow_the_list_together(
    client: APIClient, customer: UserType, filters: tuple[tuple[str, str], ...]
) -> None:
    expected = {"loan", "old loan", "tax", "trip"}.intersection(*(NARROWED[found] for found in filters))

    assert _names(client, **dict(filters)) == sorted(expected)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"is_active": "false"}, ["old loan"]),
        ({"category": "Money"}, []),
        ({"category": "mon"}, []),
        ({"name": "Loan"}, []),
        ({"search": "yearly"}, ["tax"]),
        ({"search": "leis"}, ["trip"]),
        ({"search": "100%"}, []),
        ({"search": "_"}, []),
        ({"user_type": "nurse"}, ["loan"]),
        ({"user_type": "nobody"}, []),
        ({"user_type": str(UUID(int=1))}, []),
    ],
)
def test_a_filter_finds_what_it_names(
    client: APIClient, customer: UserType, query: dict[str, str], expected: list[str]
) -> None:
    assert _names(client, **query) == expected


def test_a_user_type_is_named_by_its_id_or_its_name(client: APIClient, customer: UserType) -> None:
    assert _names(client, user_type=str(customer.pk)) == _names(client, user_type="customer")


@pytest.mark.parametrize(
    "query",
    [
        {"is_active": "maybe"},
        {"is_active": "True"},
        {"is_active": "1"},
        {"colour": "red"},
        {"Category": "money"},
        {"skip": "-1"},
        {"skip": "10000001"},
        {"skip": "x"},
        {"skip": "1.5"},
        {"skip": ""},
        {"skip": "²"},
        {"skip": "9" * 5000},
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "-1"},
        {"limit": "all"},
        {"limit": ""},
    ],
)
def test_a_bad_filter_value_or_an_unknown_parameter_is_refused(
    client: APIClient, customer: UserType, query: dict[str, str]
) -> None:
    response = client.get(LIST, query)

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    (name,) = query
    (error,) = response.json()["errors"]
    assert name in error["path"]
    assert error["code"] != "None"


def test_an_unknown_parameter_is_answered_with_what_was_perhaps_meant(client: APIClient) -> None:
    (near,) = client.get(LIST, {"categroy": "money"}).json()["errors"]
    (far,) = client.get(LIST, {"zzz": "1"}).json()["errors"]

    assert (near["path"], near["code"]) == ("/categroy", "unknown_parameter")
    assert "Did you mean 'category'?" in near["message"]
    assert "category, is_active, limit, name, search, skip, user_type" in far["message"]


@pytest.mark.parametrize("name", ["100%", "%d", "%(name)s", "%%", "__all__", "{0}", "é", "x" * 5000])
def test_an_unknown_parameter_may_be_called_anything(client: APIClient, name: str) -> None:
    response = client.get(LIST, {name: "1", "zzz": "2"})

    assert response.status_code == 400
    told = {error["message"].partition(" here.")[0] for error in response.json()["errors"]}
    assert told == {f"There is no parameter {name[:100]!r}", "There is no parameter 'zzz'"}


@pytest.mark.parametrize("query", ["name=a%00b", "search=%00"])
def test_nul_in_a_filter_is_refused(client: APIClient, query: str) -> None:
    response = client.get(f"{LIST}?{query}")

    assert (response.status_code, response.json()["code"]) == (400, "nul_character")


def test_a_list_is_cut_by_skip_and_limit_and_says_where_it_goes_on(client: APIClient, customer: UserType) -> None:
    first = client.get(LIST, {"limit": 3}).json()
    second = client.get(first["next"]).json()

    assert [template["name"] for template in first["results"]] == ["loan", "old loan", "tax"]
    assert [template["name"] for template in second["results"]] == ["trip"]
    assert (first["count"], first["previous"], second["count"], second["next"]) == (4, None, 4, None)
    assert client.get(second["previous"]).json() == first
    assert client.get(f"{LIST}?skip=10000000&limit=1000").json()["results"] == []


def test_the_links_of_a_narrowed_list_stay_narrowed(client: APIClient, customer: UserType) -> None:
    first = client.get(f"{LIST}?limit=1&category=money&is_active=true").json()

    assert [template["name"] for template in client.get(first["next"]).json()["results"]] == ["tax"]


def test_a_list_holds_100_unless_asked_otherwise(client: APIClient, make_template: MakeTemplate) -> None:
    for _ in range(101):
        make_template()

    assert len(client.get(LIST).json()["results"]) == 100
    assert len(client.get(LIST, {"limit": 1000}).json()["results"]) == 101


def test_a_list_costs_the_same_few_queries_however_long_it_is(
    client: APIClient, make_template: MakeTemplate, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        make_template()
    client.get(LIST)

    with django_assert_max_num_queries(3):
        client.get(LIST)


def test_a_template_that_two_user_types_of_a_key_share_is_listed_once(
    make_client: Callable[..., APIClient], make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    template = make_template()
    backend = make_client(user_types=[make_user_type(template), make_user_type(template)])

    assert _names(backend) == [template.name]


def test_a_limited_key_learns_nothing_of_what_other_user_types_may_use(
    make_client: Callable[..., APIClient], make_template: MakeTemplate, make_user_type: MakeUserType
) -> None:
    template = make_template()
    mine, others = make_user_type(template), make_user_type(template)
    backend = make_client(user_types=[mine])

    assert _names(backend, user_type=mine.name) == _names(backend, user_type=str(mine.pk)) == [template.name]
    assert _names(backend, user_type=others.name) == _names(backend, user_type=str(others.pk)) == []


def test_the_registry_discovers_without_a_request(customer: UserType) -> None:
    def names(**filters: Any) -> list[str]:
        return [template.name for template in WorkflowRegistry.discover(**filters)]

    assert names() == ["loan", "old loan", "tax", "trip"]
    assert names(user_type=customer.pk, is_active=True) == ["loan", "trip"]
    assert names(user_type="customer", is_active=True) == ["loan", "trip"]
    assert names(user_type=uuid4()) == []
    assert names(is_active=False) == ["old loan"]
    assert names(category="") == []
    assert names(within=WorkflowTemplate.objects.filter(is_active=True), search="loan", category="money") == ["loan"]


def test_a_stranger_finds_nothing_by_any_filter(stranger: APIClient, customer: UserType) -> None:
    assert _names(stranger) == []
    for name, value in NARROWED:
        assert _names(stranger, **{name: value}) == []
