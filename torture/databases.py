"""A database of its own for each run, and a look into it that does not go through the code under test."""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import psycopg
from psycopg import sql

from torture.history import Counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Where a run stores everything."""

    url: str

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a query finds."""
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=20)) as connection:
                return connection.execute(query).fetchall()
        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def statuses(self) -> dict[str, str]:
        """Return the status of every workflow."""
        return {_uuid(found): status for found, status in self.rows("SELECT id, status FROM instances_workflow")}

    def open_work(self) -> int:
        """Return how much is still to be dispatched, sent or finished."""
        (found,) = self.rows(
            "SELECT (SELECT count(*) FROM events_event WHERE dispatched_at IS NULL)"
            " + (SELECT count(*) FROM deliveries_delivery WHERE status = 'pending')"
            " + (SELECT count(*) FROM instances_workflow WHERE status = 'finishing')"
        )
        return int(found[0])

    def interrupted(self) -> int:
        """Return how many attempts never told their result."""
        query = "SELECT count(*) FROM deliveries_deliveryattempt WHERE ended_at IS NULL OR code = 'interrupted'"
        return int(self.rows(query)[0][0])

    def deliveries(self) -> tuple[Counted, ...]:
        """Return how often each delivery was attempted."""
        numbers: dict[Any, list[int]] = {}
        for delivery, number in self.rows("SELECT delivery_id, number FROM deliveries_deliveryattempt"):
            numbers.setdefault(delivery, []).append(number)
        found = self.rows("SELECT id, workflow_id, status, attempts FROM deliveries_delivery")
        return tuple(
            Counted(
                workflow=_uuid(workflow), status=status, attempts=attempts, numbers=tuple(numbers.get(delivery, ()))
            )
            for delivery, workflow, status, attempts in found
        )


@contextmanager
def temporary(server: str | None, folder: Path) -> Iterator[Database]:
    """Make an empty database: in this folder, or on the PostgreSQL server that this URL names; and remove it again."""
    name = f"torture_{secrets.token_hex(6)}"
    if server is None:
        yield Database(url=f"sqlite:///{folder / name}.sqlite3")
        return
    with psycopg.connect(server_of(server), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield Database(url=server_of(server, name))
    finally:
        with psycopg.connect(server_of(server), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def server_of(url: str, name: str = "postgres") -> str:
    """Return the URL of a database beside the one of this URL."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _uuid(found: Any) -> str:
    return str(found if isinstance(found, UUID) else UUID(found))
