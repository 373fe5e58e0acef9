"""Definitions ready to run, kept per process: a version never changes, so its definition never goes stale."""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from engine.definition import Definition
from registry.models import TemplateVersion

MAX_KEPT = 512

_kept: OrderedDict[int, Definition] = OrderedDict()
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


def forget_all() -> None:
    """Empty the memory, as tests must that reuse primary keys."""
    with _lock:
        _kept.clear()
