"""Which addresses and URLs may be dialled. Pure: `egress` asks about every answer of the resolver.

An operator's allow-list opens what is not public. A name on it opens private addresses, at the ports that it names;
what hands out a machine's own credentials is opened by its very address only.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self

from engine.placeholders import PLACEHOLDER, Source, names_in

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network
type Finding = tuple[str, str]
"""A code and a sentence."""

PUBLIC_PORT = 443
PORTS_UNLESS_NAMED = (80, 443)
DEFAULT_PORTS = {"http": 80, "https": 443}
MOST_CHARACTERS = 8192

# Where machines of the large clouds ask for their credentials; some of these are public by the registry of IANA.
_METADATA = frozenset(
    map(
        ip_address,
        (
            "169.254.169.254",
            "169.254.170.2",
            "169.254.170.23",
            "168.63.129.16",
            "100.100.100.200",
            "192.0.0.192",
            "fd00:ec2::23",
            "fd00:ec2::254",
            "fd00:42::42",
            "fd20:ce::254",
        ),
    )
)
# Prefixes that carry an IPv4 address which the operating system or a gateway dials instead (RFC 4291, RFC 6052).
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
# Ways to IPv4 that nobody needs to be dialled through: compatible, 6to4, Teredo, NAT64 of a site, the relay of 6to4.
_TUNNELS = (
    IPv6Network("::/96"),
    IPv6Network("2002::/16"),
    IPv6Network("2001::/32"),
    IPv6Network("64:ff9b:1::/48"),
    IPv4Network("192.88.99.0/24"),
)
_PRIVATE = tuple(
    map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fec0::/10"))
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Global unicast that is set aside for other ends; what Python calls global depends on its version.
_SET_ASIDE = (IPv6Network("2001::/23"), IPv6Network("2001:db8::/32"), IPv6Network("3fff::/20"))
_OPENED_BY_NAME = frozenset({"loopback", "private"})

_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
# As in the URL standard: a host whose last label is a number is an IPv4 address, or nothing.
_ENDS_IN_A_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")
_ENTRY = re.compile(
    r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[^\[\]/:]+))(?P<bits>/[0-9]{1,3})?(?::(?P<port>[1-9][0-9]{0,4}))?"
)
_PORT = re.compile(r":[1-9][0-9]{0,4}")
# Stands for a placeholder while the rest of a URL is judged; no URL holds it.
_MASK = "\x00"
_UNFIT = re.compile(r"[\x01-\x20\x7f\\{}]|[^\x00-\x7f]")
_DOT_SEGMENT = re.compile(r"(?:\.|%2e){1,2}", re.IGNORECASE)
_NOT_IN_A_SCHEME = re.compile(r"[^a-zA-Z0-9+.\x00-]")

_UNFIT_FINDING = (
    "character",
    "A URL holds no spaces, line breaks, backslashes, braces nor letters beyond ASCII. Write %20 and the like.",
)
_NO_SCHEME_FINDING = ("scheme", "Begin with https:// and the name of a host, written out.")
_PLACEHOLDER_FINDING = (
    "placeholder",
    "Placeholders may stand in path and query only. Write out scheme, host and port.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that an operator opens: a name, the names under one (it begins with a dot), or a network."""

    name: str = ""
    network: Network | None = None
    port: int | None = None

    def opens(self, port: int) -> bool:
        """Tell whether the entry is about a port."""
        return port in PORTS_UNLESS_NAMED if self.port is None else port == self.port


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What an operator opens beside public addresses with https on port 443."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def parse(cls, given: str | Iterable[str]) -> Self:
        """Return what a setting opens: entries in a list, or in a text and separated by commas.

        :raises ValueError: with a sentence, about the first entry that cannot be read
        """
        parts = given.split(",") if isinstance(given, str) else given
        return cls(entries=tuple(_entry(part.strip()) for part in parts if part.strip()))

    def names(self, host: str, port: int) -> bool:
        """Tell whether a host is opened by its name, at a port."""
        return any(
            entry.opens(port) and (host.endswith(entry.name) if entry.name.startswith(".") else host == entry.name)
            for entry in self.entries
            if entry.name
        )

    def holds(self, address: Address, port: int) -> bool:
        """Tell whether an address is opened as such, at a port; one for metadata must be the entry itself."""
        return any(
            entry.opens(port)
            and address in entry.network
            and (address not in _METADATA or entry.network.num_addresses == 1)
            for entry in self.entries
            if entry.network is not None
        )

    def opens(self, host: str, port: int) -> bool:
        """Tell whether a host, a name or an address, is opened at a port."""
        address = _literal(host)
        return self.names(host, port) if address is None else self.holds(_dialled(address), port)


NOTHING_ALLOWED = Allowed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL taken apart once, so that what was judged is what is dialled."""

    scheme: str
    host: str
    """A name in lower case, or an address without brackets."""
    port: int
    path: str
    """The path with its query."""

    @property
    def authority(self) -> str:
        """Host and port as a Host header names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


class UrlRefused(Exception):
    """A URL must not be sent to."""

    def __init__(self, findings: list[Finding]) -> None:
        """Keep all that is wrong with it."""
        super().__init__(" ".join(sentence for _, sentence in findings))
        self.findings = findings


def judge(address: str, *, allow: Allowed, host: str = "", port: int = PUBLIC_PORT) -> str | None:
    """Return why an address may not be dialled, as a code, or None if it may.

    `host` is the name that resolved to the address: one on the allow-list may have private addresses.
    """
    try:
        given = ip_address(address)
    except ValueError:
        return "malformed"
    if isinstance(given, IPv6Address) and given.scope_id is not None:
        return "zone"
    dialled = _dialled(given)
    if allow.holds(dialled, port):
        return None
    kind = _kind(dialled)
    is_named = allow.names(host, port)
    if kind is None and port != PUBLIC_PORT and not is_named:
        return "port"
    return None if kind in _OPENED_BY_NAME and is_named else kind


def judge_url(url: str, *, allow: Allowed) -> list[Finding]:
    """Return all that is wrong with a URL of a template or an endpoint, as codes and sentences, without resolving it.

    Placeholders may stand in its path and query.
    """
    findings = [] if _MASK not in url else [_UNFIT_FINDING]
    if names_in(url, Source.SECRET):
        findings.append(("secret", "A secret must not stand in a URL, which is logged on its way. Use a header."))
    return findings or _taken_apart(PLACEHOLDER.sub(_MASK, url), allow)[1]


def target_of(url: str, *, allow: Allowed) -> Target:
    """Return what a URL names, if it may be sent to; no placeholder may be left in it.

    :raises UrlRefused: with everything that is wrong
    """
    target, findings = (None, [_UNFIT_FINDING]) if _MASK in url else _taken_apart(url, allow)
    if target is None:
        raise UrlRefused(findings)
    return target


def _taken_apart(url: str, allow: Allowed) -> tuple[Target | None, list[Finding]]:
    """Take a URL apart by RFC 3986, in which nothing is repaired: other readers repair it otherwise."""
    scheme, mark, rest = url.partition("://")
    if not mark or _NOT_IN_A_SCHEME.search(scheme):
        return None, [_NO_SCHEME_FINDING]
    rest, hash_sign, _ = rest.partition("#")
    hierarchy, question_mark, query = rest.partition("?")
    authority, _, path = hierarchy.partition("/")
    if _MASK in scheme + authority:
        return None, [_PLACEHOLDER_FINDING]
    _, at_sign, host_and_port = authority.rpartition("@")
    host, port_text = _host_and_port(host_and_port)
    scheme, host = scheme.lower(), host.lower()
    port = _port(port_text, scheme)
    findings = [
        *_unfit_parts(url, has_user=bool(at_sign), has_fragment=bool(hash_sign), path=path),
        *_unfit_host(host, is_bracketed=host_and_port.startswith("["), port=port, allow=allow),
        *_unfit_port(port, scheme=scheme, is_opened=port is not None and allow.opens(host, port)),
    ]
    if findings or port is None:
        return None, findings
    return Target(scheme=scheme, host=host, port=port, path=f"/{path}{question_mark}{query}"), []


def _host_and_port(text: str) -> tuple[str, str]:
    """Return the host without brackets, and the port with its colon or whatever stands in its place."""
    if text.startswith("["):
        host, bracket, port = text[1:].partition("]")
        return (host, port) if bracket else (text, "")
    host, colon, port = text.partition(":")
    return host, colon + port


def _port(text: str, scheme: str) -> int | None:
    """Return the port, or None for none that there can be."""
    if not text:
        return DEFAULT_PORTS.get(scheme, PUBLIC_PORT)
    return int(text[1:]) if _PORT.fullmatch(text) and int(text[1:]) <= 65535 else None


def _unfit_parts(url: str, *, has_user: bool, has_fragment: bool, path: str) -> Iterator[Finding]:
    if len(url) > MOST_CHARACTERS:
        yield "length", f"A URL has at most {MOST_CHARACTERS} characters."
    if _UNFIT.search(url):
        yield _UNFIT_FINDING
    if has_user:
        yield "userinfo", "User and password must not stand in a URL. Use a header with a secret."
    if has_fragment:
        yield "fragment", "A fragment (#) is never sent. Leave it out, or write %23."
    if any(_DOT_SEGMENT.fullmatch(segment) for segment in path.split("/")):
        yield "dot_segment", "The path must not hold '.' or '..' as a segment: each reader goes elsewhere from there."


def _unfit_host(host: str, *, is_bracketed: bool, port: int | None, allow: Allowed) -> Iterator[Finding]:
    if is_bracketed or _ENDS_IN_A_NUMBER.fullmatch(host):
        if _literal(host) is None or is_bracketed != (":" in host):
            yield "address", "Write an IPv4 address as four decimal numbers, and an IPv6 address in brackets."
            return
        code = judge(host, allow=allow, port=port or PUBLIC_PORT)
        if code is not None and code != "port":  # which is said about every host alike
            yield code, "This address is not public. If it is meant to be reached, an operator adds it to EGRESS_ALLOW."
    elif not _NAME.fullmatch(host):
        yield "host", "Write the host as letters, digits and hyphens with dots between, other scripts as xn--..."
    elif ("." not in host or host.endswith(".localhost")) and not allow.names(host, port or PUBLIC_PORT):
        yield "host", f"{host!r} is no public name. If it is meant to be reached, an operator adds it to EGRESS_ALLOW."


def _unfit_port(port: int | None, *, scheme: str, is_opened: bool) -> Iterator[Finding]:
    if scheme not in DEFAULT_PORTS:
        yield "scheme", "Use https; nothing else is spoken."
    elif scheme != "https" and not is_opened:
        yield "scheme", "Use https. Plain http goes only to hosts and ports that an operator adds to EGRESS_ALLOW."
    if port is None:
        yield "port", "Write the port as a number from 1 to 65535, or leave it out with its colon."
    elif port != PUBLIC_PORT and not is_opened:
        yield "port", f"Port {port} is open only where an operator adds host and port to EGRESS_ALLOW."


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _dialled(address: Address) -> Address:
    """Return the address that is reached in the end."""
    if isinstance(address, IPv6Address) and (address in _MAPPED or address in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _kind(address: Address) -> str | None:
    """Return what makes an address none of the public ones, as a code, or None if it is one."""
    if address in _METADATA:
        return "metadata"
    if address.is_unspecified:
        return "unspecified"
    if address.is_loopback:
        return "loopback"
    if address.is_link_local:
        return "link_local"
    if address.is_multicast:
        return "multicast"
    if any(address in network for network in _TUNNELS):
        return "tunnel"
    if any(address in network for network in _PRIVATE):
        return "private"
    if not address.is_global or any(address in network for network in _SET_ASIDE):
        return "reserved"
    return "reserved" if address.version == 6 and address not in _GLOBAL_UNICAST else None


def _entry(text: str) -> Entry:
    """Read one entry of an allow-list.

    :raises ValueError: with a sentence
    """
    if text.count(":") > 1 and "[" not in text:
        address, slash, bits = text.partition("/")
        return _entry(f"[{address}]{slash}{bits}")
    parts = _ENTRY.fullmatch(text.lower())
    if parts is None or (parts["port"] and int(parts["port"]) > 65535):
        raise ValueError(_unreadable(text))
    host, port = parts["six"] or parts["name"], int(parts["port"]) if parts["port"] else None
    if parts["six"] or parts["bits"] or _ENDS_IN_A_NUMBER.fullmatch(host):
        return Entry(network=_network(text, host + (parts["bits"] or ""), has_brackets=bool(parts["six"])), port=port)
    if not _NAME.fullmatch(host.removeprefix("*.")):
        raise ValueError(_unreadable(text))
    return Entry(name=host.removeprefix("*"), port=port)


def _network(text: str, written: str, *, has_brackets: bool) -> Network:
    try:
        network = ip_network(written)
    except ValueError as error:
        # Of 10.0.0.1/8 it is not plain whether the address or the network is meant.
        raise ValueError(f"{_unreadable(text)} ({error})") from None
    if has_brackets != (network.version == 6):
        raise ValueError(_unreadable(text))
    if isinstance(network, IPv6Network) and (network.subnet_of(_MAPPED) or network.subnet_of(_NAT64)):
        raise ValueError(f"{text!r} stands for IPv4 addresses: write those.")
    return network


def _unreadable(text: str) -> str:
    return (
        f"{text!r} is neither a host (mail.intern), names under a host (*.example.com), "
        "an address nor a network (10.1.0.0/16, [fd00::]/8), each with a port or without."
    )
