"""API keys as text: `wf_<prefix>_<secret>`. The prefix finds the row, only a digest of the secret is stored. Pure."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

_MARK = "wf"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyText:
    """An API key taken apart."""

    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"{_MARK}_{self.prefix}_{self.secret}"

    @property
    def digest(self) -> str:
        """SHA-256 of the secret. It has 256 random bits, so a slow hash would protect nothing."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def matches(self, digest: str) -> bool:
        """Tell, in constant time, whether this is the digest of the secret."""
        return hmac.compare_digest(self.digest, digest)


def new_prefix() -> str:
    """Return a fresh prefix. It is no secret: who wants a key made once names the prefix beforehand."""
    return secrets.token_hex(6)


def new_key(prefix: str | None = None) -> KeyText:
    """Return a fresh random key, under this prefix if one is given."""
    return KeyText(prefix=prefix or new_prefix(), secret=secrets.token_hex(32))


def read_key(text: str) -> KeyText | None:
    """Take a key apart, or return None if this is none."""
    match text.split("_"):
        case [mark, prefix, secret] if mark == _MARK and len(prefix) == 12 and len(secret) == 64 and text.isascii():
            return KeyText(prefix=prefix, secret=secret)
        case _:
            return None
