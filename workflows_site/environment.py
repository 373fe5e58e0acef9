"""Settings come from the environment; a missing or malformed one stops the start with a sentence."""

import logging
import os
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from deliveries.addresses import Allowed

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.FileAwareEnv()
environ.Env.read_env(BASE_DIR / ".env")

SQLITE_BUSY_TIMEOUT_SECONDS = 20
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"


def _text(name: str, *, default: str) -> str:
    try:
        return str(env.str(name, default=default))
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from None


def flag(name: str, *, default: bool) -> bool:
    """Return a yes-or-no setting.

    :raises ImproperlyConfigured: it is anything but true, false, 1, 0, yes, no, on or off
    """
    given = _text(name, default="").strip().lower()
    if given in ("", "true", "1", "yes", "on", "false", "0", "no", "off"):
        return default if not given else given in ("true", "1", "yes", "on")
    raise ImproperlyConfigured(f"{name} is {given!r}. Set it to true or false.")


def whole_number(name: str, *, default: int, minimum: int, maximum: int) -> int:
    """Return a setting that counts something.

    :raises ImproperlyConfigured: it is no whole number, or out of bounds
    """
    given = _text(name, default=str(default)).strip()
    if not given.isdecimal() or not minimum <= int(given) <= maximum:
        raise ImproperlyConfigured(f"{name} is {given!r}. Set it to a whole number from {minimum} to {maximum}.")
    return int(given)


def log_level() -> str:
    """Return the level from which log lines are written.

    :raises ImproperlyConfigured: it is no level that Python's logging knows
    """
    given = _text("LOG_LEVEL", default="INFO").strip().upper()
    if given not in logging.getLevelNamesMapping():
        raise ImproperlyConfigured(f"LOG_LEVEL is {given!r}. Set it to DEBUG, INFO, WARNING or ERROR.")
    return str(given)


def secret_key(*, debug: bool) -> str:
    """Return SECRET_KEY, which only a development machine may leave out.

    :raises ImproperlyConfigured: it is missing, or short enough to be guessed
    """
    given = _text("SECRET_KEY", default="")
    if not given and debug:
        return "only-for-development-" + "0" * 50
    if len(given) < 50:
        raise ImproperlyConfigured(
            "SECRET_KEY must be set, with at least 50 random characters. "
            "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return str(given)


def allowed_hosts(*, debug: bool) -> list[str]:
    """Return the host names this service answers to.

    :raises ImproperlyConfigured: none is given outside DEBUG
    """
    given = [host.strip() for host in env.list("ALLOWED_HOSTS", default=[]) if host.strip()]
    if not given and not debug:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS must name the hosts that are served, like ALLOWED_HOSTS=api.example.org"
        )
    return given or ["localhost", "127.0.0.1", "[::1]"]


def egress_allow() -> Allowed:
    """Return what may be dialled beside public addresses with https.

    :raises ImproperlyConfigured: an entry is neither a host nor an address nor a network
    """
    try:
        return Allowed.parse(_text("EGRESS_ALLOW", default=""))
    except ValueError as error:
        raise ImproperlyConfigured(f"EGRESS_ALLOW: {error}") from None


def broker_url() -> str:
    """Return the broker of Celery, or nothing if attempts are made by the workers themselves.

    :raises ImproperlyConfigured: TASKS_BACKEND is unknown, or something that Celery needs is missing
    """
    backend = _text("TASKS_BACKEND", default="immediate").strip()
    if backend == "immediate":
        return ""
    if backend != "celery":
        raise ImproperlyConfigured(f"TASKS_BACKEND is {backend!r}. Set it to immediate or celery.")
    if not (find_spec("django_tasks_celery") and find_spec("celery")):
        raise ImproperlyConfigured(
            "TASKS_BACKEND=celery needs more packages: python -m pip install -r requirements-celery.txt"
        )
    url = _text("CELERY_BROKER_URL", default="")
    if not url:
        raise ImproperlyConfigured("CELERY_BROKER_URL must name the broker, like redis://127.0.0.1:6379/0")
    return url


def database() -> dict[str, Any]:
    """Return the database of DATABASE_URL: SQLite in the project's folder unless it says otherwise.

    :raises ImproperlyConfigured: the URL is malformed or names another kind of database
    """
    url = _text("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
    try:
        parts = urlsplit(url)
        scheme, _ = parts.scheme, parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}.") from None
    if scheme == "sqlite":
        return _sqlite(url)
    if scheme in ("postgres", "postgresql"):
        if not parts.path.strip("/"):
            raise ImproperlyConfigured(
                "DATABASE_URL names no database. Write postgresql://user:password@host:5432/name"
            )
        return _postgresql(url)
    raise ImproperlyConfigured(
        f"DATABASE_URL begins with {scheme!r}. Use sqlite:////path/to/file or postgresql://user:password@host:5432/name."
    )


def _sqlite(url: str) -> dict[str, Any]:
    config: dict[str, Any] = dict(env.db_url_config(url))
    folder = Path(config["NAME"]).parent
    if config["NAME"] != ":memory:" and not folder.is_dir():
        raise ImproperlyConfigured(
            f"DATABASE_URL names a file in {folder}, and there is no such folder. Make it first."
        )
    config["OPTIONS"] = {
        # With DEFERRED, two transactions that both read and then write lose one to "database is locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": SQLITE_BUSY_TIMEOUT_SECONDS,
        "init_command": SQLITE_PRAGMAS,
    }
    # Tests use threads, so their database must be a file too.
    config["TEST"] = {"NAME": str(Path(gettempdir()) / f"workflows-test-{os.getpid()}.sqlite3")}
    return config


def _postgresql(url: str) -> dict[str, Any]:
    config: dict[str, Any] = dict(env.db_url_config(url))
    config["ENGINE"] = "django.db.backends.postgresql"
    # Ask a pooled connection whether it lives before using it, so that a restart of the server fails no request.
    config["CONN_HEALTH_CHECKS"] = True
    config["OPTIONS"] = {
        **config.get("OPTIONS", {}),
        "pool": {
            "min_size": 1,
            "max_size": whole_number("DATABASE_POOL_SIZE", default=10, minimum=1, maximum=1000),
            "timeout": 10,
        },
    }
    return config
