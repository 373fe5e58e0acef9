"""The short form of `make torture`: nothing is lost whatever is killed, and a service without the outbox does lose."""

from pathlib import Path

from torture.databases import Database
from torture.runs import Plan, run

WORKER = ["manage.py", "run_worker", "--threads", "4"]


def test_nothing_is_lost_when_the_web_and_the_workers_are_killed(database: Database, tmp_path: Path) -> None:
    plan = Plan(completions=60, kills=4, workers={"worker 1": WORKER, "worker 2": WORKER})

    report = run(plan, database, tmp_path)

    assert report.findings.are_none, report.findings
    assert report.findings.completions == 60
    assert sum(report.kills.values()) == 4


def test_a_rolling_restart_counts_no_attempt_twice_and_loses_none(database: Database, tmp_path: Path) -> None:
    plan = Plan(completions=40, kills=4, is_gentle=True, workers={"worker 1": WORKER, "worker 2": WORKER})

    report = run(plan, database, tmp_path)

    assert report.findings.are_none, report.findings
    assert report.attempts == report.requests
    assert report.interrupted == 0
    assert sum(report.kills.values()) == 4


def test_without_the_outbox_the_same_kills_lose_deliveries(database: Database, tmp_path: Path) -> None:
    plan = Plan(completions=40, kills=3, workers={}, environment={"TORTURE_CONTROL": "1"}, patience=5)

    report = run(plan, database, tmp_path)

    assert report.findings.lost
