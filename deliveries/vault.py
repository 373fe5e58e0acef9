"""Secrets: encrypted where they are kept, told to nobody but the request that they are sent with.

How they are encrypted is `rest.encryption`'s affair.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from deliveries.errors import SecretNotForHost, SecretNotFound, Undecipherable, UnfitSecret
from deliveries.hosts import HostPattern
from deliveries.models import Secret
from engine.rendering import SECRET_NAME
from rest.encryption import KeyLost, Renewed, decrypt, encrypt, renew

MAX_VALUE = 8192
MAX_HOSTS = 50

# What is not printable in Latin-1, which is all that a header can carry.
_UNFIT = re.compile(r"[^\x20-\x7e\xa1-\xac\xae-\xff]")


def store_secret(name: str, *, value: str, hosts: Collection[str], by: str, at: datetime) -> tuple[Secret, bool]:
    """Make a secret, or give it a new value and new hosts; also tell whether it is new.

    :raises UnfitSecret: it cannot have this name, this value or so many hosts
    :raises UnfitHost: one of the hosts is none
    """
    check_name(name)
    check_value(value)
    kept, ciphertext = checked_hosts(hosts), encrypt(value)
    try:
        with transaction.atomic():
            stored = Secret.objects.select_for_update().filter(pk=name).first()
            secret = stored or Secret(name=name)
            secret.store(ciphertext=ciphertext, hosts=kept, by=by, at=at)
    except IntegrityError:  # somebody else made it in between: theirs came first, ours is the newer one
        with transaction.atomic():
            secret = stored = _locked(name)
            secret.store(ciphertext=ciphertext, hosts=kept, by=by, at=at)
    return secret, stored is None


@transaction.atomic
def bind_secret(name: str, *, hosts: Collection[str], by: str, at: datetime) -> Secret:
    """Say anew which hosts a secret may be sent to.

    :raises SecretNotFound: there is none of this name
    :raises UnfitSecret: so many hosts are too many
    :raises UnfitHost: one of them is none
    """
    kept = checked_hosts(hosts)
    secret = _locked(name)
    secret.store(hosts=kept, by=by, at=at)
    return secret


@transaction.atomic
def delete_secret(name: str) -> None:
    """Forget a secret at once; what still names it fails when it is sent.

    :raises SecretNotFound: there is none of this name
    """
    _locked(name).delete()


def reveal(names: Iterable[str], *, host: str, port: int, at: datetime) -> Mapping[str, str]:
    """Return the values of secrets that are about to be sent to this host, as it is dialled.

    :raises SecretNotFound: one of them does not exist
    :raises SecretNotForHost: one of them may not be sent there
    :raises Undecipherable: one of them was stored under a key that is gone
    """
    wanted = frozenset(names)
    found = list(Secret.objects.named(wanted))
    if missing := wanted - {secret.name for secret in found}:
        raise SecretNotFound(missing)
    if refused := [secret.name for secret in found if not secret.may_go_to(host, port)]:
        raise SecretNotForHost(refused, host=host if port == 443 else f"{host}:{port}")
    values = _values(found)
    Secret.objects.note_use(found, at)
    return values


def secret_of_endpoint(kept: str) -> str:
    """Return a secret of an endpoint that was kept.

    :raises Undecipherable: it was kept under a key that is gone
    """
    try:
        return decrypt(kept)
    except KeyLost:
        raise Undecipherable(["A secret of an endpoint"]) from None


def rotate(*, batch: int = 500) -> Iterator[Renewed]:
    """Encrypt every secret anew under the first key; after each batch, tell how many there were and which are lost."""
    return renew(Secret.objects.all(), "ciphertext", batch=batch)


def _values(secrets: Iterable[Secret]) -> dict[str, str]:
    values, lost = {}, []
    for secret in secrets:
        try:
            values[secret.name] = decrypt(secret.ciphertext)
        except KeyLost:
            lost.append(secret.name)
    if lost:
        raise Undecipherable(lost)
    return values


def _locked(name: str) -> Secret:
    secret = Secret.objects.select_for_update().filter(pk=name).first()
    if secret is None:
        raise SecretNotFound([name])
    return secret


def check_name(name: str) -> None:
    """Refuse what no secret can be called.

    :raises UnfitSecret: with what it can
    """
    if not SECRET_NAME.fullmatch(name):
        raise UnfitSecret("A secret's name has small letters, digits, '-' and '_', 100 at most, like 'bank'.")


def check_value(value: str) -> None:
    """Refuse what cannot be sent as it stands.

    :raises UnfitSecret: with what can
    """
    if not 1 <= len(value) <= MAX_VALUE or _UNFIT.search(value) or value != value.strip():
        raise UnfitSecret(
            f"A secret's value has 1 to {MAX_VALUE} printable Latin-1 characters, no space before or after."
        )


def checked_hosts(hosts: Collection[str]) -> list[str]:
    """Return hosts as they are kept.

    :raises UnfitHost: one of them is none
    :raises UnfitSecret: there is none, or there are too many
    """
    kept = list(dict.fromkeys(str(HostPattern.parse(host)) for host in hosts))
    if not 1 <= len(kept) <= MAX_HOSTS:
        raise UnfitSecret(f"Name 1 to {MAX_HOSTS} hosts that the secret may be sent to, like 'bank.example'.")
    return kept
