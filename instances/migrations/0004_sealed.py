from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("instances", "0003_sources"),
    ]

    operations = [
        migrations.AddField(
            model_name="workflow",
            name="sealed_data",
            field=models.TextField(blank=True, default=""),
        ),
    ]
