"""Tokens for the sync of one user: who it is, and where it starts by itself."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("administrators", "0005_token_indexes"),
        ('companies', '0003_company_automatic_starts'),
    ]

    operations = [
        migrations.AddField(
            model_name='synctoken',
            name='location',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='companies.location'),
        ),
        migrations.AddField(
            model_name='synctoken',
            name='user_id',
            field=models.BigIntegerField(null=True),
        ),
    ]
