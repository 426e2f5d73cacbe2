"""Administrators' names in NFC, as they are looked up from now on. One that then equals another's stays as it was."""

import unicodedata

from django.db import migrations
from django_scopes import scopes_disabled


def spell(apps, schema_editor):
    Administrator = apps.get_model("administrators", "Administrator")
    with scopes_disabled():
        for row in Administrator.objects.order_by("pk").iterator():
            name = unicodedata.normalize("NFC", row.username)
            if name != row.username and not Administrator.objects.filter(company_id=row.company_id, username=name).exists():
                Administrator.objects.filter(pk=row.pk).update(username=name)


class Migration(migrations.Migration):
    dependencies = [("administrators", "0001_initial")]
    operations = [migrations.RunPython(spell, migrations.RunPython.noop)]
