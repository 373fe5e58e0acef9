"""What time brings happens once, however many workers there are."""

from datetime import UTC, datetime, timedelta

import pytest

from deliveries import periodic
from deliveries.models import ScheduledJob
from deliveries.periodic import Job, run_due

SAID = "ada@example.org"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Return when a job that is due every minute was done; beside it is one that always fails."""
    done: list[datetime] = []

    def fail(_at: datetime, _is_stopping: object) -> None:
        raise RuntimeError(SAID)

    minute = timedelta(minutes=1)
    jobs = {"fail": Job(every=minute, run=fail), "note": Job(every=minute, run=lambda at, _: done.append(at))}
    monkeypatch.setattr(periodic, "JOBS", jobs)
    return done


def run(at: datetime) -> None:
    run_due(at, lambda: False)


def test_a_job_is_done_when_it_is_due_and_not_before(done: list[datetime]) -> None:
    for seconds in (0, 1, 59, 60, 61, 200):
        run(NOW + timedelta(seconds=seconds))

    assert [(at - NOW).total_seconds() for at in done] == [0, 60, 200]


def test_two_workers_that_saw_it_due_do_it_once(done: list[datetime]) -> None:
    run(NOW)
    seen = ScheduledJob.objects.get(name="note")
    later = NOW + timedelta(minutes=1)
    run(later)

    assert seen.take(at=later, every=timedelta(minutes=1)) is False
    assert done == [NOW, later]


def test_one_that_fails_stops_no_other_and_says_nothing_of_values(
    done: list[datetime], caplog: pytest.LogCaptureFixture
) -> None:
    run(NOW)

    assert done == [NOW]
    assert "Could not fail: RuntimeError" in caplog.text
    assert SAID not in caplog.text


def test_nothing_is_begun_once_it_is_to_stop(done: list[datetime]) -> None:
    run_due(NOW, lambda: True)

    assert done == []


def test_every_job_of_ours_runs_on_an_empty_database() -> None:
    for job in periodic.JOBS.values():
        job.run(NOW, lambda: False)
