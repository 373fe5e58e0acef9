"""One run: the service, clients that complete workflows, somebody who kills its processes, and a look at the end."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM

from torture.clients import Client, Producers
from torture.databases import Database
from torture.fleet import Fleet
from torture.history import Findings, History, judge
from torture.receivers import Receiver, receiving, unreliable
from workflows_site.tests.servers import PATIENCE_SECONDS, Server, Site, free_port, site

WEB = "web"

SHORT_TIMES = {"DELIVERIES_LEASE_SECONDS": "4", "DELIVERIES_FIRST_DELAY_SECONDS": "1"}
"""So that a run does not wait for minutes until what a killed worker held is sent by another one."""

GLANCE_SECONDS = 0.05
GRACE_SECONDS = 15
"""What supervisors give a process: more than `serve` takes for requests under way, and than half a lease."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is done in a run."""

    completions: int
    kills: int
    workers: Mapping[str, Sequence[str]]
    """The processes beside the web server: what follows `python` on their command lines."""
    web_options: Sequence[str] = ("--senders", "0")
    is_gentle: bool = False
    """Ask processes to stop, as in a rolling restart, rather than killing them."""
    spared: frozenset[str] = frozenset()
    """Processes that are not killed."""
    environment: Mapping[str, str] = field(default_factory=dict)
    disturb: Callable[[], None] | None = None
    """Done once, in the middle."""
    patience: float = 90
    """A run in which nothing happens for so many seconds has come to rest."""
    seed: int = 1
    clients: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of a run."""

    findings: Findings
    kills: Mapping[str, int]
    """How often each process was ended."""
    requests: int
    """How many reached the receiver."""
    attempts: int
    """How many are written down."""
    interrupted: int
    """How many of these never told their result."""
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A service that is set up: its database is migrated, its template is published."""

    client: Client
    fleet: Fleet
    receiver: Receiver


@contextmanager
def staged(plan: Plan, database: Database, folder: Path, receiver: Receiver) -> Iterator[Stage]:
    """Set up a service with its web server running, and none of its workers."""
    port = free_port()
    here = set_up(database, folder, EGRESS_ALLOW=receiver.authority, **plan.environment)
    client = Client(port=port, api_key=manage(here, "issue_api_key", "torture"))
    serve = ["manage.py", "serve", "--port", str(port), "--workers", "1", "--threads", "4", *plan.web_options]
    commands = {WEB: serve, **plan.workers}
    with Fleet(commands, environment=here.environment, log=folder / "processes.log") as fleet:
        fleet.start(WEB)
        Server(process=fleet.processes[WEB], port=port).wait_until_it_answers()
        client.prepare(f"http://{receiver.authority}/")
        yield Stage(client=client, fleet=fleet, receiver=receiver)


def set_up(database: Database, folder: Path, **environment: str) -> Site:
    """Return a site with its database migrated."""
    ours = {"DATABASE_URL": database.url, "DJANGO_SETTINGS_MODULE": "torture.settings", "LOG_LEVEL": "WARNING"}
    here = site(folder, **{**SHORT_TIMES, **ours, **environment})
    manage(here, "migrate", "--verbosity", "0")
    return here


def manage(here: Site, *arguments: str) -> str:
    """Run a command and return what it prints.

    :raises RuntimeError: it fails
    """
    ran = here.manage(*arguments)
    if ran.returncode:
        raise RuntimeError(f"manage.py {arguments[0]} failed:\n{ran.stderr}")
    return ran.stdout.strip()


def run(plan: Plan, database: Database, folder: Path) -> Report:
    """Carry out a plan and judge what came of it."""
    chance = random.Random(plan.seed)  # noqa: S311  repeatable on purpose
    with receiving(unreliable(plan.seed)) as receiver, staged(plan, database, folder, receiver) as stage:
        began_at = time.monotonic()
        stage.fleet.start(*plan.workers)
        producers = Producers(stage.client, completions=plan.completions, at_a_time=plan.clients)
        with producers.working():
            kills = _kill(plan, stage, producers, chance)
        wait_for_rest(database, receiver, patience=plan.patience)
        return Report(
            findings=findings_of(database, receiver, producers.acknowledged),
            kills=kills,
            requests=len(receiver.hits),
            attempts=sum(found.attempts for found in database.deliveries()),
            interrupted=database.interrupted(),
            seconds=time.monotonic() - began_at,
        )


def findings_of(database: Database, receiver: Receiver, acknowledged: set[str]) -> Findings:
    """Return what is wrong with a run that came to rest."""
    return judge(
        History(
            acknowledged=frozenset(acknowledged),
            hits=receiver.hits,
            stored=database.statuses(),
            deliveries=database.deliveries(),
        )
    )


def wait_for_rest(database: Database, receiver: Receiver, *, patience: float) -> None:
    """Return when nothing is left to do, or nothing happens any more."""
    seen, since = (-1, -1), time.monotonic()
    while time.monotonic() - since < patience:
        left = database.open_work()
        if not left:
            return
        now = (left, len(receiver.hits))
        if now != seen:
            seen, since = now, time.monotonic()
        time.sleep(GLANCE_SECONDS)


def _kill(plan: Plan, stage: Stage, producers: Producers, chance: random.Random) -> dict[str, int]:
    """Kill processes at random, spread over the whole run: by how much is acknowledged and taken."""
    names = [name for name in stage.fleet.commands if name not in plan.spared]
    most = 2 * plan.completions * 0.95
    moments = sorted(chance.uniform(0, most) for _ in range(plan.kills))
    middle = most / 2
    kills = dict.fromkeys(names, 0)
    is_disturbed = plan.disturb is None
    for moment in moments:
        if not is_disturbed and moment > middle:
            _wait_for_progress(middle, stage, producers)
            is_disturbed = _disturb(plan)
        _wait_for_progress(moment, stage, producers)
        time.sleep(chance.uniform(0, 0.2))
        name = chance.choice(names)
        _end(name, stage, is_gentle=plan.is_gentle)
        kills[name] += 1
        stage.fleet.start(name)
        if name == WEB:
            server = Server(process=stage.fleet.processes[WEB], port=stage.client.port)
            server.wait_until_it_answers()
    if not is_disturbed:
        _wait_for_progress(middle, stage, producers)
        _disturb(plan)
    return kills


def _end(name: str, stage: Stage, *, is_gentle: bool) -> None:
    if not is_gentle:
        stage.fleet.kill(name)
        return
    status = stage.fleet.terminate(name, within=GRACE_SECONDS)
    # By the signal itself ends what is still loading Python and holds nothing yet; `interrupted` tells if it did.
    if status not in (0, -SIGTERM):
        raise RuntimeError(f"{name} was asked to stop and ended with status {status}.")


def _disturb(plan: Plan) -> bool:
    if plan.disturb is not None:
        plan.disturb()
    return True


def _wait_for_progress(moment: float, stage: Stage, producers: Producers) -> None:
    """Wait until so much is acknowledged and taken; not for ever, because a run may stand still."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while len(producers.acknowledged) + stage.receiver.taken < moment and not producers.faults:
        if time.monotonic() > give_up_at:
            return
        time.sleep(GLANCE_SECONDS)
