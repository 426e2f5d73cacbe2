"""Chains every trail anew, under a key that is not in the database, and marks in it where that was done.

The mark says whether the trail was whole under the old hashes, which anybody could have worked out.
"""

import hashlib
import json

from django.db import migrations, models
from django.utils import timezone
from django_scopes import scopes_disabled

from doorsync.hub.audit import trail
from doorsync.hub.audit.trail_keys import name_of


def old_hash(entry):
    fields = [entry.company_id, entry.number, trail._utc(entry.at), entry.event, trail._sorted(entry.actor), trail._sorted(entry.subject)]
    text = json.dumps(fields, separators=(",", ":"))
    return hashlib.sha256(bytes(entry.previous) + text.encode()).digest()


def chain(apps, schema_editor):
    Entry, Head = apps.get_model("audit", "Entry"), apps.get_model("audit", "Head")
    with scopes_disabled():
        for head in Head.objects.order_by("pk"):
            before, previous, number, whole = bytes(32), bytes(32), 0, True
            for entry in Entry.objects.filter(company_id=head.company_id).order_by("number").iterator():
                number += 1
                whole = whole and entry.number == number and bytes(entry.previous) == before and bytes(entry.hash) == old_hash(entry)
                before = bytes(entry.hash)
                previous = keyed(Entry, entry, number, previous)
            whole = whole and head.number == number and bytes(head.hash) == before
            mark = Entry(
                company_id=head.company_id,
                at=timezone.now(),
                event="audit.keyed",
                actor={"company_id": head.company_id, "administrator_id": None, "via": "hub", "reference": ""},
                subject={"entries": number, "whole": int(whole)},
            )
            previous = keyed(Entry, mark, number + 1, previous)
            seal = trail.seal_of(head.company_id, number + 1, previous)
            Head.objects.filter(pk=head.pk).update(number=number + 1, hash=previous, seal=seal)


def keyed(Entry, entry, number, previous):
    entry.number, entry.previous, entry.key = number, previous, name_of(entry.company_id)
    entry.hash = trail.hash_of(entry)
    entry.save()
    return entry.hash


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.AddField("entry", "key", models.CharField(default="", max_length=16), preserve_default=False),
        migrations.AddField("head", "seal", models.BinaryField(default=b"", max_length=32)),
        migrations.RunPython(chain, migrations.RunPython.noop),
    ]
