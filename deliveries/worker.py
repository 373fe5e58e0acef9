"""The worker: turns events into deliveries, sends what is due in several threads, and does what time brings.

Any number of workers may run beside each other; what one does not finish another one takes over. It knows nothing of
what is sent.
"""

import logging
import threading
from collections.abc import Callable

from django.db import Error, close_old_connections, connection
from django.tasks.backends.immediate import ImmediateBackend
from django.utils import timezone

from deliveries.attempts import attempt
from deliveries.claiming import claim
from deliveries.dispatch import dispatch
from deliveries.models import Delivery
from deliveries.periodic import run_due
from instances.quiet import log_quietly

IDLE_SECONDS = 0.5
"""So long a worker rests that found nothing to do; what becomes due meanwhile waits as long."""

AFTER_ERROR_SECONDS = 2.0

FULL_SECONDS = 0.05
"""So long a worker rests that only enqueues, while enough is under way."""

logger = logging.getLogger(__name__)


class Worker:
    """One process that delivers, until it is asked to stop; then it finishes what it holds.

    Where attempts are made by another engine (Celery), it hands them over, so many at a time in all.
    """

    def __init__(self, *, threads: int, is_stopping: Callable[[], bool]) -> None:
        self.is_stopping = is_stopping
        # Threads that claimed at the same moment would all go for the same delivery, and all but one in vain.
        self.claiming = threading.Lock()
        self.most_under_way = threads
        self.is_sending_elsewhere = not isinstance(attempt.get_backend(), ImmediateBackend)
        count = 1 if self.is_sending_elsewhere else threads
        self.threads = [threading.Thread(target=self._send, name=f"sender-{n}") for n in range(1, count + 1)]
        # Apart from the others: to expire a hundred thousand workflows takes a while, and nothing else waits for it.
        self.threads.append(threading.Thread(target=self._do_what_time_brings, name="time"))

    def run(self) -> None:
        """Work until asked to stop."""
        for thread in self.threads:
            thread.start()
        try:
            self._repeat(self._prepare)
        finally:
            for thread in self.threads:
                thread.join()

    def _send(self) -> None:
        try:
            self._repeat(self._send_one)
        finally:
            connection.close()

    def _do_what_time_brings(self) -> None:
        try:
            self._repeat(self._run_due)
        finally:
            connection.close()

    def _run_due(self) -> bool:
        run_due(timezone.now(), self.is_stopping)
        return False

    def _prepare(self) -> bool:
        return bool(dispatch(timezone.now(), is_stopping=self.is_stopping))

    def _send_one(self) -> bool:
        if self.is_sending_elsewhere and self._is_full():
            self._rest(FULL_SECONDS)
            return True
        with self.claiming:
            held = claim(timezone.now())
        if held is None:
            return False
        attempt.enqueue(str(held.delivery.pk), str(held.token))
        return True

    def _is_full(self) -> bool:
        """Return whether as much is under way as may be: an engine that stands still must not be flooded."""
        return Delivery.objects.under_way(timezone.now()).count() >= self.most_under_way

    def _repeat(self, work: Callable[[], bool]) -> None:
        """Do something again and again, with a rest when there was nothing to do, and a longer one after an error."""
        while not self.is_stopping():
            close_old_connections()
            try:
                rest = 0.0 if work() else IDLE_SECONDS
            except Exception as error:  # noqa: BLE001  whatever it was, the next delivery is due too
                is_database = isinstance(error, Error)
                log_quietly(logger, "The database did not answer" if is_database else "The worker failed", error)
                rest = AFTER_ERROR_SECONDS
            self._rest(rest)

    def _rest(self, seconds: float) -> None:
        until = timezone.now().timestamp() + seconds
        while not self.is_stopping() and (left := until - timezone.now().timestamp()) > 0:
            threading.Event().wait(min(left, 0.1))
