"""Groups by which an organisation gives rights without reading code: Author, Publisher, Operator.

Made once. A group of this name that is there already is left as it is, and nobody takes away later what an organisation
added, or adds what it took away. `docs/operating.md` says what each is for.
"""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import migrations

AUTHOR = {
    "registry": [
        "view_workflowtemplate",
        "add_workflowtemplate",
        "change_workflowtemplate",
        "view_templateversion",
        "view_steptemplate",
        "view_steptemplateversion",
    ],
    "permissions": ["view_usertype", "view_usertypeworkflowtemplate"],
}
PUBLISHER = {
    "registry": [
        *AUTHOR["registry"],
        "publish_workflowtemplate",
        "delete_workflowtemplate",
        "add_steptemplate",
        "change_steptemplate",
        "delete_steptemplate",
    ],
    "permissions": [
        *AUTHOR["permissions"],
        "add_usertype",
        "change_usertype",
        "delete_usertype",
        "add_usertypeworkflowtemplate",
        "delete_usertypeworkflowtemplate",
    ],
}
OPERATOR = {
    "registry": ["view_workflowtemplate", "view_templateversion", "view_steptemplate", "view_steptemplateversion"],
    "permissions": [
        "view_usertype",
        "view_usertypeworkflowtemplate",
        "view_apikey",
        "add_apikey",
        "change_apikey",
    ],
    # Whoever issues the key of a chat backend gives what it may do, so they must hold it: start, change, delete.
    "instances": ["view_workflow", "add_workflow", "change_workflow", "delete_workflow"],
    "deliveries": [
        "view_delivery",
        "change_delivery",
        "view_deliveryattempt",
        "view_channel",
        "view_webhookendpoint",
        "add_webhookendpoint",
        "change_webhookendpoint",
        "delete_webhookendpoint",
        "view_secret",
        "add_secret",
        "change_secret",
        "delete_secret",
    ],
    "events": ["view_event"],
}
ROLES = {"Author": AUTHOR, "Publisher": PUBLISHER, "Operator": OPERATOR}


def add_roles(apps: Any, schema_editor: Any) -> None:
    """Make the groups that are not there."""
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for name, rights in ROLES.items():
        role, is_new = groups.get_or_create(name=name)
        if is_new:
            for app, codenames in rights.items():
                role.permissions.add(*_permissions(apps, schema_editor, app=app, codenames=codenames))


def _permissions(apps: Any, schema_editor: Any, *, app: str, codenames: Collection[str]) -> Iterator[Any]:
    """Return these permissions, made where they are not there yet: Django makes them only after all migrations."""
    using = schema_editor.connection.alias
    types = apps.get_model("contenttypes", "ContentType").objects.using(using)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for model in apps.get_app_config(app).get_models():
        for codename, words in _known(model._meta):
            if codename in codenames:
                kind, _ = types.get_or_create(app_label=app, model=model._meta.model_name)
                found, _ = permissions.get_or_create(content_type=kind, codename=codename, defaults={"name": words})
                yield found


def _known(options: Any) -> Iterator[tuple[str, str]]:
    """Return the permissions of a model as Django names them."""
    for verb in options.default_permissions:
        yield f"{verb}_{options.model_name}", f"Can {verb} {options.verbose_name_raw}"
    yield from options.permissions


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("deliveries", "0001_initial"),
        ("events", "0001_initial"),
        ("instances", "0002_action_steps"),
        ("permissions", "0001_initial"),
        ("registry", "0003_step_templates"),
    ]

    operations = [migrations.RunPython(add_roles, migrations.RunPython.noop, elidable=False)]
