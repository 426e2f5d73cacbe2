"""The index of open lines: by state, and not partial, because SQLite sees no condition in a parameter."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="line", name="line_open"),
        migrations.AddIndex(model_name="line", index=models.Index(fields=["state", "company"], name="line_open")),
    ]
