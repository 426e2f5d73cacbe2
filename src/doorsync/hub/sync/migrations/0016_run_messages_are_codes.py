"""What is said of a run's line, and of whom it could not send, are codes; what is there already is kept as text."""

from django.db import migrations

from doorsync.hub.reasons.fields import ReasonField
from doorsync.hub.reasons.old_sentences import converted


class Migration(migrations.Migration):
    dependencies = [("sync", "0015_refusals_are_codes")]

    operations = [
        migrations.AlterField("line", "message", ReasonField(max_length=300)),
        migrations.AlterField("problem", "message", ReasonField(max_length=300)),
        converted("sync_line", "message", 300),
        converted("sync_problem", "message", 300),
    ]
