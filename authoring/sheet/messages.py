"""The author's own words for answers that do not count: one row for each reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from authoring.sheet.references import Place
from authoring.sheet.rows import Row, Shape, keyed, shown

MESSAGE = Shape(texts=("reason", "words"))


def show_messages(schema: Mapping[str, Any]) -> tuple[Row, ...]:
    """Return a row for each reason that has words."""
    said = schema.get("x-messages")
    texts = said.items() if isinstance(said, Mapping) else ()
    return keyed(
        [
            Row(base=[reason, words], texts={"reason": reason, "words": shown(words, lines=True)})
            for reason, words in texts
            if isinstance(words, str)
        ],
        "m",
    )


def write_messages(schema: dict[str, Any], rows: Sequence[Row], place: Place) -> None:
    """Write the words into a property."""
    before = show_messages(schema)
    if _same(rows, before):
        return
    # What no row shows stays: only a developer can have written it.
    said = schema.get("x-messages")
    texts = said.items() if isinstance(said, Mapping) else ()
    found = {reason: words for reason, words in texts if not isinstance(words, str)}
    for row in rows:
        reason, words = row.text("reason"), row.text("words").strip()
        if not reason and not words:
            continue
        if not reason or reason in found:
            place.below(row.key).complain("reason", "Choose a reason that has no words yet.")
        elif not words:
            place.below(row.key).complain("words", "Say what the person is told.")
        else:
            found[reason] = _words(row, words)
    schema.pop("x-messages", None)
    if found:
        schema["x-messages"] = found


def _words(row: Row, words: str) -> str:
    """Return the words of a row: as they were, if they only look the same."""
    was = row.base[1] if isinstance(row.base, list) and len(row.base) == 2 and isinstance(row.base[1], str) else ""
    return was if shown(was, lines=True).strip() == words else words


def _same(rows: Sequence[Row], before: Sequence[Row]) -> bool:
    return len(rows) == len(before) and all(row.says_the_same_as(was) for row, was in zip(rows, before, strict=True))
