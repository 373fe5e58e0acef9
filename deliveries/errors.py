"""What deliveries refuse, and why."""

from collections.abc import Iterable

from engine.errors import Conflict, Invalid, NotFound


class SecretNotFound(NotFound):
    """There is no such secret."""

    code = "secret_not_found"

    def __init__(self, names: Iterable[str]) -> None:
        missing = sorted(names)
        super().__init__(f"There is no secret {', '.join(map(repr, missing))}. Store it first.", secrets=missing)


class SecretNotForHost(Invalid):
    """A secret would be sent to a host that it is not bound to."""

    code = "secret_not_for_host"

    def __init__(self, names: Iterable[str], *, host: str) -> None:
        refused = sorted(names)
        super().__init__(
            f"{', '.join(map(repr, refused))} must not be sent to {host}. Add the host to the secret's hosts.",
            secrets=refused,
            host=host,
        )


class Undecipherable(Conflict):
    """A secret was stored under a key that this service no longer has."""

    code = "secret_undecipherable"

    def __init__(self, names: Iterable[str]) -> None:
        lost = sorted(names)
        super().__init__(
            f"{', '.join(map(repr, lost))} cannot be read with any of ENCRYPTION_KEYS. "
            "Add the key it was stored under, or store the secret anew.",
            secrets=lost,
        )


class UnfitSecret(Invalid):
    """The name, the value or the hosts of a secret are not ones that it can have."""

    code = "unfit_secret"


class DeliveryNotFound(NotFound):
    """There is no such delivery."""

    code = "not_found"


class AlreadyDelivered(Conflict):
    """It got through; sending it again would do a second time what was asked for once."""

    code = "already_delivered"


class NothingToReplay(Conflict):
    """What the delivery was for is not waiting for it any more."""

    code = "nothing_to_replay"
