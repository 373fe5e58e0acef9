"""The long runs: what runs, on which database, and what happens to it in the middle."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from torture.databases import temporary
from torture.postgres import Unavailable, cluster
from torture.redis import redis
from torture.runs import Plan, Report, run

WORKER = ("manage.py", "run_worker", "--threads", "4")
CELERY = (
    "-m",
    "celery",
    "--app",
    "workflows_site.celery",
    "worker",
    "--pool",
    "threads",
    "--concurrency",
    "4",
    "--loglevel",
    "WARNING",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A run that has a name."""

    says: str
    run: Callable[..., Report]
    must_lose: bool = False
    """Whether this is the control."""


def _on_sqlite(folder: Path, *, completions: int, kills: int, seed: int) -> Report:
    plan = Plan(completions=completions, kills=kills, seed=seed, workers={"worker": WORKER}, web_options=())
    return _run(plan, None, folder)


def _on_postgresql(folder: Path, *, completions: int, kills: int, seed: int) -> Report:
    workers = {"worker 1": WORKER, "worker 2": WORKER}
    plan = Plan(completions=completions, kills=kills, seed=seed, workers=workers)
    return _run(plan, _server(), folder)


def _through_a_crash(folder: Path, *, completions: int, kills: int, seed: int) -> Report:
    workers = {"worker 1": WORKER, "worker 2": WORKER}
    with cluster() as ours:
        disturb = ours.crash_and_recover
        plan = Plan(completions=completions, kills=kills, seed=seed, workers=workers, disturb=disturb)
        return _run(plan, ours.url, folder)


def _on_celery(folder: Path, *, completions: int, kills: int, seed: int) -> Report:
    server = _server()
    with redis() as broker:
        plan = Plan(
            completions=completions,
            kills=kills,
            seed=seed,
            workers={"worker": WORKER, "celery 1": CELERY, "celery 2": CELERY},
            environment={"TASKS_BACKEND": "celery", "CELERY_BROKER_URL": broker.url},
            disturb=broker.forget_everything,
        )
        return _run(plan, server, folder)


def _without_the_outbox(folder: Path, *, completions: int, kills: int, seed: int) -> Report:
    environment = {"TORTURE_CONTROL": "1"}
    plan = Plan(completions=completions, kills=kills, seed=seed, workers={}, environment=environment, patience=10)
    return _run(plan, None, folder)


def _run(plan: Plan, server: str | None, folder: Path) -> Report:
    with temporary(server, folder) as database:
        return run(plan, database, folder)


def _server() -> str:
    for name in ("TEST_POSTGRES_URL", "DATABASE_URL"):
        url = os.environ.get(name, "")
        if url.startswith("postgres"):
            return url
    raise Unavailable("TEST_POSTGRES_URL names no server, like postgresql://user:password@host:5432/name")


CASES: Mapping[str, Case] = {
    "sqlite": Case(says="one machine, `serve` with a second worker beside it, on SQLite", run=_on_sqlite),
    "postgresql": Case(says="a web server and two workers on PostgreSQL", run=_on_postgresql),
    "crash": Case(says="the same, and PostgreSQL itself crashes in the middle", run=_through_a_crash),
    "celery": Case(says="attempts run by Celery, and Redis forgets everything in the middle", run=_on_celery),
    "control": Case(says="without the outbox, which must lose", run=_without_the_outbox, must_lose=True),
}
