"""`sweep` as a process, alone and beside `serve`: it ends what is due, and stops when it is asked to or left alone."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from django.conf import settings

from workflows_site.tests.servers import PATIENCE_SECONDS, Site, site

STOPS_WITHIN_SECONDS = 10

ADD_A_DUE_WORKFLOW = """
from datetime import UTC, datetime
from conftest import OPERATOR, document
from instances.acting import Acting
from instances.services import StartOrder, start
from permissions.models import UserType
from permissions.services import grant, save_user_type
from registry.registry import WorkflowRegistry

long_ago = datetime(2020, 1, 1, tzinfo=UTC)
template = WorkflowRegistry.create(document(expires_after="PT1M"), actor="test", at=long_ago)
kind = save_user_type(UserType(), name="customer")
grant(user_type_id=kind.pk, workflow_template_id=template.pk)
order = StartOrder(template_id=template.pk, user_type_id=kind.pk, conversation_id="c", user_id="u")
start(order, Acting(caller=OPERATOR, at=long_ago))
"""

START_A_SWEEP_AND_WAIT = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "manage.py", "sweep", "--every", "60", "--while", str(os.getpid())])
time.sleep(60)
"""


def add_a_due_workflow(here: Site) -> None:
    for arguments in (["migrate", "--verbosity", "0"], ["shell", "--command", ADD_A_DUE_WORKFLOW]):
        ran = here.manage(*arguments)
        assert ran.returncode == 0, ran.stderr


def wait_until_it_expired(folder: Path) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    with closing(sqlite3.connect(folder / "site.sqlite3")) as database:
        while database.execute("SELECT status, reason FROM instances_workflow").fetchall() != [
            ("cancelled", "expired")
        ]:
            assert time.monotonic() < give_up_at
            time.sleep(0.05)


def test_while_it_serves_what_is_due_expires_with_nothing_else_started(tmp_path: Path) -> None:
    here = site(tmp_path)
    add_a_due_workflow(here)

    with here.serving() as server:
        wait_until_it_expired(tmp_path)
        healthy = server.ask("/healthz")

    assert healthy[0] == 200


def test_when_the_server_is_asked_to_stop_nothing_of_it_is_left(tmp_path: Path) -> None:
    here = site(tmp_path)
    add_a_due_workflow(here)

    with here.serving(stdout=subprocess.PIPE) as server:
        wait_until_it_expired(tmp_path)
        server.process.send_signal(signal.SIGTERM)
        server.process.communicate(timeout=STOPS_WITHIN_SECONDS)  # until no process holds its standard output

        assert server.process.returncode == 0


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_it_goes_on_until_it_is_asked_to_stop(tmp_path: Path, asked: signal.Signals) -> None:
    here = site(tmp_path)
    add_a_due_workflow(here)

    with here.running("sweep", "--every", "3600") as process:
        wait_until_it_expired(tmp_path)
        process.send_signal(asked)

        assert process.wait(STOPS_WITHIN_SECONDS) == 0


def test_a_database_that_is_not_ready_may_be_at_the_next_sweep(tmp_path: Path) -> None:
    here = site(tmp_path)

    with here.running("sweep", "--every", "1") as process:
        time.sleep(2)
        still_there = process.poll() is None
        add_a_due_workflow(here)
        wait_until_it_expired(tmp_path)

    assert still_there


def test_it_stops_when_what_started_it_is_killed(tmp_path: Path) -> None:
    here = site(tmp_path)
    add_a_due_workflow(here)

    with subprocess.Popen(  # noqa: S603  our own
        [sys.executable, "-c", START_A_SWEEP_AND_WAIT],
        cwd=settings.BASE_DIR,
        env=here.environment,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as parent:
        try:
            wait_until_it_expired(tmp_path)
            parent.kill()
            parent.communicate(timeout=STOPS_WITHIN_SECONDS)  # until the sweep has let go of it too
        finally:
            with suppress(ProcessLookupError):
                os.killpg(parent.pid, signal.SIGKILL)


def test_once_a_database_that_is_not_ready_is_said_in_a_sentence(tmp_path: Path) -> None:
    ran = site(tmp_path).manage("sweep")

    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "CommandError: The database refused (OperationalError). Is it there, and migrated?\n"
