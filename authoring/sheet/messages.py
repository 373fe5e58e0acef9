"""The author's own words for answers that do not count: one row for each reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from authoring.sheet.pairs import Entries
from authoring.sheet.references import Place
from authoring.sheet.rows import Row, Shape, shown

MESSAGE = Shape(texts=("reason", "words"))
REASONS = (
    "*",
    "type",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "format",
    "oneOf",
    "enum",
    "const",
    "minItems",
    "maxItems",
    "uniqueItems",
)
"""The reasons that a row can name; words for others stay as a developer wrote them."""


def _show(reason: str, words: Any) -> Row:
    return Row(texts={"reason": reason, "words": shown(words)})


def _read(row: Row, place: Place) -> tuple[str, Any] | None:
    reason, words = row.text("reason"), row.text("words").strip()
    if reason not in REASONS:
        place.complain("reason", _OTHER_REASON)
    elif not words:
        place.complain("words", "Say what the person is told.")
    else:
        return reason, words
    return None


_OTHER_REASON = "Choose a reason that has no words yet."
MESSAGES = Entries(letter="m", name_input="reason", show=_show, read=_read, twice=_OTHER_REASON)


def show_messages(schema: Mapping[str, Any]) -> tuple[Row, ...]:
    """Return a row for each reason that has words."""
    return MESSAGES.rows(_sayable(schema))


def _sayable(schema: Mapping[str, Any]) -> dict[str, str]:
    said = schema.get("x-messages")
    texts = said.items() if isinstance(said, Mapping) else ()
    return {reason: words for reason, words in texts if reason in REASONS and isinstance(words, str)}


def write_messages(schema: dict[str, Any], rows: Sequence[Row], place: Place) -> None:
    """Write the words into a property."""
    before = _sayable(schema)
    said = MESSAGES.object(rows, place, before=before)
    if said is before:
        return
    was = schema.pop("x-messages", None)
    others = was if isinstance(was, Mapping) else {}
    if said := {reason: words for reason, words in others.items() if reason not in before} | said:
        schema["x-messages"] = said
