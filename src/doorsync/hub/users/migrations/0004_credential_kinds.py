from django.db import migrations, models


def mark_kinds(apps, _editor):
    """What the constraints had by name until now."""
    credential = apps.get_model("users", "Credential")._base_manager
    credential.filter(kind="card").update(is_unique=True)
    credential.filter(kind="pin").update(is_single=True)


class Migration(migrations.Migration):

    dependencies = [
        ('companies', '0002_key_marks'),
        ('users', '0003_lookup_indexes'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='credential', name='credential_card'),
        migrations.RemoveConstraint(model_name='credential', name='credential_one_pin'),
        migrations.AlterField(model_name='credential', name='kind', field=models.CharField(max_length=16)),
        migrations.AddField(
            model_name='credential', name='is_single', field=models.BooleanField(default=False), preserve_default=False
        ),
        migrations.AddField(
            model_name='credential', name='is_unique', field=models.BooleanField(default=False), preserve_default=False
        ),
        migrations.RunPython(mark_kinds, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='credential',
            constraint=models.UniqueConstraint(
                condition=models.Q(('is_unique', True)), fields=('company', 'lookup'), name='credential_unique'
            ),
        ),
        migrations.AddConstraint(
            model_name='credential',
            constraint=models.UniqueConstraint(
                condition=models.Q(('is_single', True)), fields=('user', 'kind'), name='credential_single'
            ),
        ),
    ]
