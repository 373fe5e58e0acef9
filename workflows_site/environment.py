"""Settings come from the environment; a missing or malformed one stops the start with a sentence."""

import logging
import os
import re
from importlib.util import find_spec
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from deliveries.addresses import Allowed

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.FileAwareEnv()
environ.Env.read_env(BASE_DIR / ".env")

_ADDRESS = re.compile(r"[^@\s]*@[^@\s]+")

_ORIGIN = re.compile(r"https?://[^\s/?#]+")

_RATE = re.compile(r"[1-9][0-9]{0,5}/(?:second|minute|hour|day)")

_SMTP_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}

SQLITE_BUSY_TIMEOUT_SECONDS = 20
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"


def _text(name: str, *, default: str) -> str:
    try:
        # A file ends with a new line, which no setting means: with it, a key would not be the one of the variable.
        return str(env.str(name, default=default)).rstrip("\r\n")
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from None


def _entries(name: str) -> list[str]:
    """Return what a setting lists, separated by commas."""
    return [entry.strip() for entry in _text(name, default="").split(",") if entry.strip()]


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


def encryption_keys(*, debug: bool) -> list[str]:
    """Return the keys of secrets, which only a development machine may leave out: the first encrypts, all decrypt.

    :raises ImproperlyConfigured: there is none, or one is no key
    """
    given = _entries("ENCRYPTION_KEYS")
    if not given and debug:
        return ["b25seS1mb3ItZGV2ZWxvcG1lbnQtMDAwMDAwMDAwMDA="]
    if not given or not all(map(_is_encryption_key, given)):
        raise ImproperlyConfigured(
            "ENCRYPTION_KEYS must be set, to one or more keys separated by commas. Make one: "
            "python3 -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"
        )
    return given


def _is_encryption_key(text: str) -> bool:
    try:
        Fernet(text)
    except ValueError:
        return False
    return True


def email_allow() -> list[str]:
    """Return the addresses, and with a leading @ the hosts of addresses, that e-mail may be sent to.

    :raises ImproperlyConfigured: an entry is neither
    """
    given = _entries("EMAIL_ALLOW")
    for entry in given:
        if not _ADDRESS.fullmatch(entry):
            raise ImproperlyConfigured(
                f"EMAIL_ALLOW holds {entry!r}. List addresses and hosts, like office@bank.example,@staff.example"
            )
    return given


def mailers() -> dict[str, Any]:
    """Return how e-mail is sent, in Django's terms: by the server that EMAIL_URL names.

    :raises ImproperlyConfigured: it names none
    """
    url = _text("EMAIL_URL", default="smtp://localhost:25")
    if url == "console:":
        return {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        scheme, host, port = "", None, None
    if scheme not in _SMTP_PORTS or not host:
        raise ImproperlyConfigured(
            "EMAIL_URL names no mail server. Write smtp+tls://user:password@host:587, smtp+ssl://..., smtp://host:25, "
            "or console: to see letters in the log."
        )
    options = {
        "host": host,
        "port": port or _SMTP_PORTS[scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_tls": scheme == "smtp+tls",
        "use_ssl": scheme == "smtp+ssl",
        "timeout": 20,
    }
    return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}


def email_from() -> str:
    """Return the address that e-mail comes from.

    :raises ImproperlyConfigured: it is no address
    """
    given = _text("EMAIL_FROM", default="workflows@localhost").strip()
    if not _ADDRESS.fullmatch(given) or given.startswith("@"):
        raise ImproperlyConfigured(f"EMAIL_FROM is {given!r}. Set it to an address, like workflows@bank.example")
    return str(given)


def public_url() -> str:
    """Return where people reach this site, or nothing if that is where their requests come in.

    :raises ImproperlyConfigured: it is not the address of a site
    """
    given = _text("PUBLIC_URL", default="").strip().rstrip("/")
    try:
        parts = urlsplit(given)
        is_site = parts.scheme in ("http", "https") and bool(parts.hostname) and given == parts.geturl()
        is_bare = not (parts.path or parts.query or parts.fragment or parts.username)
    except ValueError:
        is_site = is_bare = False
    if given and not (is_site and is_bare):
        raise ImproperlyConfigured(f"PUBLIC_URL is {given!r}. Set it to a scheme and a host: https://chat.example.org")
    return given


def rate(name: str, *, default: str) -> str:
    """Return how many requests are answered in how long, like 60/minute.

    :raises ImproperlyConfigured: it is no number of requests in a second, minute, hour or day
    """
    given = _text(name, default=default).strip()
    if not _RATE.fullmatch(given):
        raise ImproperlyConfigured(f"{name} is {given!r}. Set it to so many requests in a time, like 60/minute.")
    return given


def cache() -> dict[str, Any]:
    """Return where is remembered what may be forgotten, in Django's terms: in each process, or where CACHE_URL says.

    :raises ImproperlyConfigured: it says nothing that is known, or a package is missing
    """
    url = _text("CACHE_URL", default="").strip()
    if not url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}}
    if url == "database":
        options = {"MAX_ENTRIES": 100_000}
        return {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache", "OPTIONS": options}
    if not url.startswith(("redis://", "rediss://")):
        raise ImproperlyConfigured(f"CACHE_URL is {url!r}. Set it to database, or to a Redis: redis://127.0.0.1:6379/1")
    if not find_spec("redis"):
        raise ImproperlyConfigured("CACHE_URL=redis://... needs one more package: python -m pip install redis")
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}


def allowed_hosts(*, debug: bool) -> list[str]:
    """Return the host names this service answers to.

    :raises ImproperlyConfigured: none is given outside DEBUG
    """
    given = _entries("ALLOWED_HOSTS")
    if not given and not debug:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS must name the hosts that are served, like ALLOWED_HOSTS=api.example.org"
        )
    return given or ["localhost", "127.0.0.1", "[::1]"]


def trusted_origins() -> list[str]:
    """Return the origins from which the forms of the admin are sent, beside where they were fetched.

    :raises ImproperlyConfigured: an entry is no origin
    """
    given = _entries("CSRF_TRUSTED_ORIGINS")
    for entry in given:
        if not _ORIGIN.fullmatch(entry):
            raise ImproperlyConfigured(
                f"CSRF_TRUSTED_ORIGINS holds {entry!r}. List schemes with hosts, like https://workflows.example.org"
            )
    return given


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
