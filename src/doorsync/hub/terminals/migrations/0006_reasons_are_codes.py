"""Why an agent is in quarantine, and what is the matter with a terminal, are codes; what is there already is kept as text."""

from django.db import migrations

from doorsync.hub.reasons.fields import ReasonField
from doorsync.hub.reasons.old_sentences import converted


class Migration(migrations.Migration):
    dependencies = [("terminals", "0005_terminal_unreadable")]

    operations = [
        migrations.AlterField("agent", "quarantined", ReasonField(max_length=200)),
        migrations.AlterField("terminal", "trouble", ReasonField(max_length=200)),
        migrations.AlterField("terminal", "unread", ReasonField(max_length=200)),
        migrations.AlterField("terminal", "unreadable", ReasonField(max_length=200)),
        converted("terminals_agent", "quarantined", 200),
        converted("terminals_terminal", "trouble", 200),
        converted("terminals_terminal", "unread", 200),
        converted("terminals_terminal", "unreadable", 200),
    ]
