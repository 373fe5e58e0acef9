"""Waiting no longer than so many seconds for code that nobody can interrupt."""

from collections.abc import Callable
from threading import Thread
from typing import Any

from django.db import connections


class TookTooLong(Exception):
    """It goes on, and nobody waits for it any more."""


def within(seconds: float, act: Callable[[], Any]) -> Any:
    """Return what a function returns, or raise what it raises, if it does so in time.

    It runs in a thread that does not keep the process alive: what hangs must hold up neither the others nor a stop.

    :raises TookTooLong: it did not
    """
    returned: list[Any] = []
    raised: list[Exception] = []

    def run() -> None:
        try:
            returned.append(act())
        except Exception as error:  # noqa: BLE001  raised again by who waits
            raised.append(error)
        finally:
            connections.close_all()

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if raised:
        raise raised[0]
    if not returned:
        raise TookTooLong
    return returned[0]
