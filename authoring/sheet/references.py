"""What rows refer to each other by: keys on the page, names in the document. So a new name is followed everywhere."""

import json
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from authoring.sheet.rows import Mistake

_UNKNOWN = "?"


def carried(name: str) -> str:
    """Return a name as an input can carry it: as JSON if it is empty or has line breaks, which browsers change."""
    is_plain = name != "" and not name.startswith('"') and "\n" not in name and "\r" not in name
    return name if is_plain else json.dumps(name)


def name_carried(text: str) -> str:
    """Return the name that an input carries."""
    if not text.startswith('"'):
        return text
    try:
        return str(json.loads(text))
    except ValueError:
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One field as other rows know it."""

    key: str
    name: str
    schema: Mapping[str, Any] = field(default_factory=dict)
    """The property that the page was made of."""
    now: Mapping[str, Any] = field(default_factory=dict)
    """The property as it is after what was edited on the page."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """For a list of things, the key of each column and its name."""
    values: Mapping[Hashable, Any] = field(default_factory=dict)
    """New values of choices by the keys of the old ones."""


_NOTHING = Known(key="", name="")


@dataclass(frozen=True, slots=True)
class References:
    """The fields of a page, by key and by name."""

    by_key: Mapping[str, Known]
    by_name: Mapping[str, Known]

    @classmethod
    def to(cls, fields: Iterable[Known]) -> "References":
        """Return the references to these fields."""
        known = tuple(fields)
        return cls({one.key: one for one in known}, {one.name: one for one in known})

    def key_of(self, name: Any) -> str:
        """Return what an input holds for a name; a name that no row has is marked, and kept."""
        if not isinstance(name, str):
            return ""
        return self.by_name[name].key if name in self.by_name else _UNKNOWN + carried(name)

    def name_of(self, key: str) -> str:
        """Return the name that an input stands for; empty if the row is gone."""
        if key.startswith(_UNKNOWN):
            return name_carried(key.removeprefix(_UNKNOWN))
        return self.by_key[key].name if key in self.by_key else ""

    def names_of(self, keys: Iterable[str]) -> list[str]:
        """Return the names that inputs stand for, each once, without those that are gone."""
        return [name for name in dict.fromkeys(map(self.name_of, keys)) if name]

    def known(self, name: Any) -> Known:
        """Return what is known of a field; nothing if there is no such field."""
        return self.by_name.get(name, _NOTHING) if isinstance(name, str) else _NOTHING

    def column_key(self, name: Any, column: Any) -> str:
        """Return what an input holds for a column of a list."""
        if not isinstance(column, str):
            return ""
        columns = self.known(name).columns
        return next((key for key, called in columns.items() if called == column), _UNKNOWN + carried(column))

    def column_of(self, name: str, key: str) -> str:
        """Return the column that an input stands for; empty if it is gone."""
        if key.startswith(_UNKNOWN):
            return name_carried(key.removeprefix(_UNKNOWN))
        return self.known(name).columns.get(key, "")


NOBODY = References({}, {})


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the page something is read: the beginning of its inputs' names, what they refer to, what is wrong."""

    name: str
    references: References = NOBODY
    mistakes: list[Mistake] = field(default_factory=list)

    def below(self, *names: str) -> "Place":
        """Return a place inside this one."""
        return Place("-".join((self.name, *names)), self.references, self.mistakes)

    def complain(self, name: str, message: str) -> None:
        """Note what is wrong with an input of this place."""
        self.mistakes.append(Mistake(place=f"{self.name}-{name}", message=message))
