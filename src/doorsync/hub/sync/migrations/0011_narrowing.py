"""What may be held at the most, and whether a pending change takes something of it away or is due by the clock."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0010_given_up_batches")]

    operations = [
        migrations.AddField("holding", "allowance", models.TextField(default="", db_default="")),
        migrations.AddField("holding", "narrows", models.SmallIntegerField(default=0, db_default=0)),
        migrations.AddField("holding", "timed", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("line", "done_narrowed", models.PositiveIntegerField(default=0)),
        migrations.AddField("foundentry", "allowance", models.TextField(default="")),
    ]
