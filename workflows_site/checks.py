"""System checks of the wiring."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

_PRAGMAS = {"journal_mode": ("wal",), "synchronous": (2,), "foreign_keys": (1,)}


@register(Tags.database)
def sqlite_is_safe(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Say so if SQLite is set up in a way that loses writes."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "sqlite":
            continue
        options = connection.settings_dict.get("OPTIONS", {})
        if options.get("transaction_mode") != "IMMEDIATE" or not options.get("timeout"):
            found.append(_error(alias, "transaction_mode must be IMMEDIATE and timeout above 0", "E001"))
        for pragma, wanted in _PRAGMAS.items():
            with connection.cursor() as cursor:
                (value,) = cursor.execute(f"PRAGMA {pragma}").fetchone()
            if value not in wanted and connection.settings_dict["NAME"] != ":memory:":
                found.append(_error(alias, f"PRAGMA {pragma} is {value}, not {wanted[0]}", "E002"))
    return found


def _error(alias: str, message: str, code: str) -> Error:
    hint = "Without it SQLite loses writes: see OPTIONS in workflows_site/environment.py."
    return Error(f"SQLite database {alias!r}: {message}.", hint=hint, id=f"workflows.{code}")
