"""The Celery app, for those who run attempts on Celery: `celery --app workflows_site.celery worker`.

A message holds the id of a delivery and of its lease, nothing else. Losing one loses nothing: the lease runs out.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workflows_site.settings")

from django.conf import settings

app = Celery("workflows", broker=settings.CELERY_BROKER_URL)
app.conf.update(
    # The worker must know the task, or it drops the message.
    imports=["deliveries.attempts"],
    # What came of an attempt is in the database.
    task_ignore_result=True,
    # What nobody fetched before its lease ran out is enqueued anew.
    task_annotations={"deliveries.attempts.attempt": {"expires": settings.DELIVERIES_LEASE_SECONDS}},
    # Fetching ahead would let leases run out in a process that is busy.
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
)
