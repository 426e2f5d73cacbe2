"""What programs find of a company: branches, characters, and stores that share a code."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("companies", "0003_company_automatic_starts")]

    operations = [
        migrations.AddField("company", "branches", models.BooleanField(default=False)),
        migrations.AddField("company", "question_marks", models.BooleanField(default=False)),
        migrations.AddField(
            "company",
            "head",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stores",
                to="companies.company",
            ),
        ),
        migrations.AddField("company", "store", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddConstraint("company", models.UniqueConstraint(fields=["head", "store"], name="company_store")),
    ]
