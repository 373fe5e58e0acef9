"""What a document can name and only apps above the registry know of: tools and secrets. A list, like the checks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Offered(StrEnum):
    """What kind of thing is offered."""

    TOOL = "tool"
    SECRET = "secret"  # noqa: S105  a kind, not a password


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing that a document can name."""

    kind: Offered
    name: str
    description: str = ""
    arguments: Sequence[str] = ()
    """For a tool, the names of what it takes."""


type Provider = Callable[[], Iterable[Offer]]

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Ask this provider whenever an author may name something; registering it again changes nothing."""
    if provider not in _providers:
        _providers.append(provider)


def offers(kind: Offered) -> tuple[Offer, ...]:
    """Return what there is of one kind, by name."""
    found = (offer for provider in _providers for offer in provider() if offer.kind is kind)
    return tuple(sorted(found, key=lambda offer: offer.name))
