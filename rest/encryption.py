"""Keeping what is private so that whoever reads the database alone learns nothing of it.

The keys are in the environment (`ENCRYPTION_KEYS`): the first encrypts, all decrypt. Every text that is encrypted is
another one each time, even of equal texts: what is encrypted says nothing when it is compared.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db.models import QuerySet

from engine.errors import DomainError

# Version 0x80 and the first bits of a time before the year 2106: https://github.com/fernet/spec
PREFIX = "gAAAAA"


class KeyLost(DomainError):
    """Something was encrypted under a key that this service no longer has (HTTP 503)."""

    code = "encryption_key_lost"

    def __init__(self) -> None:
        super().__init__(
            "What is stored cannot be read with any of ENCRYPTION_KEYS, and nothing was changed. "
            "An operator must add the key that it was stored under."
        )


def encrypt(text: str) -> str:
    """Return a text as it is kept."""
    return _ciphers().all.encrypt(text.encode()).decode()


def decrypt(kept: str) -> str:
    """Return a text that was kept.

    :raises KeyLost: it was kept under a key that is gone
    """
    try:
        return _ciphers().all.decrypt(kept.encode()).decode()
    except InvalidToken:
        raise KeyLost from None


def seal(value: Any) -> str:
    """Return a JSON value as it is kept."""
    return encrypt(json.dumps(value, separators=(",", ":")))


def unseal(kept: str) -> Any:
    """Return a JSON value that was kept.

    :raises KeyLost: it was kept under a key that is gone
    """
    return json.loads(decrypt(kept))


def is_encrypted(text: str) -> bool:
    """Tell whether a text looks like one that was encrypted here."""
    return text.startswith(PREFIX)


def renewed(kept: str) -> str:
    """Return what was kept under the first key: as it is if it was kept so already.

    :raises KeyLost: it was kept under a key that is gone
    """
    ciphers = _ciphers()
    try:
        ciphers.first.decrypt(kept.encode())
    except InvalidToken:
        try:
            return ciphers.all.rotate(kept.encode()).decode()
        except InvalidToken:
            raise KeyLost from None
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """Of a batch of rows: how many are under the first key now, and which cannot be read with any."""

    count: int
    lost: list[str]


def renew(rows: QuerySet[Any], column: str, *, batch: int) -> Iterator[Renewed]:
    """Encrypt a column anew under the first key, row by row; what was encrypted so already is left alone.

    It may run beside everything else, and again after a crash: each row is a statement of its own, which changes
    nothing if somebody wrote the row in between.
    """
    for page in pages(rows, column, batch=batch):
        lost = []
        for key, before in page:
            try:
                after = renewed(before)
            except KeyLost:
                lost.append(str(key))
                continue
            if after != before:  # a row that was written in between is under the first key already
                rows.model._default_manager.filter(pk=key, **{column: before}).update(**{column: after})
        yield Renewed(count=len(page) - len(lost), lost=lost)


def pages(rows: QuerySet[Any], *columns: str, batch: int) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the key and some columns of rows, batch by batch in the order of their keys."""
    ordered = rows.order_by("pk").values_list("pk", *columns)
    page = list(ordered[:batch])
    while page:
        yield page
        page = list(ordered.filter(pk__gt=page[-1][0])[:batch])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ciphers:
    first: Fernet
    all: MultiFernet


def _ciphers() -> _Ciphers:
    return _ciphers_of(tuple(settings.ENCRYPTION_KEYS))


@lru_cache(maxsize=8)
def _ciphers_of(keys: tuple[str, ...]) -> _Ciphers:
    ciphers = [Fernet(key) for key in keys]
    return _Ciphers(first=ciphers[0], all=MultiFernet(ciphers))
