"""Groups of one location, and the firm that a user works for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("companies", "0004_company_kinds"), ("users", "0007_given_numbers")]

    operations = [
        migrations.AddField(
            "group",
            "location",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="groups",
                to="companies.location",
            ),
        ),
        migrations.AddField("user", "contractor_code", models.CharField(blank=True, default="", max_length=18)),
        migrations.AddField("user", "contractor_name", models.CharField(blank=True, default="", max_length=100)),
    ]
