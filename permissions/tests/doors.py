"""Every door of the API, read from the URLconf itself, so that a new route cannot be forgotten."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

from permissions.policy import LIMITED_SCOPES, Access, access_to

# What everybody may see: the description of the API, and that there is nothing at other paths.
PUBLIC = frozenset({"schema", "docs", "not_found"})

_PLACE = re.compile(r"<\w+:(\w+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One method of one route, with the view behind it."""

    path: str
    method: str
    view: type[Any]
    policy: str

    def __str__(self) -> str:
        return f"{self.method} /{self.path}"

    @property
    def access(self) -> Access:
        """What the policy asks for here."""
        access = access_to(self.policy, self.method)
        assert access is not None, (
            f"{self} names the policy {self.policy!r}, and permissions/policy.py says nothing of {self.method} there. "
            "Add a line to POLICY, and to EXPECTED in test_policy.py."
        )
        return access

    @property
    def is_of_one_object(self) -> bool:
        """Whether the path names an object, which may be somebody else's."""
        return "pk>" in self.path

    @property
    def writes(self) -> bool:
        """Whether a browser must show the CSRF token here."""
        return self.method not in ("GET", "HEAD", "OPTIONS")

    @property
    def is_open_to_limited_keys(self) -> bool:
        """Whether a key that is limited to user types can hold the scope."""
        return self.access.scope in LIMITED_SCOPES

    def address(self, objects: Mapping[type[Model], UUID | str]) -> str:
        """Return the path with the ids of real objects in it."""

        def fill(place: re.Match[str]) -> str:
            model: type[Model] = self.view.queryset.model
            known = {"pk": objects.get(model), "number": 1, "conversation_id": "c1"}
            value = known.get(place[1])
            assert value is not None, f"{self}: give the tests an example of <{place[1]}> of {model.__name__}."
            return str(value)

        return "/" + _PLACE.sub(fill, self.path)


def every_door() -> list[Door]:
    """Return all doors under `/api` that are not public, by path and method."""
    found = [door for route in _routes() if _name_of(route[1]) not in PUBLIC for door in _doors(*route)]
    return sorted(found, key=lambda door: (door.path, door.method))


def public_routes() -> list[str]:
    """Return the names of the routes under `/api` that are there for everybody."""
    return sorted(_name_of(pattern) for _, pattern in _routes() if _name_of(pattern) in PUBLIC)


def _routes() -> Iterator[tuple[str, URLPattern]]:
    for found in get_resolver().url_patterns:
        if isinstance(found, URLResolver) and str(found.pattern) == "api/":
            yield from _below(found, "api/")


def _below(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from _below(found, prefix + str(found.pattern))
        else:
            yield prefix + str(found.pattern), found


def _name_of(pattern: URLPattern) -> str:
    return pattern.name or pattern.callback.__name__


def _doors(path: str, pattern: URLPattern) -> Iterator[Door]:
    view = getattr(pattern.callback, "cls", None)
    assert view is not None, f"/{path} is a plain function. Make it a view with a policy, or name it in PUBLIC."
    actions = getattr(pattern.callback, "actions", None) or [m for m in view.http_method_names if hasattr(view, m)]
    policy = getattr(pattern.callback, "initkwargs", {}).get("policy", getattr(view, "policy", ""))
    for method in actions:
        if method not in ("head", "options"):
            yield Door(path=path, method=method.upper(), view=view, policy=policy)
