from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("deliveries", "0003_seal_what_is_stored"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="delivery",
            name="request",
        ),
    ]
