"""What the tests of this package share: a service of its own, on the kind of database that DATABASE_URL names."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from torture.databases import Database, temporary
from torture.tests.houses import House, housed


def server() -> str | None:
    """Return where the database of a run is made: None for SQLite, or beside the one of DATABASE_URL."""
    url = os.environ["DATABASE_URL"]
    return None if url.startswith("sqlite") else url


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Return an empty database."""
    with temporary(server(), tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Return a service that the tests of a module share."""
    folder = tmp_path_factory.mktemp("torture")
    with temporary(server(), folder) as made, housed(made, folder) as ours:
        yield ours
