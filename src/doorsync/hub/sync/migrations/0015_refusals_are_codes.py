"""Refusals of holdings are codes with parameters; what is there already is kept as the text that it is."""

from django.db import migrations

import doorsync.hub.reasons.fields
from doorsync.hub.reasons.old_sentences import converted


class Migration(migrations.Migration):
    dependencies = [("sync", "0014_full_names_with_insertions")]

    operations = [
        migrations.AlterField("holding", "refusal", doorsync.hub.reasons.fields.ReasonField(max_length=200)),
        converted("sync_holding", "refusal", 200),
    ]
