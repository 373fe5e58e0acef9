from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deliveries", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="sealed_request",
            field=models.TextField(blank=True, default=""),
        ),
    ]
