"""What rows refer to each other by: keys on the page, names in the document. So a new name is followed everywhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from authoring.sheet.kinds import Kind, kind_of
from authoring.sheet.rows import Mistake

_UNKNOWN = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One field as other rows know it."""

    key: str
    name: str
    schema: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    """For a list of things, the key of each column and its name."""

    @property
    def kind(self) -> Kind:
        """What the field asks for."""
        return kind_of(self.schema)


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
        if not isinstance(name, str) or not name:
            return ""
        return self.by_name[name].key if name in self.by_name else _UNKNOWN + name

    def name_of(self, key: str) -> str:
        """Return the name that an input stands for; empty if the row is gone."""
        if key.startswith(_UNKNOWN):
            return key.removeprefix(_UNKNOWN)
        return self.by_key[key].name if key in self.by_key else ""

    def names_of(self, keys: Iterable[str]) -> list[str]:
        """Return the names that inputs stand for, each once, without those that are gone."""
        return [name for name in dict.fromkeys(map(self.name_of, keys)) if name]

    def schema_of(self, name: str) -> Mapping[str, Any]:
        """Return the property of a field; an empty one if there is no such field."""
        return self.by_name[name].schema if name in self.by_name else {}

    def column_key(self, name: Any, column: Any) -> str:
        """Return what an input holds for a column of a list."""
        if not isinstance(column, str) or not column:
            return ""
        columns = self.by_name[name].columns if isinstance(name, str) and name in self.by_name else {}
        return next((key for key, called in columns.items() if called == column), _UNKNOWN + column)

    def column_of(self, name: str, key: str) -> str:
        """Return the column that an input stands for; empty if it is gone."""
        if key.startswith(_UNKNOWN):
            return key.removeprefix(_UNKNOWN)
        return self.by_name[name].columns.get(key, "") if name in self.by_name else ""


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
