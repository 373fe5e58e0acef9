"""Which headers a template or an endpoint may give to its requests. Pure."""

import re

MOST_CHARACTERS = 8192

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
# What is not printable in Latin-1, which is all that a header can carry (RFC 9110).
_UNFIT = re.compile(r"[^\t\x20-\x7e\xa0-\xff]")
_OURS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "expect",
        "host",
        "http2-settings",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


def refused_header(name: str, value: str) -> str | None:
    """Return why a header must not be sent, as a sentence without its value, or None if it may be."""
    if not _NAME.fullmatch(name):
        return f"{name[:40]!r} is no name of a header: it is made of letters, digits and hyphens."
    # Receivers with a gateway interface of old read X_Y as X-Y.
    canonical = name.lower().replace("_", "-")
    if canonical in _OURS or canonical.startswith("proxy-"):
        return f"The header {name} belongs to the connection and is set by this service. Leave it out."
    if len(value) > MOST_CHARACTERS:
        return f"The header {name} is longer than {MOST_CHARACTERS} characters."
    if _UNFIT.search(value):
        return f"The header {name} holds a line break, a control character or a letter beyond Latin-1."
    if value != value.strip():
        return f"The header {name} begins or ends with a space."
    return None
