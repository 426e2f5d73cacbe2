"""When lost terminals are tried next, who is due when the clock is put back, and the indexes for both.

Open lines by their state, not by a condition of the index, because SQLite sees none in a parameter.
"""

from django.db import migrations, models
from django.db.models import F


def try_lost_terminals_again(apps, _editor):
    lines = apps.get_model("sync", "Line").objects.filter(state="not-reached", terminal__lost_at__isnull=False)
    lines.update(retry_at=F("changed_at"))


class Migration(migrations.Migration):
    dependencies = [("sync", "0001_initial"), ("terminals", "0002_agent_pinned")]

    operations = [
        migrations.RemoveIndex(model_name="line", name="line_open"),
        migrations.RemoveIndex(model_name="line", name="line_not_reached"),
        migrations.AddIndex(model_name="line", index=models.Index(fields=["state", "company"], name="line_open")),
        migrations.AddIndex(model_name="line", index=models.Index(fields=["state", "retry_at"], name="line_not_reached")),
        migrations.RunPython(try_lost_terminals_again, migrations.RunPython.noop),
        migrations.AddField(model_name="due", name="since", field=models.DateTimeField(db_index=True, null=True)),
        migrations.AlterField(model_name="due", name="at", field=models.DateTimeField(db_index=True, null=True)),
    ]
