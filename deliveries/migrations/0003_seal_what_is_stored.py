"""Encrypt what is to be sent, and what came back where that may be sensitive. It may be stopped and run again."""

from collections.abc import Mapping
from typing import Any

from django.db import migrations

from rest.encryption import decrypt, encrypt, is_encrypted, pages, seal, unseal


def seal_requests(apps: Any, schema_editor: Any) -> None:
    deliveries = apps.get_model("deliveries", "Delivery").objects.filter(request__isnull=False)
    for page in pages(deliveries, "request", "terms", batch=500):
        for pk, request, terms in page:
            deliveries.filter(pk=pk).update(**_sealed(request, terms), request=None)


def open_requests(apps: Any, schema_editor: Any) -> None:
    """Go back: without the column, what is in it would be lost."""
    deliveries = apps.get_model("deliveries", "Delivery").objects.exclude(sealed_request="")
    for page in pages(deliveries, "sealed_request", "terms", batch=500):
        for pk, sealed, terms in page:
            request = unseal(sealed)
            opened = {**terms, "own_addresses": request.pop("own_addresses")} if "own_addresses" in request else terms
            deliveries.filter(pk=pk).update(request=request, terms=opened, sealed_request="")


def seal_excerpts(apps: Any, schema_editor: Any) -> None:
    attempts = apps.get_model("deliveries", "DeliveryAttempt").objects
    for page in pages(attempts.filter(delivery__terms__is_sensitive=True).exclude(excerpt=""), "excerpt", batch=500):
        for pk, excerpt in page:
            if not is_encrypted(excerpt):
                attempts.filter(pk=pk, excerpt=excerpt).update(excerpt=encrypt(excerpt))


def open_excerpts(apps: Any, schema_editor: Any) -> None:
    attempts = apps.get_model("deliveries", "DeliveryAttempt").objects
    for page in pages(attempts.filter(delivery__terms__is_sensitive=True), "excerpt", batch=500):
        for pk, excerpt in page:
            if is_encrypted(excerpt):
                attempts.filter(pk=pk).update(excerpt=decrypt(excerpt))


def _sealed(request: Mapping[str, Any], terms: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a request; people's addresses go with it, and its method is told beside it."""
    kept = {name: part for name, part in terms.items() if name != "own_addresses"}
    addresses = {"own_addresses": terms["own_addresses"]} if "own_addresses" in terms else {}
    method = {"method": request["method"]} if "method" in request else {}
    return {"sealed_request": seal({**request, **addresses}), "terms": {**kept, **method}}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("deliveries", "0002_sealed"),
    ]

    operations = [
        migrations.RunPython(seal_requests, open_requests),
        migrations.RunPython(seal_excerpts, open_excerpts),
    ]
