"""The policy, line by line: what each route asks for, and which scopes a key may hold."""

import runpy
from collections.abc import Iterator

import pytest

from permissions import policy
from permissions.policy import (
    LIMITED_SCOPES,
    POLICY,
    Access,
    MissingScope,
    Scope,
    access_to,
    excessive_scopes,
    holds,
    may_see_sensitive,
    scopes_within,
    usual_scopes,
)

EVERY_SCOPE = [
    "templates:read",
    "templates:write",
    "permissions:read",
    "permissions:write",
    "workflows:read",
    "workflows:run",
    "workflows:sensitive",
    "analytics:read",
    "tools:use",
    "operations",
]
OF_A_LIMITED_KEY = ["analytics:read", "templates:read", "workflows:read", "workflows:run", "workflows:sensitive"]

# Written out once more on purpose: whoever changes the policy has to say so twice.
EXPECTED = {
    ("templates", "GET"): ("templates:read", "registry.view_workflowtemplate"),
    ("templates", "POST"): ("templates:write", "registry.publish_workflowtemplate"),
    ("templates", "PUT"): ("templates:write", "registry.publish_workflowtemplate"),
    ("templates", "PATCH"): ("templates:write", "registry.publish_workflowtemplate"),
    ("templates", "DELETE"): ("templates:write", "registry.delete_workflowtemplate"),
    ("template-validation", "POST"): ("templates:write", "registry.view_workflowtemplate"),
    ("template-draft", "GET"): ("templates:write", "registry.view_workflowtemplate"),
    ("template-draft", "PUT"): ("templates:write", "registry.change_workflowtemplate"),
    ("template-draft", "DELETE"): ("templates:write", "registry.change_workflowtemplate"),
    ("template-publishing", "POST"): ("templates:write", "registry.publish_workflowtemplate"),
    ("template-versions", "GET"): ("templates:read", "registry.view_workflowtemplate"),
    ("step-templates", "GET"): ("templates:read", "registry.view_steptemplate"),
    ("step-templates", "POST"): ("templates:write", "registry.add_steptemplate"),
    ("step-templates", "PUT"): ("templates:write", "registry.change_steptemplate"),
    ("step-templates", "PATCH"): ("templates:write", "registry.change_steptemplate"),
    ("step-templates", "DELETE"): ("templates:write", "registry.delete_steptemplate"),
    ("step-template-versions", "GET"): ("templates:read", "registry.view_steptemplate"),
    ("step-template-uses", "GET"): ("templates:write", "registry.view_workflowtemplate"),
    ("user-types", "GET"): ("permissions:read", "permissions.view_usertype"),
    ("user-types", "POST"): ("permissions:write", "permissions.add_usertype"),
    ("user-types", "PUT"): ("permissions:write", "permissions.change_usertype"),
    ("user-types", "PATCH"): ("permissions:write", "permissions.change_usertype"),
    ("user-types", "DELETE"): ("permissions:write", "permissions.delete_usertype"),
    ("user-type-templates", "GET"): ("templates:read", "registry.view_workflowtemplate"),
    ("grants", "GET"): ("permissions:read", "permissions.view_usertypeworkflowtemplate"),
    ("grants", "POST"): ("permissions:write", "permissions.add_usertypeworkflowtemplate"),
    ("grants", "DELETE"): ("permissions:write", "permissions.delete_usertypeworkflowtemplate"),
    ("workflows", "GET"): ("workflows:read", "instances.view_workflow"),
    ("workflows", "POST"): ("workflows:run", "instances.add_workflow"),
    ("workflows", "PUT"): ("workflows:run", "instances.change_workflow"),
    ("workflows", "PATCH"): ("workflows:run", "instances.change_workflow"),
    ("workflows", "DELETE"): ("workflows:run", "instances.delete_workflow"),
    ("workflow-acts", "POST"): ("workflows:run", "instances.change_workflow"),
    ("workflow-links", "POST"): ("workflows:run", "instances.change_workflow"),
    ("workflow-events", "GET"): ("workflows:read", "instances.view_workflow"),
    ("deliveries", "GET"): ("operations", "deliveries.view_delivery"),
    ("delivery-acts", "POST"): ("operations", "deliveries.change_delivery"),
    ("secrets", "GET"): ("operations", "deliveries.view_secret"),
    ("secrets", "PUT"): ("operations", "deliveries.add_secret"),
    ("secrets", "PATCH"): ("operations", "deliveries.change_secret"),
    ("secrets", "DELETE"): ("operations", "deliveries.delete_secret"),
    ("tools", "GET"): ("tools:use", "deliveries.use_tools"),
    ("webhook-endpoints", "GET"): ("operations", "deliveries.view_webhookendpoint"),
    ("webhook-endpoints", "POST"): ("operations", "deliveries.add_webhookendpoint"),
    ("webhook-endpoints", "PATCH"): ("operations", "deliveries.change_webhookendpoint"),
    ("webhook-endpoints", "DELETE"): ("operations", "deliveries.delete_webhookendpoint"),
    ("webhook-endpoint-acts", "POST"): ("operations", "deliveries.change_webhookendpoint"),
    ("webhook-endpoint-deliveries", "GET"): ("operations", "deliveries.view_delivery"),
}

READ = Access(scope=Scope.TEMPLATES_READ, permission="registry.view_workflowtemplate")


def _lines() -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Return the table line by line, made anew: mutmut switches a mutant on only after the module was imported."""
    table = runpy.run_path(policy.__file__, run_name=policy.__name__)["POLICY"]
    assert table.keys() == POLICY.keys()
    for route, methods in table.items():
        for method, access in methods.items():
            yield (route, method), (str(access.scope), access.permission)


def test_the_scopes_are_those_of_the_contract() -> None:
    assert list(map(str, Scope)) == EVERY_SCOPE


def test_the_policy_says_what_every_route_asks_for_and_nothing_more() -> None:
    assert dict(_lines()) == EXPECTED


@pytest.mark.parametrize(("route", "method"), sorted(EXPECTED))
def test_every_line_is_found_by_its_route_and_method(route: str, method: str) -> None:
    access = access_to(route, method)

    assert access is not None
    assert (str(access.scope), access.permission) == EXPECTED[route, method]


@pytest.mark.parametrize("route", sorted({route for route, method in EXPECTED if method == "GET"}))
def test_head_asks_for_what_get_asks_for(route: str) -> None:
    assert access_to(route, "HEAD") == access_to(route, "GET")
    assert access_to(route, "HEAD") is not None


def test_head_is_no_way_in_where_there_is_no_get() -> None:
    assert access_to("workflow-acts", "HEAD") is None


@pytest.mark.parametrize(
    ("route", "method"),
    [
        ("", "GET"),
        ("no-such-route", "GET"),
        ("templates", "OPTIONS"),
        ("templates", "TRACE"),
        ("templates", "get"),
        ("template-versions", "POST"),
        ("workflow-acts", "PUT"),
    ],
)
def test_what_the_policy_does_not_name_is_open_to_nobody(route: str, method: str) -> None:
    assert access_to(route, method) is None


def test_the_scope_is_enough_to_enter() -> None:
    assert holds(READ, scopes={"operations", "templates:read"}, permissions=set())


def test_the_django_permission_is_enough_to_enter() -> None:
    assert holds(READ, scopes=set(), permissions={"registry.view_workflowtemplate", "auth.view_user"})


@pytest.mark.parametrize(
    ("scopes", "permissions"),
    [
        (set(), set()),
        ({"templates:write"}, {"registry.change_workflowtemplate"}),
        ({"registry.view_workflowtemplate"}, {"templates:read"}),
    ],
)
def test_any_other_scope_or_permission_is_not_enough(scopes: set[str], permissions: set[str]) -> None:
    assert not holds(READ, scopes=scopes, permissions=permissions)


@pytest.mark.parametrize(
    ("scopes", "permissions", "may"),
    [
        ({"workflows:sensitive"}, set(), True),
        (set(), {"instances.view_sensitive"}, True),
        (set(EVERY_SCOPE) - {"workflows:sensitive"}, {"instances.view_workflow"}, False),
        (set(), set(), False),
    ],
)
def test_sensitive_values_are_shown_to_those_who_hold_that_very_right(
    scopes: set[str], permissions: set[str], may: bool
) -> None:
    assert may_see_sensitive(scopes=scopes, permissions=permissions) is may


def test_a_scope_is_within_what_somebody_may_do_if_they_may_do_all_that_it_opens() -> None:
    running = {"instances.add_workflow", "instances.change_workflow", "instances.delete_workflow"}

    assert scopes_within(running) == (Scope.WORKFLOWS_RUN,)
    for missing in running:
        assert scopes_within(running - {missing}) == ()


def test_the_scopes_within_all_permissions_are_those_that_open_something_in_their_order() -> None:
    everything = {permission for _, permission in EXPECTED.values()} | {"instances.view_sensitive"}

    assert [str(scope) for scope in scopes_within(everything)] == [s for s in EVERY_SCOPE if s != "analytics:read"]


def test_the_sight_of_sensitive_values_is_given_by_those_who_have_it() -> None:
    everything_else = {permission for _, permission in EXPECTED.values()}

    assert Scope.WORKFLOWS_SENSITIVE not in scopes_within(everything_else)
    assert scopes_within({"instances.view_sensitive"}) == (Scope.WORKFLOWS_SENSITIVE,)


def test_a_limited_key_may_hold_what_stays_within_its_user_types() -> None:
    assert sorted(map(str, LIMITED_SCOPES)) == OF_A_LIMITED_KEY


def test_a_key_usually_holds_everything_but_the_sight_of_sensitive_values() -> None:
    usual = usual_scopes(is_limited=False)

    assert sorted(usual) == sorted(set(EVERY_SCOPE) - {"workflows:sensitive"})
    assert {type(scope) for scope in usual} == {str}


def test_a_limited_key_usually_holds_what_it_may_but_the_sight_of_sensitive_values() -> None:
    usual = usual_scopes(is_limited=True)

    assert sorted(usual) == sorted(set(OF_A_LIMITED_KEY) - {"workflows:sensitive"})
    assert {type(scope) for scope in usual} == {str}


def test_an_unlimited_key_may_hold_every_scope() -> None:
    assert excessive_scopes(EVERY_SCOPE, is_limited=False) == ()


@pytest.mark.parametrize("scope", sorted(set(EVERY_SCOPE) - set(OF_A_LIMITED_KEY)))
def test_a_far_reaching_scope_is_too_much_for_a_limited_key(scope: str) -> None:
    assert excessive_scopes([scope, *OF_A_LIMITED_KEY], is_limited=True) == (scope,)


@pytest.mark.parametrize("is_limited", [True, False])
def test_unknown_scopes_are_named_once_each_and_sorted(is_limited: bool) -> None:
    asked = ["write:all", "templates:read", "admin", "write:all"]

    assert excessive_scopes(asked, is_limited=is_limited) == ("admin", "write:all")


def test_whoever_lacks_a_right_is_told_so_by_a_code_of_its_own() -> None:
    assert MissingScope.code == "missing_scope"
