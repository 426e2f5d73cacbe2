"""Open lines by their state, not partial, because SQLite sees no condition in a parameter; lost ones by their next try."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="line", name="line_open"),
        migrations.RemoveIndex(model_name="line", name="line_not_reached"),
        migrations.AddIndex(model_name="line", index=models.Index(fields=["state", "company"], name="line_open")),
        migrations.AddIndex(
            model_name="line",
            index=models.Index(condition=models.Q(state="not-reached"), fields=["retry_at"], name="line_not_reached"),
        ),
    ]
