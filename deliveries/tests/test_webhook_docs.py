"""What the documentation tells receivers to do works."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from deliveries.event_types import HEARD
from deliveries.signing import new_secret, signature_headers

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
BODY = '{"name":"Zoë 🦊"}'


def test_the_receiver_in_the_documentation_tells_ours_from_others() -> None:
    (snippet,) = [part for part in PAGE.split("```") if part.startswith("python\nimport")]
    receiver: dict[str, Any] = {}
    exec(snippet.removeprefix("python\n"), receiver)  # noqa: S102  what readers are told to run
    is_ours, old, new = receiver["is_ours"], new_secret(), new_secret()
    body = BODY.encode()

    headers = signature_headers([new, old], message_id="id-1", at=datetime.now(UTC), body=BODY)
    stale = signature_headers([new], message_id="id-1", at=datetime.now(UTC) - timedelta(minutes=6), body=BODY)

    assert is_ours(old, body, headers)
    assert is_ours(new, body, headers)
    assert not is_ours(new_secret(), body, headers)
    assert not is_ours(new, body + b" ", headers)
    assert not is_ours(new, body, stale)


def test_every_type_of_event_is_documented() -> None:
    assert [name for name in sorted(HEARD) if f"`{name}`" not in PAGE] == []
