"""A service in a nursery: a web server and workers that tests start, let fall, and start again within milliseconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from torture.clients import Client
from torture.databases import Database
from torture.history import Findings
from torture.nursery import Nursery, nursery
from torture.receivers import Behaviour, Receiver, always, receiving
from torture.runs import findings_of, manage, set_up, wait_for_rest
from workflows_site.tests.servers import free_port

PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A service that lives, in which others are started to die."""

    client: Client
    nursery: Nursery
    database: Database
    receiver: Receiver
    acknowledged: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def complete(self) -> str:
        """Complete a workflow; return its id."""
        workflow = self.client.complete(next(self.numbers))
        self.acknowledged.add(workflow)
        return workflow

    def requests_of(self, workflow: str) -> int:
        """Return how many requests of a workflow reached the receiver."""
        return sum(hit.workflow == workflow for hit in self.receiver.hits)

    def rows_of(self, workflow: str) -> dict[str, list[tuple[Any, ...]]]:
        """Return everything that is stored of the deliveries of a workflow."""
        mine = {str(workflow), workflow.replace("-", "")}
        deliveries = [row for row in self.database.rows("SELECT * FROM deliveries_delivery") if _names(row, mine)]
        own = {str(row[0]) for row in deliveries}
        tries = self.database.rows("SELECT * FROM deliveries_deliveryattempt ORDER BY number")
        return {"deliveries": deliveries, "attempts": [row for row in tries if _names(row, own)]}

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Run a worker until the block ends."""
        pid = self.nursery.start("worker", threads=1)
        yield
        self.nursery.end(pid)

    def rest(self) -> Findings:
        """Let a worker do what is left, and say what is wrong then."""
        with self.worker():
            wait_for_rest(self.database, self.receiver, patience=PATIENCE_SECONDS)
        return findings_of(self.database, self.receiver, self.acknowledged)


def _names(row: tuple[Any, ...], names: set[str]) -> bool:
    return bool(names & {str(value) for value in row})


@contextmanager
def housed(database: Database, folder: Path) -> Iterator[House]:
    """Keep a house until the block ends."""
    with receiving(always(Behaviour.TAKE)) as receiver:
        here = set_up(database, folder, EGRESS_ALLOW=receiver.authority, DELIVERIES_LEASE_SECONDS="2")
        client = Client(port=free_port(), api_key=manage(here, "issue_api_key", "torture"))
        with nursery(here.environment, folder / "processes.log") as ours:
            ours.start("web", port=client.port)
            client.prepare(f"http://{receiver.authority}/")
            yield House(client=client, nursery=ours, database=database, receiver=receiver)
