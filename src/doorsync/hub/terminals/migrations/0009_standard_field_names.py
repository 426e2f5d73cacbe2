from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("terminals", "0008_connection_settings")]

    operations = [
        migrations.RenameField("terminal", "trouble", "last_error"),
        migrations.RenameField("terminal", "head", "chain_head"),
        migrations.RemoveConstraint("terminal", "terminal_spot"),
        migrations.RenameField("terminal", "spot", "canonical_address"),
        migrations.AddConstraint(
            "terminal",
            models.UniqueConstraint(
                fields=["agent", "canonical_address"], condition=~models.Q(canonical_address=""), name="terminal_address"
            ),
        ),
    ]
