"""A request as it is stored before it is sent: rendered, but with its secrets still named and not filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from engine.definition import NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The place of a secret: at this character of a header, or of the body, its `marker` stands in its stead."""

    secret: str
    start: int
    header: str | None = None
    """The name of the header; None means the body."""

    @property
    def marker(self) -> str:
        """What a reader of the stored request sees there."""
        return f"{{{{secret:{self.secret}}}}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An HTTP request; in headers and body `{{secret:name}}` stands where a secret is filled in at the last moment.

    Only its `slots` are filled in. The same text anywhere else is what somebody said, and is sent as it stands.
    """

    method: str
    url: str
    headers: Mapping[str, str] = NOTHING
    body: str | None = None
    """The body as text, sent as UTF-8; None for none."""
    slots: tuple[Slot, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the request as JSON."""
        slots = [{"secret": slot.secret, "start": slot.start, "header": slot.header} for slot in self.slots]
        return {
            "method": self.method,
            "url": self.url,
            "headers": dict(self.headers),
            "body": self.body,
            "slots": slots,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return the request that was stored as JSON."""
        return cls(**{**stored, "slots": tuple(Slot(**slot) for slot in stored["slots"])})
