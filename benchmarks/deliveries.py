"""How many end actions a worker delivers in a second to a receiver on this machine, beside a bare httpx loop.

Run it with `.venv/bin/python -m benchmarks.deliveries`; PostgreSQL is measured too if TEST_POSTGRES_URL names a server.
Compare figures of one run only: machines are noisy.
"""

import cProfile
import os
import pstats
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from threading import Event, Thread
from typing import Any

import django
import httpx

RECEIVERS, EACH, THREADS = 20, 20, 8
DELIVERIES = RECEIVERS * EACH


def main() -> None:
    """Measure each database in a process of its own, and report."""
    parser = ArgumentParser(prog="python -m benchmarks.deliveries")
    parser.add_argument("--worker", help="measure here, sending to this URL; the database is that of DATABASE_URL")
    parser.add_argument("--profile", action="store_true", help="show where one thread spends its time")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workflows_site.test_settings")
    if asked.worker:
        _measure_worker(asked.worker, is_profiled=asked.profile)
    else:
        _measure_all(is_profiled=asked.profile)


def _measure_all(*, is_profiled: bool) -> None:
    from torture.databases import temporary  # noqa: PLC0415  settings must be named first
    from torture.receivers import Behaviour, always, receiving  # noqa: PLC0415

    postgres = os.environ.get("TEST_POSTGRES_URL")
    with tempfile.TemporaryDirectory() as folder, receiving(always(Behaviour.TAKE)) as receiver:
        url = f"http://{receiver.authority}"
        bare = _measure_httpx(url)
        print(f"httpx, one thread, one connection: {bare:.0f} requests a second", flush=True)
        for name, server in (("SQLite", None), ("PostgreSQL", postgres)):
            if name == "PostgreSQL" and not postgres:
                print("PostgreSQL: NOT measured. Set TEST_POSTGRES_URL.")
                continue
            with temporary(server, Path(folder)) as database:
                environment = {**os.environ, "DATABASE_URL": database.url, "EGRESS_ALLOW": receiver.authority}
                options = ["--profile"] if is_profiled else []
                command = [sys.executable, "-m", "benchmarks.deliveries", "--worker", url, *options]
                ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
            *told, last = ran.stdout.splitlines()
            print("\n".join(told), end="\n" if told else "")
            rate, processor = map(float, last.split())
            print(f"{name}, {THREADS} threads, {RECEIVERS} receivers: {rate:.0f} deliveries a second,", end=" ")
            print(f"1/{bare / rate:.1f} of httpx; {processor:.1f} ms of processor each", flush=True)


def _measure_httpx(url: str) -> float:
    body = {"workflow_id": "none", "state": {"number": 1}}
    with httpx.Client(trust_env=False) as client:
        began_at = time.perf_counter()
        for number in range(DELIVERIES):
            client.post(url, json=body, headers={"Idempotency-Key": str(number)}).raise_for_status()
        return DELIVERIES / (time.perf_counter() - began_at)


def _measure_worker(url: str, *, is_profiled: bool) -> None:
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  it needs what was set up
    from django.utils import timezone  # noqa: PLC0415

    from deliveries.dispatch import dispatch  # noqa: PLC0415
    from deliveries.models import Delivery  # noqa: PLC0415
    from deliveries.worker import Worker  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    _complete_workflows(url)
    dispatch(timezone.now())
    spent = time.process_time()
    began_at = time.perf_counter()
    if is_profiled:
        _profile()
    else:
        stopping = Event()
        worker = Thread(target=Worker(threads=THREADS, is_stopping=stopping.is_set).run)
        worker.start()
        while Delivery.objects.filter(status="pending").exists():
            time.sleep(0.1)
        stopping.set()
        worker.join()
    seconds, processor = time.perf_counter() - began_at, time.process_time() - spent
    assert not Delivery.objects.exclude(status="delivered").exists()
    print(DELIVERIES / seconds, processor / DELIVERIES * 1000)


def _profile() -> None:
    from django.utils import timezone  # noqa: PLC0415  as above

    from deliveries.attempts import carry_out  # noqa: PLC0415
    from deliveries.claiming import claim  # noqa: PLC0415

    with cProfile.Profile() as profile:
        while held := claim(timezone.now()):
            carry_out(held)
    pstats.Stats(profile, stream=sys.stdout).sort_stats("cumulative").print_stats(45)


def _complete_workflows(url: str) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from conftest import OPERATOR, document  # noqa: PLC0415  as above
    from instances.acting import Acting  # noqa: PLC0415
    from instances.services import StartOrder, start  # noqa: PLC0415
    from permissions.models import UserType  # noqa: PLC0415
    from permissions.services import grant, save_user_type  # noqa: PLC0415
    from registry.registry import WorkflowRegistry  # noqa: PLC0415

    acting = Acting(caller=OPERATOR, at=timezone.now())
    kind = save_user_type(UserType(), name="benchmark")
    for receiver in range(RECEIVERS):
        parts: dict[str, Any] = {"end_action_type": "api_call", "end_action_target": f"{url}/{receiver}"}
        made = WorkflowRegistry.create(document(**parts), actor="benchmark", at=acting.at)
        grant(user_type_id=kind.pk, workflow_template_id=made.pk)
        for number in range(EACH):
            who = f"{receiver} {number}"
            order = StartOrder(
                template_id=made.pk,
                user_type_id=kind.pk,
                conversation_id=who,
                user_id=who,
                state_data={"email": "ada@example.org"},
            )
            start(order, acting)


if __name__ == "__main__":
    main()
