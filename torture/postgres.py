"""A PostgreSQL server of its own, which may be crashed: a cluster in a temporary folder, at a free port."""

import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import geteuid
from pathlib import Path
from tempfile import TemporaryDirectory

from workflows_site.tests.servers import free_port

USER = "postgres"


class Unavailable(Exception):
    """Something that a case needs is not on this machine; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A running server."""

    programs: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{USER}"

    def crash_and_recover(self) -> None:
        """Restart it without letting anybody finish, as after a crash: it recovers from its log."""
        self._control("restart", "-m", "immediate")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._control("start")

    def stop(self) -> None:
        """Stop it."""
        self._control("stop", "-m", "immediate")

    def _control(self, *arguments: str) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        log = str(self.folder / "log")
        program, data = str(self.programs / "pg_ctl"), str(self.folder / "data")
        _as_owner([program, "-D", data, "-l", log, "-o", options, "-w", *arguments])


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a server until the block ends.

    :raises Unavailable: PostgreSQL's programs are not here, or nobody may run them
    """
    programs = _programs()
    with TemporaryDirectory(prefix="torture-") as name:
        folder = Path(name)
        if geteuid() == 0:
            shutil.chown(folder, USER)
        ours = Cluster(programs=programs, folder=folder, port=free_port())
        _as_owner([str(programs / "initdb"), "-D", str(folder / "data"), "-U", USER, "-A", "trust", "-N"])
        ours.start()
        try:
            yield ours
        finally:
            ours.stop()


def _programs() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").exists():
            if geteuid() == 0:
                _find_user()
            return folder
    raise Unavailable("there is no initdb, neither on PATH nor in /usr/lib/postgresql/*/bin")


def _find_user() -> None:
    """PostgreSQL refuses to run as root, so there must be somebody else."""
    try:
        pwd.getpwnam(USER)
    except KeyError:
        raise Unavailable(f"this runs as root, and there is no user {USER!r} to run PostgreSQL as") from None


def _as_owner(command: Sequence[str]) -> None:
    user = USER if geteuid() == 0 else None
    ran = subprocess.run(  # noqa: S603  our own commands
        command,
        user=user,
        group=pwd.getpwnam(USER).pw_gid if user else None,
        extra_groups=[] if user else None,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{ran.stderr}")
