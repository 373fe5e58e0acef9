"""What happens every so often, once however many workers there are: each job is claimed in the database."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from deliveries.models import ScheduledJob
from deliveries.retention import blank_orphans, purge_settled
from instances.quiet import log_quietly
from instances.sweep import expire_idle, purge_idempotency_keys

logger = logging.getLogger(__name__)

type IsStopping = Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to do, and how often. It may be cut short at any point and be done again."""

    every: timedelta
    run: Callable[[datetime, IsStopping], object]


JOBS: Mapping[str, Job] = {
    "expire idle workflows": Job(
        every=timedelta(minutes=1), run=lambda at, is_stopping: expire_idle(at, is_stopping=is_stopping)
    ),
    "forget idempotency keys": Job(
        every=timedelta(hours=1), run=lambda at, is_stopping: purge_idempotency_keys(at, is_stopping=is_stopping)
    ),
    "forget what was said to deleted workflows": Job(every=timedelta(minutes=10), run=blank_orphans),
    "purge settled deliveries": Job(every=timedelta(hours=1), run=purge_settled),
}


def run_due(at: datetime, is_stopping: IsStopping) -> None:
    """Do the jobs that are due and that no other worker takes; one that fails stops no other, and comes again."""
    known = {job.name: job for job in ScheduledJob.objects.filter(name__in=JOBS)}
    fresh = [ScheduledJob(name=name, next_run_at=at) for name in JOBS if name not in known]
    if fresh:
        ScheduledJob.objects.bulk_create(fresh, ignore_conflicts=True)
        known = {job.name: job for job in ScheduledJob.objects.filter(name__in=JOBS)}
    for name, job in JOBS.items():
        if is_stopping():
            return
        row = known[name]
        if row.next_run_at <= at and row.take(at=at, every=job.every):
            _run(name, job, at, is_stopping)


def _run(name: str, job: Job, at: datetime, is_stopping: IsStopping) -> None:
    try:
        job.run(at, is_stopping)
    except Exception as error:  # noqa: BLE001  the other jobs are due too
        log_quietly(logger, f"Could not {name}", error)
