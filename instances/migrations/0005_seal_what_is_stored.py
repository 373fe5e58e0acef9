"""Seal what was stored in plain. It may be stopped and run again; what a process of before writes beside it is sealed
by `manage.py rotate_keys`."""

from typing import Any

from django.core.management.base import CommandError
from django.db import migrations

from instances.idempotency import keyed
from instances.resealing import reseal
from instances.sealing import SEALING, opened, whole_of
from rest.encryption import decrypt, encrypt, is_encrypted, pages


def seal_workflows(apps: Any, schema_editor: Any) -> None:
    workflows = apps.get_model("instances", "Workflow").objects.all()
    versions = apps.get_model("registry", "TemplateVersion").objects.all()
    lost = [pk for done in reseal(workflows, versions, batch=500) for pk in done.lost]
    if lost:
        raise CommandError(f"{len(lost)} workflows cannot be read with any of ENCRYPTION_KEYS: {', '.join(lost[:20])}.")


def open_workflows(apps: Any, schema_editor: Any) -> None:
    """Go back: without the column, what is in it would be lost."""
    workflows = apps.get_model("instances", "Workflow").objects.exclude(sealed_data="")
    for page in pages(workflows, *SEALING, batch=500):
        for pk, *stored in page:
            columns = dict(zip(SEALING, stored, strict=True))
            whole = whole_of(columns, opened(columns["sealed_data"]))
            workflows.filter(pk=pk, sealed_data=columns["sealed_data"]).update(**whole, sealed_data="")


def seal_answers(apps: Any, schema_editor: Any) -> None:
    """Encrypt the answers that are kept for a day, and key what their requests are compared by, once for each row."""
    keys = apps.get_model("instances", "IdempotencyKey").objects.exclude(body="")
    for page in pages(keys, "body", "fingerprint", batch=500):
        for pk, body, fingerprint in page:
            if not is_encrypted(body):
                keys.filter(pk=pk, body=body).update(body=encrypt(body), fingerprint=keyed(fingerprint))


def open_answers(apps: Any, schema_editor: Any) -> None:
    keys = apps.get_model("instances", "IdempotencyKey").objects.exclude(body="")
    for page in pages(keys, "body", batch=500):
        for pk, body in page:
            if is_encrypted(body):
                keys.filter(pk=pk, body=body).update(body=decrypt(body))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("instances", "0004_sealed"),
        ("registry", "0003_step_templates"),
    ]

    operations = [
        migrations.RunPython(seal_workflows, open_workflows, elidable=True),
        migrations.RunPython(seal_answers, open_answers, elidable=True),
    ]
