"""`serve` as a process: it answers, says when it cannot start, and stops without dropping what is under way."""

import json
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from authoring.tests.commands import run
from workflows_site.tests.servers import site

STOPS_WITHIN_SECONDS = 10


def test_it_is_healthy_at_once_and_ready_when_migrated(tmp_path: Path) -> None:
    here = site(tmp_path)

    with here.serving() as server:
        healthy, too_early = server.ask("/healthz"), server.ask("/readyz")
        migrated = here.manage("migrate", "--verbosity", "0")
        ready = server.ask("/readyz")

    assert healthy == (200, '{"status": "ok"}')
    assert too_early[0] == 503
    assert json.loads(too_early[1])["code"] == "not_ready"
    assert migrated.returncode == 0, migrated.stderr
    assert ready == (200, '{"status": "ok"}')


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_it_is_asked_to(tmp_path: Path, asked: signal.Signals) -> None:
    with site(tmp_path).serving() as server:
        server.process.send_signal(asked)

        assert server.process.wait(STOPS_WITHIN_SECONDS) == 0


def test_a_request_under_way_is_finished_before_it_stops(tmp_path: Path) -> None:
    here = site(tmp_path)
    here.manage("migrate", "--verbosity", "0")
    key = here.manage("issue_api_key", "test").stdout.strip()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    with here.serving() as server, ThreadPoolExecutor() as others:
        with _somebody_writing(tmp_path / "site.sqlite3"):
            answer = others.submit(server.ask, "/api/user-types", method="POST", body='{"name": "late"}', **headers)
            time.sleep(1)
            under_way = not answer.done()
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
        status, body = answer.result(STOPS_WITHIN_SECONDS)
        stopped = server.process.wait(STOPS_WITHIN_SECONDS)

    assert under_way
    assert (status, json.loads(body)["name"]) == (201, "late")
    assert stopped == 0


def test_a_port_in_use_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        ran = site(tmp_path).manage("serve", "--port", port)

    assert ran.returncode == 1
    assert ran.stderr == (
        f"CommandError: Nothing can listen at 127.0.0.1:{port}: Address already in use. Try another --port.\n"
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--port", "0"], "--port must be between 1 and 65535."),
        (["--port", "65536"], "--port must be between 1 and 65535."),
        (["--workers", "0"], "--workers and --threads must be at least 1."),
        (["--threads", "0"], "--workers and --threads must be at least 1."),
        (["--host", "203.0.113.7"], "Nothing can listen at 203.0.113.7:8000"),
        (["--host", "localhost"], "--host must be an IP address"),
    ],
)
def test_options_that_make_no_sense_are_said_in_a_sentence(options: list[str], words: str) -> None:
    ran = run("serve", *options)

    assert ran.error.startswith(words)
    assert ran.output == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SECRET_KEY": ""}, "This cannot start: SECRET_KEY must be set, with at least 50 random characters."),
        ({"DATABASE_URL": "mysql://x/y"}, "This cannot start: DATABASE_URL begins with 'mysql'."),
    ],
)
def test_a_setting_that_is_missing_or_wrong_is_said_in_a_sentence(
    tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    ran = site(tmp_path, **changes).manage("serve")

    assert ran.returncode == 1
    assert ran.stderr.startswith(words)
    assert ran.stderr.count("\n") == 1
    assert ran.stdout == ""


@contextmanager
def _somebody_writing(path: Path) -> Iterator[None]:
    """Hold the write lock of a database, as a long transaction of another process would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
