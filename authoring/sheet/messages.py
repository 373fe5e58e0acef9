"""The author's own words for answers that do not count: one row for each reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from authoring.sheet.pairs import Entries
from authoring.sheet.references import Place
from authoring.sheet.rows import Row, Shape, shown

MESSAGE = Shape(texts=("reason", "words"))


def _show(reason: str, words: Any) -> Row:
    return Row(texts={"reason": shown(reason), "words": shown(words, lines=True)})


def _read(row: Row, place: Place) -> tuple[str, Any] | None:
    reason, words = row.text("reason"), row.text("words").strip()
    if not reason:
        place.complain("reason", "Choose a reason that has no words yet.")
    elif not words:
        place.complain("words", "Say what the person is told.")
    else:
        return reason, words
    return None


MESSAGES = Entries(
    letter="m", name_input="reason", show=_show, read=_read, twice="Choose a reason that has no words yet."
)


def show_messages(schema: Mapping[str, Any]) -> tuple[Row, ...]:
    """Return a row for each reason that has words."""
    return MESSAGES.rows(schema.get("x-messages"))


def write_messages(schema: dict[str, Any], rows: Sequence[Row], place: Place) -> None:
    """Write the words into a property."""
    before = schema.get("x-messages")
    said = MESSAGES.object(rows, place, before=before)
    if said:
        schema["x-messages"] = said
    elif said is not before:
        del schema["x-messages"]
