from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("instances", "0002_action_steps"),
    ]

    operations = [
        migrations.AddField(
            model_name="workflow",
            name="sources",
            field=models.JSONField(default=dict),
        ),
    ]
