"""The tools that come with the service."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from deliveries.tools import ToolCall, ToolRefused, tool

# One address without quotes or comments: what a mail server reads is what was allowed.
PLAIN_ADDRESS = r'^[^\s"(),:;<>@\[\\\]]+@[^\s"(),:;<>@\[\\\]]+$'
USE_TOOLS = "deliveries.use_tools"

# Crockford's base 32: no letter that is read as another, and none that is heard as another's number.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


@tool(
    "send_email",
    description=(
        "Send an e-mail. The recipient must be an address that the operator allows (EMAIL_ALLOW), "
        "or the value of a field that the template marks with x-own-address."
    ),
    arguments={
        "to": {"type": "string", "format": "email", "pattern": PLAIN_ADDRESS, "maxLength": 254},
        "subject": {"type": "string", "minLength": 1, "maxLength": 200},
        "body": {"type": "string", "maxLength": 100_000},
    },
    required=["to", "subject", "body"],
    permission=USE_TOOLS,
)
def send_email(call: ToolCall, *, to: str, subject: str, body: str) -> dict[str, Any]:
    """Send one e-mail to one person; a mail server takes no key, so a second try might be a second letter."""
    if _CONTROL.search(to + subject):
        raise ToolRefused("unfit_arguments", "The recipient and the subject of an e-mail stand in one line each.")
    if not is_allowed(to, settings.EMAIL_ALLOW) and to not in call.own_addresses:
        raise ToolRefused(
            "recipient_not_allowed",
            "This recipient is neither allowed by the operator (EMAIL_ALLOW) nor the person's own address "
            "(a field with x-own-address).",
        )
    headers = {"Message-ID": f"<{_digest(call.idempotency_key).hex()}@workflows.invalid>"}
    EmailMessage(subject=subject, body=body, to=[to], headers=headers).send(using="default")
    return {"sent": True}


@tool(
    "make_reference",
    description="Make a short case number that people can spell and check, like LOAN-7K3M-Q9TX-B2HD-4W.",
    arguments={"prefix": {"type": "string", "pattern": "^[A-Z0-9]{1,10}$"}},
    is_idempotent=True,
)
def make_reference(call: ToolCall, *, prefix: str = "") -> dict[str, str]:
    """Return a number that is the same for the same call; its last two characters tell a mistyped one (mod 1021)."""
    letters = _base32(int.from_bytes(_digest(call.idempotency_key)[:8]), 12)  # among a million, no two are alike
    parts = [prefix] if prefix else []
    return {"reference": "-".join([*parts, letters[:4], letters[4:8], letters[8:], check_digits(letters)])}


def check_digits(letters: str) -> str:
    """Return the two characters that end a reference: its number modulo 1021, the largest prime they can tell."""
    number = 0
    for letter in letters:
        number = number * 32 + _ALPHABET.index(letter)
    return _base32(number % 1021, 2)


def is_allowed(address: str, allowed: Iterable[str]) -> bool:
    """Tell whether an address, or with `@bank.example` all at that host, is among the allowed ones."""
    given = address.lower()
    _, _, domain = given.rpartition("@")
    return not {given, f"@{domain}"}.isdisjoint(one.lower() for one in allowed)


def _base32(number: int, length: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def _digest(key: str) -> bytes:
    return hashlib.sha256(f"tool:{key}".encode()).digest()
