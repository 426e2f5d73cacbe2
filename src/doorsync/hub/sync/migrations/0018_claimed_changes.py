from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0017_standard_names")]

    operations = [
        migrations.AddField(
            model_name="validitychange",
            name="claimed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="validitychange",
            index=models.Index(condition=models.Q(claimed=True), fields=["company_id"], name="validity_change_claimed"),
        ),
    ]
