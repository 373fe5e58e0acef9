"""The one door out: connections to judged addresses only, and none of them outlives its deadline.

The check sits where the connection is opened, after the name was resolved, so that a name which resolves otherwise the
next time (DNS rebinding) changes nothing. URL, Host header, SNI and certificate stay with the name.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from ipaddress import ip_address
from typing import Any

import certifi
import httpcore

from deliveries.addresses import Allowed, judge

# How many answers of a resolver are tried, when earlier ones cannot be reached.
MOST_ADDRESSES = 4


class Failure(Exception):
    """A connection could not be opened or used; the message names neither values nor addresses."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code, for programs."""
        super().__init__(message)
        self.code = code


class Deadline:
    """A moment at which everything ends, whoever is waiting for whatever."""

    def __init__(self, seconds: float) -> None:
        """Count from now."""
        self.seconds = seconds
        self._ends_at = time.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds that are left.

        :raises Failure: none are
        """
        remaining = self._ends_at - time.monotonic()
        if remaining <= 0:
            raise self.passed()
        return remaining

    def passed(self) -> Failure:
        """Return what there is to say when it has come."""
        return Failure("deadline", f"There was no whole answer within {self.seconds:g} seconds.")


class Egress(httpcore.NetworkBackend):
    """Opens the connection of one request, and keeps whether any of the request was written to it."""

    def __init__(self, *, allow: Allowed, deadline: Deadline, most_bytes: int) -> None:
        """Take what an operator allows, when all must be over, and how much may be read."""
        self._allow = allow
        self.deadline = deadline
        self.bytes_left = most_bytes
        self.has_written = False

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to an address of a host, if every address of it may be dialled.

        :raises Failure: it may not, cannot be found, or answers at none of them
        """
        addresses = _addresses(host, port, self.deadline)
        for address in addresses:
            self._check(address, host, port)
        addresses = addresses[:MOST_ADDRESSES]
        for number, address in enumerate(addresses):
            # One that never answers leaves its share of the time to the next.
            share = self.deadline.remaining() / (len(addresses) - number)
            try:
                return self._connect(address, host, port, share)
            except OSError as error:
                reason = error.strerror or "it does not answer"
        self.deadline.remaining()
        raise Failure("unreachable", f"{host} cannot be reached at port {port}: {reason}.")

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Refuse.

        :raises Failure: always
        """
        raise Failure("blocked", "Sockets of this machine are not dialled.")

    def _check(self, address: str, host: str, port: int) -> None:
        code = judge(address, allow=self._allow, host=host, port=port)
        if code is not None:
            raise Failure(
                "blocked",
                f"{host} leads to an address that may not be dialled ({code}). "
                "If it is meant to be reached, an operator adds it to EGRESS_ALLOW.",
            )

    def _connect(self, address: str, host: str, port: int, seconds: float) -> httpcore.NetworkStream:
        family = socket.AF_INET6 if ip_address(address).version == 6 else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(seconds)
            connection.connect((address, port))
            self._check(connection.getpeername()[0], host, port)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            connection.close()
            raise
        return Stream(connection, egress=self)


class Stream(httpcore.NetworkStream):
    """An open connection that ends at the deadline, however slowly the other side drips."""

    def __init__(self, connection: socket.socket, *, egress: Egress) -> None:
        """Wrap a connected socket."""
        self._socket = connection
        self._egress = egress

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what comes next.

        :raises Failure: the deadline has come, the connection broke, or too much was sent
        """
        with self._until_the_deadline():
            data = self._socket.recv(max_bytes)
        self._egress.bytes_left -= len(data)
        if self._egress.bytes_left < 0:
            raise Failure("protocol", "The receiver sends far more than its answer.")
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all.

        :raises Failure: the deadline has come
        :raises httpcore.WriteError: the connection broke; an answer may stand in it all the same
        """
        rest = memoryview(buffer)
        try:
            while rest:
                self._socket.settimeout(self._egress.deadline.remaining())
                self._egress.has_written = True
                rest = rest[self._socket.send(rest) :]
        except TimeoutError:
            raise self._egress.deadline.passed() from None
        except OSError as error:
            raise httpcore.WriteError from error

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,  # context_to_change()
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Encrypt what follows, if the certificate is that of the host.

        :raises Failure: it is not, or the handshake failed or did not end in time
        """
        try:
            self._socket.settimeout(self._egress.deadline.remaining())
            encrypted = tls_context().wrap_socket(self._socket, server_hostname=server_hostname)
        except TimeoutError:
            self.close()
            raise self._egress.deadline.passed() from None
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise Failure("tls", f"The certificate of {server_hostname} is refused: {error.verify_message}.") from None
        except OSError as error:
            self.close()
            reason = getattr(error, "reason", None) or error.strerror
            raise Failure("tls", f"No encrypted connection to {server_hostname}: {reason}.") from None
        return Stream(encrypted, egress=self._egress)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def get_extra_info(self, info: str) -> Any:
        """Return nothing: what is asked about here is HTTP/2 and idle connections, and there are none."""
        return None

    @contextmanager
    def _until_the_deadline(self) -> Iterator[None]:
        try:
            self._socket.settimeout(self._egress.deadline.remaining())
            yield
        except TimeoutError:
            raise self._egress.deadline.passed() from None
        except OSError:
            raise Failure("interrupted", "The connection broke before the answer was complete.") from None


@cache
def tls_context() -> ssl.SSLContext:
    """Return how certificates are verified: by the authorities of certifi and of this machine, TLS 1.2 or newer."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


@cache
def context_to_change() -> ssl.SSLContext:
    """Return a context that encrypts nothing: httpcore changes the one it is given at each connection.

    OpenSSL copies from a context without a lock, so that a change to :func:`tls_context` while another thread connects
    would have that thread read memory which was freed.
    """
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _addresses(host: str, port: int, deadline: Deadline) -> list[str]:
    """Return the addresses of a host, each once, in the order in which the system would try them.

    :raises Failure: it has none, or the resolver does not answer in time
    """
    try:
        return [str(ip_address(host))]
    except ValueError:
        answers = _Lookup(host, port).wait(deadline)
    if not answers:
        raise Failure("unresolvable", f"There is no address for the host {host}.")
    return list(dict.fromkeys(answers))


class _Lookup:
    """One question to the resolver, in a thread of its own: it knows no timeout, and must not outlast a deadline.

    A thread that is left behind ends when the resolver gives up, after some 30 seconds. Until then its sender starts
    few others: it waits for the deadline of each.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._answers: list[str] = []
        self._is_over = threading.Event()

    def wait(self, deadline: Deadline) -> list[str]:
        """Ask, and return the answers: none if the name is unknown.

        :raises Failure: there is no answer in time
        """
        threading.Thread(target=self._ask, daemon=True).start()
        if not self._is_over.wait(deadline.remaining()):
            raise deadline.passed()
        return self._answers

    def _ask(self) -> None:
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
            self._answers = [str(answer[4][0]) for answer in found]
        except OSError:
            self._answers = []
        finally:
            self._is_over.set()
