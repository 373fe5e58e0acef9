"""Who may do what: one table of every route and method. Pure; what is not in the table is denied."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from engine.errors import Forbidden


class Scope(StrEnum):
    """What an API key may do."""

    TEMPLATES_READ = "templates:read"
    TEMPLATES_WRITE = "templates:write"
    PERMISSIONS_READ = "permissions:read"
    PERMISSIONS_WRITE = "permissions:write"
    WORKFLOWS_READ = "workflows:read"
    WORKFLOWS_RUN = "workflows:run"
    WORKFLOWS_SENSITIVE = "workflows:sensitive"
    ANALYTICS_READ = "analytics:read"
    TOOLS_USE = "tools:use"
    OPERATIONS = "operations"


# What a key that is limited to user types may hold: enough to run their workflows, nothing that reaches beyond them.
LIMITED_SCOPES = frozenset(
    {
        Scope.TEMPLATES_READ,
        Scope.WORKFLOWS_READ,
        Scope.WORKFLOWS_RUN,
        Scope.WORKFLOWS_SENSITIVE,
        Scope.ANALYTICS_READ,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What is needed to enter: a scope for API keys, a Django permission for staff sessions."""

    scope: Scope
    permission: str


class MissingScope(Forbidden):
    """The key, or the person, lacks the right to do this."""

    code = "missing_scope"


_SENSITIVE = Access(scope=Scope.WORKFLOWS_SENSITIVE, permission="instances.view_sensitive")


def _templates(scope: Scope, verb: str) -> Access:
    return Access(scope=scope, permission=f"registry.{verb}_workflowtemplate")


def _step_templates(scope: Scope, verb: str) -> Access:
    return Access(scope=scope, permission=f"registry.{verb}_steptemplate")


def _workflows(scope: Scope, verb: str) -> Access:
    return Access(scope=scope, permission=f"instances.{verb}_workflow")


def _user_types(scope: Scope, verb: str) -> Access:
    return Access(scope=scope, permission=f"permissions.{verb}_usertype")


def _grants(scope: Scope, verb: str) -> Access:
    return Access(scope=scope, permission=f"permissions.{verb}_usertypeworkflowtemplate")


def _deliveries(verb: str) -> Access:
    return Access(scope=Scope.OPERATIONS, permission=f"deliveries.{verb}_delivery")


def _secrets(verb: str) -> Access:
    return Access(scope=Scope.OPERATIONS, permission=f"deliveries.{verb}_secret")


def _endpoints(verb: str) -> Access:
    return Access(scope=Scope.OPERATIONS, permission=f"deliveries.{verb}_webhookendpoint")


POLICY: Mapping[str, Mapping[str, Access]] = {
    "templates": {
        "GET": _templates(Scope.TEMPLATES_READ, "view"),
        "POST": _templates(Scope.TEMPLATES_WRITE, "publish"),
        "PUT": _templates(Scope.TEMPLATES_WRITE, "publish"),
        "PATCH": _templates(Scope.TEMPLATES_WRITE, "publish"),
        "DELETE": _templates(Scope.TEMPLATES_WRITE, "delete"),
    },
    "template-validation": {"POST": _templates(Scope.TEMPLATES_WRITE, "view")},
    "template-draft": {
        "GET": _templates(Scope.TEMPLATES_WRITE, "view"),
        "PUT": _templates(Scope.TEMPLATES_WRITE, "change"),
        "DELETE": _templates(Scope.TEMPLATES_WRITE, "change"),
    },
    "template-publishing": {"POST": _templates(Scope.TEMPLATES_WRITE, "publish")},
    "template-versions": {"GET": _templates(Scope.TEMPLATES_READ, "view")},
    "step-templates": {
        "GET": _step_templates(Scope.TEMPLATES_READ, "view"),
        "POST": _step_templates(Scope.TEMPLATES_WRITE, "add"),
        "PUT": _step_templates(Scope.TEMPLATES_WRITE, "change"),
        "PATCH": _step_templates(Scope.TEMPLATES_WRITE, "change"),
        "DELETE": _step_templates(Scope.TEMPLATES_WRITE, "delete"),
    },
    "step-template-versions": {"GET": _step_templates(Scope.TEMPLATES_READ, "view")},
    # Which templates use one, drafts among them, is for those who may read drafts.
    "step-template-uses": {"GET": _templates(Scope.TEMPLATES_WRITE, "view")},
    "user-types": {
        "GET": _user_types(Scope.PERMISSIONS_READ, "view"),
        "POST": _user_types(Scope.PERMISSIONS_WRITE, "add"),
        "PUT": _user_types(Scope.PERMISSIONS_WRITE, "change"),
        "PATCH": _user_types(Scope.PERMISSIONS_WRITE, "change"),
        "DELETE": _user_types(Scope.PERMISSIONS_WRITE, "delete"),
    },
    "user-type-templates": {"GET": _templates(Scope.TEMPLATES_READ, "view")},
    "grants": {
        "GET": _grants(Scope.PERMISSIONS_READ, "view"),
        "POST": _grants(Scope.PERMISSIONS_WRITE, "add"),
        "DELETE": _grants(Scope.PERMISSIONS_WRITE, "delete"),
    },
    "workflows": {
        "GET": _workflows(Scope.WORKFLOWS_READ, "view"),
        "POST": _workflows(Scope.WORKFLOWS_RUN, "add"),
        "PUT": _workflows(Scope.WORKFLOWS_RUN, "change"),
        "PATCH": _workflows(Scope.WORKFLOWS_RUN, "change"),
        "DELETE": _workflows(Scope.WORKFLOWS_RUN, "delete"),
    },
    "workflow-acts": {"POST": _workflows(Scope.WORKFLOWS_RUN, "change")},
    # Whoever has the link acts on the workflow.
    "workflow-links": {"POST": _workflows(Scope.WORKFLOWS_RUN, "change")},
    "workflow-events": {"GET": _workflows(Scope.WORKFLOWS_READ, "view")},
    "deliveries": {"GET": _deliveries("view")},
    "delivery-acts": {"POST": _deliveries("change")},
    "secrets": {
        "GET": _secrets("view"),
        "PUT": _secrets("add"),
        "PATCH": _secrets("change"),
        "DELETE": _secrets("delete"),
    },
    "tools": {"GET": Access(scope=Scope.TOOLS_USE, permission="deliveries.use_tools")},
    "webhook-endpoints": {
        "GET": _endpoints("view"),
        "POST": _endpoints("add"),
        "PATCH": _endpoints("change"),
        "DELETE": _endpoints("delete"),
    },
    "webhook-endpoint-acts": {"POST": _endpoints("change")},
    "webhook-endpoint-deliveries": {"GET": Access(scope=Scope.OPERATIONS, permission="deliveries.view_delivery")},
}


def access_to(route: str, method: str) -> Access | None:
    """Return what entering needs, or None if nobody may; HEAD is a GET without its body."""
    return POLICY.get(route, {}).get("GET" if method == "HEAD" else method)


def holds(access: Access, *, scopes: Set[str], permissions: Set[str]) -> bool:
    """Tell whether these scopes, or these Django permissions, are enough."""
    return access.scope in scopes or access.permission in permissions


def scopes_within(permissions: Set[str]) -> tuple[Scope, ...]:
    """Return the scopes that open nothing but what these Django permissions open, too.

    A scope that opens nothing yet is left out: what it will open cannot be judged.
    """
    opens = _opened_by_scope()
    return tuple(scope for scope in Scope if opens[scope] and opens[scope] <= permissions)


def may_see_sensitive(*, scopes: Set[str], permissions: Set[str]) -> bool:
    """Tell whether values of `x-sensitive` fields are shown."""
    return holds(_SENSITIVE, scopes=scopes, permissions=permissions)


def usual_scopes(*, is_limited: bool) -> frozenset[str]:
    """Return what a key holds that asks for nothing in particular: all but the sight of sensitive values."""
    allowed = LIMITED_SCOPES if is_limited else frozenset(Scope)
    return frozenset(map(str, allowed - {Scope.WORKFLOWS_SENSITIVE}))


def excessive_scopes(scopes: Iterable[str], *, is_limited: bool) -> tuple[str, ...]:
    """Return the scopes a key must not hold: unknown ones, and far-reaching ones on a key limited to user types."""
    allowed = LIMITED_SCOPES if is_limited else frozenset(Scope)
    return tuple(sorted(scope for scope in set(scopes) if scope not in allowed))


def _opened_by_scope() -> Mapping[Scope, Set[str]]:
    """Return the Django permissions for which each scope stands, somewhere in the table."""
    opens: dict[Scope, set[str]] = {scope: set() for scope in Scope}
    for access in (_SENSITIVE, *chain.from_iterable(methods.values() for methods in POLICY.values())):
        opens[access.scope].add(access.permission)
    return opens
