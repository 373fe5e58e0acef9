"""How often the page may be asked for: by everybody with one link together, and by one address for whatever links."""

from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil
from typing import cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

_MINUTE = 60
_BITS_OF_ONE_HOUSE = 64
"""Whoever has an IPv6 address has all of a network of this size."""


class TooOften(Exception):
    """So many requests are not answered; after `seconds` the next one is."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many requests; the next one is answered in {seconds} seconds.")
        self.seconds = seconds


class _Rate(SimpleRateThrottle):
    """So many requests in such a time, remembered in Django's cache."""

    def __init__(self, rate: str, whose: str) -> None:
        self.rate = rate
        self.whose = whose
        super().__init__()

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Return what the requests that count together are remembered under."""
        return f"page:{self.whose}"

    def count(self, request: HttpRequest) -> None:
        """Count a request.

        :raises TooOften: there were too many before it
        """
        # Whose it is is known already, so that nothing of a view is looked at.
        if not self.allow_request(cast(Request, request), cast(APIView, None)):
            raise TooOften(ceil(self.wait() or _MINUTE))

    def address_of(self, request: HttpRequest) -> str:
        """Return the address of who sent a request, behind as many proxies as are trusted to tell it."""
        return str(self.get_ident(cast(Request, request)))


def count_address(request: HttpRequest) -> None:
    """Count a request of an address, whatever link it tries.

    :raises TooOften: there were too many before it
    """
    rate = _Rate(settings.PAGE_RATE_PER_ADDRESS, "")
    rate.whose = f"address:{house_of(rate.address_of(request))}"
    rate.count(request)


def count_link(request: HttpRequest, workflow_id: UUID) -> None:
    """Count a request for the page of one workflow, whoever makes it.

    :raises TooOften: there were too many before it
    """
    _Rate(settings.PAGE_RATE_PER_LINK, f"link:{workflow_id}").count(request)


def house_of(address: str) -> str:
    """Return what is counted for an address: itself, or its network if it is one of very many; what is none is one."""
    try:
        found = ip_address(address)
    except ValueError:
        return "none"
    if isinstance(found, IPv6Address):
        return str(IPv6Network((int(found), _BITS_OF_ONE_HOUSE), strict=False).network_address)
    return str(found)
