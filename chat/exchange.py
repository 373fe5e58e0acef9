"""JSON over HTTP, with the standard library alone; what goes wrong is said in words for the person who chats."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

PATIENCE_SECONDS = 120
MOST_BYTES = 10 * 2**20

_OURSELVES = frozenset({"127.0.0.1", "::1", "localhost"})


class Trouble(Exception):
    """Something that the person at the terminal has to know."""


class Refused(Trouble):
    """The other side answered that it will not: its status and what it said."""

    def __init__(self, url: str, *, status: int, said: str) -> None:
        super().__init__(f"{url} answered {status}: {plain(said)}")
        self.status = status
        self.said = said


def plain(said: str) -> str:
    """Return what an error says in words: of a problem (RFC 9457), or as the endpoints of models put it."""
    try:
        found = json.loads(said)
        return str(found.get("detail") or found["error"]["message"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return said[:500] or "nothing more"


def exchange(url: str, *, key: str, body: Mapping[str, Any] | None = None, **headers: str) -> Any:
    """Return what is answered to a GET, or with a body to a POST.

    :raises Refused: the answer is an error
    :raises Trouble: nobody answers, or not with JSON
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise Trouble(f"{url} is no web address: it begins with http:// or https://.")
    sent = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **headers}
    try:
        request = Request(url, data=None if body is None else json.dumps(body).encode(), headers=sent)  # noqa: S310
        with _opener_for(url).open(request, timeout=PATIENCE_SECONDS) as response:
            return json.loads(response.read(MOST_BYTES))
    except HTTPError as error:
        with error:
            raise Refused(url, status=error.code, said=error.read(MOST_BYTES).decode(errors="replace")) from None
    except OSError as error:
        raise Trouble(f"Nobody answers at {url}: {getattr(error, 'reason', error)}") from None
    except ValueError:
        raise Trouble(f"{url} did not answer with JSON. Is this the right address?") from None


def _opener_for(url: str) -> Any:
    """Return what opens a URL: through the proxy of the environment, but never on the way to this machine."""
    return build_opener(ProxyHandler({})) if urlsplit(url).hostname in _OURSELVES else build_opener()
