"""What the guard needs to count over a day, and to tell a planned expiry from a removal."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0004_refused_is_asked_live")]

    operations = [
        migrations.AddField("holding", "foreseen", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("line", "typed", models.BooleanField(default=False)),
        migrations.AddField("line", "lost_freely", models.PositiveIntegerField(default=0)),
        migrations.AddField("line", "lost_freely_at", models.DateTimeField(null=True)),
        migrations.AddIndex("line", models.Index(fields=["terminal", "lost_freely_at"], name="line_lost_freely")),
        migrations.AddField("due", "walls", models.CharField(max_length=33, default="")),
        migrations.AddField("due", "noted_at", models.DateTimeField(null=True)),
    ]
