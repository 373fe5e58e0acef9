"""A request as it is stored before it is sent: rendered, but with its secrets still named and not filled in."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.definition import NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP request; in headers and body `{{secret:name}}` stands where a secret is filled in at the last moment."""

    method: str
    url: str
    headers: Mapping[str, str] = NOTHING
    body: str | None = None
    """The body as text, sent as UTF-8; None for none."""
