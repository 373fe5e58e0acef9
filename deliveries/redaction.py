"""Taking secrets out of what comes back: an answer that echoes what it was sent must not be kept as it is. Pure."""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import overload
from urllib.parse import quote, quote_plus

HIDDEN = "***"

_ESCAPE = re.compile(r"%[0-9A-F]{2}")
# Fewer letters of base64 say nothing of where they come from.
_LEAST_ENCODED = 6


@overload
def redact(given: str, secrets: Iterable[str]) -> str: ...
@overload
def redact(given: bytes, secrets: Iterable[str]) -> bytes: ...
def redact(given: str | bytes, secrets: Iterable[str]) -> str | bytes:
    """Return a text with the values of secrets hidden, as they are, or escaped as JSON, HTML, URL or base64."""
    forms = {form for value in secrets if value for form in _forms(value)}
    if not forms:
        return given
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    if isinstance(given, str):
        return re.sub("|".join(map(re.escape, longest_first)), HIDDEN, given)
    encoded = dict.fromkeys(form.encode(coding) for form in longest_first for coding in ("utf-8", "latin-1"))
    return re.sub(b"|".join(map(re.escape, encoded)), HIDDEN.encode(), given)


def _forms(value: str) -> Iterator[str]:
    yield value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1].replace("/", "\\/")
    yield html.escape(value)
    for encoding in ("utf-8", "latin-1"):
        for quoted in (quote(value, safe="", encoding=encoding), quote(value, encoding=encoding), quote_plus(value)):
            yield quoted
            yield _ESCAPE.sub(lambda found: found[0].lower(), quoted)
        yield from _encoded(value.encode(encoding))


def _encoded(value: bytes) -> Iterator[str]:
    """Return what base64 makes of a value, wherever in a longer text it stands, as in `user:password`."""
    # After so many bytes of others, so many letters are left out, in which the others have a part.
    for before, first in ((0, 0), (1, 2), (2, 3)):
        whole = base64.b64encode(b"\x00" * before + value).decode().rstrip("=")
        is_shared = (before + len(value)) % 3 != 0
        core = whole[first:-1] if is_shared else whole[first:]
        if len(core) >= _LEAST_ENCODED:
            yield core
            yield core.replace("+", "-").replace("/", "_")
