"""Signatures of webhooks by Standard Webhooks 1.0.0: who has the secret can tell that we sent it, and when. Pure.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import secrets as randomness
from collections.abc import Iterable
from datetime import datetime

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """Return a fresh random secret in the form in which receivers store it."""
    return PREFIX + base64.b64encode(randomness.token_bytes(SECRET_BYTES)).decode()


def signature_headers(secrets: Iterable[str], *, message_id: str, at: datetime, body: str) -> dict[str, str]:
    """Return the headers that sign a message, with one signature for each secret that is valid.

    The id stays the same over all attempts; `at` is the moment of this one, so that an old request cannot be replayed.
    """
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
