"""Sealing what was stored before its field was sensitive, or before anything was sealed, and renewing what was sealed.

It may run beside everything else, and again after a crash: each workflow is a statement of its own, which changes
nothing if somebody wrote it in between, and what an act stores is sealed under the first key.
"""

from collections.abc import Iterator, Mapping, Set
from typing import Any

from django.db.models import Model, QuerySet

from engine.definition import sensitivities
from instances.sealing import SEALING, columns_of, is_plain, opened, whole_of
from rest.encryption import KeyLost, Renewed, pages, renewed


def reseal(workflows: QuerySet[Any], versions: QuerySet[Any], *, batch: int) -> Iterator[Renewed]:
    """Seal what is sensitive in workflows of these versions under the first key; after each batch, tell how many.

    The querysets are arguments because a migration has models of its own.
    """
    sensitive = {pk: names for pk, schema in _schemas(versions) if (names := sensitive_fields(schema))}
    for page in pages(workflows.filter(version__in=sensitive), "version_id", "revision", *SEALING, batch=batch):
        lost = [str(row[0]) for row in page if not _reseal(workflows.model, sensitive[row[1]], row)]
        yield Renewed(count=len(page) - len(lost), lost=lost)


def sensitive_fields(schema: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of the sensitive fields of a state schema."""
    return frozenset(name for name, kind in sensitivities(schema.get("properties", {})).items() if kind is not None)


def _schemas(versions: QuerySet[Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    return versions.values_list("pk", "state_schema").iterator(chunk_size=100)


def _reseal(model: type[Model], sensitive: Set[str], row: tuple[Any, ...]) -> bool:
    """Seal one workflow as it was read; False if it cannot be read."""
    key, _, revision, *stored = row
    columns = dict(zip(SEALING, stored, strict=True))
    try:
        changes = _changes(sensitive, columns)
    except KeyLost:
        return False
    if changes:
        unchanged = {"revision": revision, "sealed_data": columns["sealed_data"]}
        model._default_manager.filter(pk=key, **unchanged).update(**changes)
    return True


def _changes(sensitive: Set[str], columns: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the columns that are to be others.

    :raises KeyLost: what is sealed cannot be read
    """
    sealed = columns["sealed_data"]
    if is_plain(sensitive, columns):
        return columns_of(sensitive, whole_of(columns, opened(sealed) if sealed else {}))
    after = renewed(sealed) if sealed else sealed
    return {"sealed_data": after} if after != sealed else {}
