"""Find values in what somebody says, by rules that anybody can read. Pure.

Nothing is judged here: what is found is handed over, each with the words it was found in, and the service decides.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chat.stand_in.fields import Field, Kind

_YES = re.compile(r"\b(?:yes|yeah|yep|sure|of course|okay|ok|right|please do|go ahead|correct|agreed)\b", re.IGNORECASE)
_NO = re.compile(r"\b(?:no|nope|not|don't|nothing|none|rather not)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,:-])-?\d(?:[\d,.]*\d)?(?![\w:-])")
_DATE = re.compile(
    r"\b(?:(\d{4}-\d\d-\d\d)|\d\d?[./]\d\d?[./]\d{4}"
    r"|(?P<day>\d\d?)(?:st|nd|rd|th)? (?P<month>[a-z]{3,9}) (?P<year>\d{4})"
    r"|(?P<month_>[a-z]{3,9}) (?P<day_>\d\d?)(?:st|nd|rd|th)?,? (?P<year_>\d{4}))\b",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EMAIL = re.compile(r"[^\s,;<>()@]+@(?:[^\s,;<>()@]*[^\s,;<>()@.!?])?")
_CODE = re.compile(r"\+?\b(?=[a-z:-]*\d)[a-z0-9][\w:./-]*(?: ?[\d()-]+)*\b", re.IGNORECASE)
_SEGMENT = re.compile(r"(?:(?! and )[^,;.!?\n])+")
_LEAD_IN = re.compile(r"\s*(?:(?:and|my name is|i am|i'm|it is|it's|this is) )*", re.IGNORECASE)
_FILLER = re.compile(
    r"(?:please|thanks?|thank you|sorry|hi|hello|well|oh|actually|yes|no|ok|okay|then)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A value, and the words that it was found in."""

    field: str
    value: Any
    quote: str


def says_yes(said: str) -> bool:
    """Tell whether somebody agrees."""
    return bool(_YES.search(said)) and not _NO.search(said)


def says_no(said: str) -> bool:
    """Tell whether somebody does not want to, or has nothing to say."""
    return bool(_NO.search(said)) and not _YES.search(said)


def extract(said: str, *, asked: Sequence[Field], others: Iterable[Field]) -> list[Found]:
    """Return the values in a message, each from words of its own.

    What was not asked must be called by its name. What was asked is looked for in the order in which it was asked, the
    forms that are hard to mistake first; a text is what is left.
    """
    rest = Rest(said)
    found = [_named(field, rest) for field in others]
    found += [_found(field, rest) for field in sorted(asked, key=lambda field: _ORDER.index(field.kind))]
    if asked and not any(found) and asked[0].kind in (Kind.CODE, Kind.EMAIL):
        # An answer in no form that was asked for: the service says so in the author's words.
        found.append(Found(field=asked[0].name, value=said.strip(), quote=said.strip()))
    return [one for one in found if one]


class Rest:
    """What is left of a message while values are taken out of it; what was taken is blanked, so that places stay."""

    def __init__(self, said: str) -> None:
        self.said = said
        self.left = said

    def take(self, start: int, end: int) -> str:
        """Return these words, and leave them to nobody else."""
        self.left = self.left[:start] + _TAKEN * (end - start) + self.left[end:]
        return self.said[start:end]


_TAKEN = "\0"
_ORDER = (
    Kind.EMAIL, Kind.DATE, Kind.CHOICES, Kind.CHOICE, Kind.NUMBER, Kind.CODE, Kind.YES_NO, Kind.TEXT, Kind.OTHER
)  # fmt: skip


def _named(field: Field, rest: Rest) -> Found | None:
    """Return the value of a field that is called by its name: the rating is 4, guests: 80."""
    label = re.sub(r"^(?:your|the) ", "", field.label, flags=re.IGNORECASE)
    names = "|".join(re.escape(name) for name in (label, field.name.replace("_", " ")))
    named = re.search(rf"\b(?:{names})\b[^.!?\n]*", rest.left, re.IGNORECASE)
    if not named:
        return None
    if field.kind is not Kind.TEXT:
        return _found(field, rest, start=named.start(), end=named.end())
    told = re.search(r"(?:\bis|\bto|:|=) +([^,;]+)", named[0])
    return _taken(field, rest, named.start() + told.start(1), named.start() + told.end(1)) if told else None


def _found(field: Field, rest: Rest, *, start: int = 0, end: int | None = None) -> Found | None:
    """Return the first value of a field's kind between two places."""
    end = len(rest.left) if end is None else end
    match field.kind:
        case Kind.CHOICE | Kind.CHOICES:
            return _chosen(field, rest, start, end)
        case Kind.YES_NO:
            yes, no = _YES.search(rest.left, start, end), _NO.search(rest.left, start, end)
            first = min((one for one in (yes, no) if one), key=lambda one: one.start(), default=None)
            return _taken(field, rest, *first.span(), value=first is yes) if first else None
        case Kind.TEXT:
            return _text(field, rest)
        case Kind.OTHER:
            return None
    there = _FORMS[field.kind].search(rest.left, start, end)
    return _taken(field, rest, *there.span(), value=_value(field.kind, there)) if there else None


_FORMS = {Kind.NUMBER: _NUMBER, Kind.DATE: _DATE, Kind.EMAIL: _EMAIL, Kind.CODE: _CODE}


def _value(kind: Kind, there: re.Match[str]) -> Any:
    """Return what these words mean, or the words themselves where that is for the service to decide."""
    if kind is Kind.NUMBER and re.fullmatch(r"-?\d{1,15}", there[0]):
        return int(there[0])
    if kind is Kind.DATE and (month := (there["month"] or there["month_"] or "")[:3].lower()) in _MONTHS:
        day, year = int(there["day"] or there["day_"]), there["year"] or there["year_"]
        return f"{year}-{_MONTHS.index(month) + 1:02}-{day:02}"
    return there[0]


def _chosen(field: Field, rest: Rest, start: int, end: int) -> Found | None:
    """Return the choice, or of a field that takes several all of those, that are called by title or by a word of it."""
    places = [(_place(one, field, rest.left[:end], start), one[0]) for one in field.choices]
    chosen = sorted((place, number) for number, (place, _) in enumerate(places) if place)
    if not chosen:
        return None
    if field.kind is Kind.CHOICE:
        (first, last), number = max(chosen, key=lambda one: one[0][1] - one[0][0])
        return _taken(field, rest, first, last, value=places[number][1])
    first, last = chosen[0][0][0], max(place[1] for place, _ in chosen)
    return _taken(field, rest, first, last, value=[places[number][1] for _, number in chosen])


def _place(choice: tuple[Any, str], field: Field, text: str, start: int) -> tuple[int, int] | None:
    """Return where a choice is named, by its title, its value, or a longer word that no other title has."""
    value, title = choice
    others = {word for other, said in field.choices if other != value for word in _words(said)}
    own = [word for word in _words(title) if word not in others and len(word) > 3]
    short = re.sub(r"^(?:an?|the) ", "", title, flags=re.IGNORECASE)
    for name in (title, short, str(value).replace("_", " "), *own):
        if there := re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE).search(text, start):
            return there.span()
    return None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _text(field: Field, rest: Rest) -> Found | None:
    """Return the first words that nothing else was found in: all there are, or those between two commas."""
    if _TAKEN not in rest.left:
        return _of_words(field, rest, 0, len(rest.left.rstrip(" .!")))
    for there in _SEGMENT.finditer(rest.left):
        if _TAKEN not in there[0] and (found := _of_words(field, rest, *there.span())):
            return found
    return None


def _of_words(field: Field, rest: Rest, start: int, end: int) -> Found | None:
    begin = _LEAD_IN.match(rest.left, start, end)
    start = begin.end() if begin else start
    return None if _FILLER.fullmatch(rest.left[start:end].strip()) else _taken(field, rest, start, end)


def _taken(field: Field, rest: Rest, start: int, end: int, *, value: Any = None) -> Found:
    quote = rest.take(start, end).strip()
    return Found(field=field.name, value=quote if value is None else value, quote=quote)
