"""Preconditions of requests (RFC 9110, section 13): which state of a thing the caller has seen and relies on."""

import re

from rest_framework.request import Request

from engine.errors import Invalid

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")  # a list may have empty places (section 5.6.1)


class UnusablePrecondition(Invalid):
    """The header is there and is no list of entity tags."""

    code = "if_match_invalid"


def etag_of(revision: int) -> str:
    """Return the entity tag of a revision."""
    return f'"{revision}"'


def if_match_of(request: Request) -> frozenset[str] | None:
    """Return the entity tags of which one must match, or None if any will do. A weak one matches nothing, ever.

    :raises UnusablePrecondition: the header is malformed
    """
    given = request.headers.get("If-Match")
    if given is None or given.strip() == "*":
        return None
    if _TAGS.fullmatch(given) is None:
        raise UnusablePrecondition('If-Match is a list of entity tags, like "5", or *. Send the ETag of what you read.')
    return frozenset(re.findall(_TAG, given))
