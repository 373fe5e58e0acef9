"""How SQLite is opened: the system check complains about whatever could lose a write."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from workflows_site.checks import sqlite_is_safe
from workflows_site.tests.servers import run_python


@pytest.mark.django_db
def test_the_database_of_the_tests_passes_the_check() -> None:
    assert sqlite_is_safe(databases=["default"]) == []
    assert sqlite_is_safe() == []


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="it is about SQLite")
@pytest.mark.parametrize("options", [{"transaction_mode": "DEFERRED"}, {"transaction_mode": None}, {"timeout": 0}])
def test_the_check_complains_about_each_bad_option(monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]) -> None:
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {**connection.settings_dict["OPTIONS"], **options})

    found = sqlite_is_safe(databases=["default"])

    assert [message.id for message in found] == ["workflows.E001"]
    assert "'default'" in found[0].msg


@pytest.mark.skipif(connection.vendor != "sqlite", reason="it is about SQLite")
@pytest.mark.parametrize("pragma", ["journal_mode=DELETE", "synchronous=NORMAL", "foreign_keys=OFF"])
def test_the_check_complains_about_each_bad_pragma(tmp_path: Path, pragma: str) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3"}
    code = (
        "import django; from workflows_site import environment as e;"
        f"e.SQLITE_PRAGMAS += 'PRAGMA {pragma};'; django.setup();"
        "from django.core.management import call_command; call_command('check', databases=['default'])"
    )

    done = run_python(["-c", code], DJANGO_SETTINGS_MODULE="workflows_site.settings", **settings)

    assert done.returncode != 0
    assert f"PRAGMA {pragma.partition('=')[0]} is" in done.stderr
    assert "workflows.E002" in done.stderr
