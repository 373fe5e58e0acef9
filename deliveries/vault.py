"""stub, replaced by merge"""

from typing import Any

from cryptography.fernet import Fernet

_STUB = Fernet(b"c3R1Yi1yZXBsYWNlZC1ieS10aGUtbWVyZ2UtMDAwMDA=")


def encrypt(text: str) -> str:
    return _STUB.encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    return _STUB.decrypt(text.encode()).decode()


def reveal(names: Any, *, host: str) -> dict[str, str]:
    return {}


def redact(text: str, secrets: Any) -> str:
    return text
