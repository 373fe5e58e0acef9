"""`?include=`: what an act answers beside what it led to, so that nobody has to ask for it afterwards.

What there is to include is built by layers above this one, which register how; here is only the asking.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection
from rest_framework.request import Request

from engine.definition import Definition
from engine.errors import DomainError, Invalid, did_you_mean
from engine.progress import Position
from engine.report import Report
from engine.saying import Say
from instances.models import Workflow
from instances.quiet import log_quietly
from rest.callers import Caller

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """A workflow as an act left it, what it refused, and what is to be said."""

    workflow: Workflow
    definition: Definition
    caller: Caller
    position: Position | None = None
    report: Report | None = None
    say: tuple[Say, ...] | None = None


type Build = Callable[[Acted], Any]
"""Builds what is included."""

type Inclusion = Callable[[Request], Build]
"""Reads the parameters of what is included, and refuses them before anything is done."""

_inclusions: dict[str, Inclusion] = {}


class IncludeInvalid(Invalid):
    """There is nothing of this name to include."""

    code = "include_invalid"


def register(name: str, inclusion: Inclusion) -> None:
    """Let acts answer this under its name, if they are asked to."""
    _inclusions[name] = inclusion


def included(request: Request) -> Callable[[Acted], dict[str, Any]]:
    """Return what builds the members that the request wants beside the answer of its act.

    :raises IncludeInvalid: one of them does not exist
    """
    given = request.query_params.get("include")
    names = dict.fromkeys(given.split(",")) if given is not None else {}
    builds = {name: _inclusion(name)(request) for name in names}
    return lambda acted: {name: after_act(partial(build, acted)) for name, build in builds.items()}


def after_act[T](build: Callable[[], T]) -> T | None:
    """Return what is told beside an act that was done, or None if it cannot be: whoever reads an error repeats the act.

    Within a transaction nothing is done yet. A failure that may have spoilt it undoes the act, and is told.
    """
    try:
        return build()
    except Exception as error:
        if connection.in_atomic_block and not isinstance(error, DomainError):
            raise
        log_quietly(logger, "An act was done, and what comes of it cannot be told", error)
        return None


def _inclusion(name: str) -> Inclusion:
    if name not in _inclusions:
        near = did_you_mean(name, _inclusions)
        hint = f"Did you mean {near!r}?" if near else f"There is: {', '.join(sorted(_inclusions))}."
        raise IncludeInvalid(f"There is no {name[:100]!r} to include. {hint}")
    return _inclusions[name]
