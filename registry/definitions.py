"""Definitions ready to run, kept per process: a version never changes, so its definition never goes stale."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from threading import Lock
from typing import cast

from engine.definition import Definition
from registry.models import TemplateVersion

MAX_KEPT = 512

_kept: OrderedDict[int, Definition] = OrderedDict()
_derived: OrderedDict[tuple[int, Hashable], object] = OrderedDict()
_lock = Lock()


def definition_of(version_id: int) -> Definition:
    """Return the definition of a version, from memory if it was used before."""
    return definitions_of([version_id])[version_id]


def definitions_of(version_ids: Iterable[int]) -> dict[int, Definition]:
    """Return the definitions of many versions with at most one query."""
    wanted = set(version_ids)
    with _lock:
        found = {version_id: _kept[version_id] for version_id in wanted if version_id in _kept}
        for version_id in found:
            _kept.move_to_end(version_id)
    missing = wanted - found.keys()
    if missing:
        for version in TemplateVersion.objects.filter(pk__in=missing):
            found[version.pk] = keep(version)
    return found


def keep(version: TemplateVersion) -> Definition:
    """Make the definition of a version that was just read or written, and remember it."""
    definition = Definition.from_document(version.content())
    with _lock:
        _kept[version.pk] = definition
        while len(_kept) > MAX_KEPT:
            _kept.popitem(last=False)
    return definition


def remembered[T](version_id: int, kind: Hashable, make: Callable[[], T]) -> T:
    """Return what follows from a version alone, made once: `kind` names what it is and what else it depends on."""
    key = (version_id, kind)
    with _lock:
        if key in _derived:
            _derived.move_to_end(key)
            return cast(T, _derived[key])
    made = make()
    with _lock:
        _derived[key] = made
        while len(_derived) > MAX_KEPT:
            _derived.popitem(last=False)
    return made


def forget_all() -> None:
    """Empty the memory, as tests must that reuse primary keys."""
    with _lock:
        _kept.clear()
        _derived.clear()
