from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("terminals", "0009_standard_field_names")]

    operations = [
        migrations.AddField("terminal", "readers", models.CharField(blank=True, default="", max_length=16)),
    ]
