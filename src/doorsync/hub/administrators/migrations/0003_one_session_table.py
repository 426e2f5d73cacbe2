import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("administrators", "0002_names_in_one_spelling")]

    operations = [
        migrations.RenameModel("SyncSession", "Session"),
        migrations.AlterField(
            model_name="session",
            name="token",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="administrators.synctoken"
            ),
        ),
        # Django's own table held ordinary sign-ins, by their secrets; whoever was signed in signs in again.
        migrations.RunSQL("DROP TABLE IF EXISTS django_session", migrations.RunSQL.noop),
    ]
