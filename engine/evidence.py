"""Evidence: for a value that was understood, the words that it was understood from, and whether they were said at all.

A quote occurs in a message if it is a part of it once both are normalised. What differs between a text and an honest
copy of it does not count; what differs between two texts does. In this order:

1. Invisible format characters (category Cf: soft hyphens, joiners, zero-width spaces, marks of direction) go, and of
   combining marks in a row all but the first 30, which is more than any script puts there (UAX 15, section 13).
2. Single quotation marks, accents that stand for them and primes become ``'``, double ones ``"``, and every dash,
   hyphen and minus sign ``-``.
3. Unicode NFKC (UAX 15), case folding, and NFKC once more, because folding may take letters apart.
4. Each run of white space becomes one space; at both ends it goes.

Nothing else is made equal: not accents, not punctuation, not words for numbers and digits.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from engine.errors import Invalid

MAX_MESSAGE = 50_000
MAX_QUOTE = 5_000
MAX_QUOTES = 200  # each is looked for in the whole message

# Bringing a row of marks into their canonical order takes time by the square of its length.
_MAX_MARKS = 30
_MARKS_BY_COMPOSITION = "\uff9e\uff9f"  # letters (Lm) that NFKC makes marks of; there are no others

_LOOK_ALIKES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02bc`\u00b4", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
)


class EvidenceWithoutMessage(Invalid):
    """There are quotes, and nothing that they could be looked for in."""

    code = "evidence_without_message"

    def __init__(self) -> None:
        super().__init__("Send what the person wrote as message: each quote in evidence is looked for in it.")


class EvidenceTooLong(Invalid):
    """The message, a quote, or the number of quotes is beyond what a person writes and a template asks for."""

    code = "evidence_too_long"

    def __init__(self) -> None:
        super().__init__(
            f"A message has at most {MAX_MESSAGE} characters, a quote at most {MAX_QUOTE}, and there are at most "
            f"{MAX_QUOTES} quotes.",
        )


def check(evidence: Mapping[str, str], message: str | None) -> None:
    """Refuse evidence that cannot be judged.

    :raises EvidenceWithoutMessage: there is no message to look in
    :raises EvidenceTooLong: there is more of it than can be looked for
    """
    if evidence and message is None:
        raise EvidenceWithoutMessage
    is_long = len(message or "") > MAX_MESSAGE or any(len(quote) > MAX_QUOTE for quote in evidence.values())
    if is_long or len(evidence) > MAX_QUOTES:
        raise EvidenceTooLong


def unfounded(evidence: Mapping[str, str], message: str | None, *, given: Iterable[str]) -> frozenset[str]:
    """Return the given fields whose quote does not occur in the message; an empty quote does not."""
    quotes = {name: normalised(evidence[name]) for name in given if name in evidence}
    if not quotes:
        return frozenset()
    said = normalised(message or "")
    return frozenset(name for name, quote in quotes.items() if not quote or quote not in said)


def normalised(text: str) -> str:
    """Return a text without what may differ between it and a copy of it; see the head of this file."""
    visible = "".join(_visible(text))
    folded = unicodedata.normalize("NFKC", visible.translate(_LOOK_ALIKES)).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def _visible(text: str) -> Iterator[str]:
    marks = 0
    for char in text:
        kind = unicodedata.category(char)
        if kind == "Cf":
            continue
        marks = marks + 1 if kind.startswith("M") or char in _MARKS_BY_COMPOSITION else 0
        if marks <= _MAX_MARKS:
            yield char
