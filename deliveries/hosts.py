"""Which hosts a secret may be sent to: `bank.example`, `*.bank.example` or `bank.example:8443`. Pure.

Without a port the usual one of https is meant, so that no secret leaves in the clear unless somebody wrote so.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from engine.errors import Invalid

DEFAULT_PORTS = {"https": 443, "http": 80}

_PATTERN = re.compile(r"(?P<any>\*\.)?(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(?::(?P<port>\d{1,5}))?")


class UnfitHost(Invalid):
    """A text names no host."""

    code = "unfit_host"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPattern:
    """One host, or with `is_any_below` all those below it, at one port."""

    host: str
    port: int = DEFAULT_PORTS["https"]
    is_any_below: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return what a text names.

        :raises UnfitHost: it names no host, or too many
        """
        match = _PATTERN.fullmatch(_ascii(text))
        if (
            match is None
            or not 0 < (port := int(match["port"] or DEFAULT_PORTS["https"])) < 65536
            or (match["any"] and "." not in match["host"])
        ):
            raise UnfitHost(
                f"{text[:100]!r} names no host. Write bank.example, *.bank.example or bank.example:8443, without https://."
            )
        return cls(host=match["host"].strip("[]"), port=port, is_any_below=bool(match["any"]))

    def fits(self, host: str, port: int) -> bool:
        """Tell whether a host, as it is dialled, is named by this."""
        given = _ascii(host).strip("[]")
        named = given.endswith("." + self.host) if self.is_any_below else given == self.host
        return named and port == self.port

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        below = "*." if self.is_any_below else ""
        return below + host + ("" if self.port == DEFAULT_PORTS["https"] else f":{self.port}")


def fits_any(patterns: Iterable[str], host: str, port: int) -> bool:
    """Tell whether one of these stored patterns names a host."""
    return any(HostPattern.parse(pattern).fits(host, port) for pattern in patterns)


def host_of(url: str) -> tuple[str, int]:
    """Return the host and the port of a web address that was checked."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]


def _ascii(host: str) -> str:
    """Return a host as it is asked for in the DNS; what cannot be asked for stays and fits nothing."""
    try:
        return host.strip().encode("idna").decode().lower()
    except UnicodeError:
        return host
