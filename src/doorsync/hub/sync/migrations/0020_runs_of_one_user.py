"""Runs that add or change one user only."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0019_only_removals_after_a_restore'),
    ]

    operations = [
        migrations.AddField(
            model_name='run',
            name='user_id',
            field=models.BigIntegerField(null=True),
        ),
    ]
