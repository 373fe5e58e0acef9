"""The parts of a document whose shape is right: a mistake in one hides nothing that is wrong with the others."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.condition_checks import offers_of
from engine.findings import pointer


class Parts:
    """The parts of a document whose shape is right: nothing is broken at their place, above or below it.

    Of a property that is not well formed, the name alone is known.
    """

    def __init__(self, document: Mapping[str, Any], broken: frozenset[str]) -> None:
        self.document = document
        self._broken = broken
        self._above_broken = frozenset(above for path in broken for above in _above(path))
        state_schema = document.get("state_schema")
        known = state_schema if isinstance(state_schema, Mapping) else {}
        properties, required = known.get("properties"), known.get("required")
        self.properties: Mapping[str, Mapping[str, Any]] = {
            name: part if self._is_sound(pointer("state_schema", "properties", name)) else {}
            for name, part in (properties if isinstance(properties, Mapping) else {}).items()
        }
        self.offers = offers_of(self.properties)
        self.required: list[str] = (
            required if isinstance(required, list) and self._is_sound("/state_schema/required") else []
        )
        self.steps: list[tuple[int, Mapping[str, Any]]] = self._sound_entries("steps")
        self.prerequisites: list[tuple[int, Any]] = self._sound_entries("prerequisites")
        self.knows_every_step = self._is_sound("/steps")

    def _sound_entries(self, key: str) -> list[tuple[int, Any]]:
        entries = self.document.get(key)
        numbered = enumerate(entries if isinstance(entries, list) else ())
        return [(index, entry) for index, entry in numbered if self._is_sound(pointer(key, index))]

    def _is_sound(self, path: str) -> bool:
        return path not in self._above_broken and self._broken.isdisjoint((path, *_above(path)))


def _above(path: str) -> Iterator[str]:
    """Return the places that contain this one."""
    while path:
        path = path.rpartition("/")[0]
        yield path
