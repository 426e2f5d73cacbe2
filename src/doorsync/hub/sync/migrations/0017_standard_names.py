from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sync", "0016_run_messages_are_codes")]

    operations = [
        migrations.RenameModel("Due", "ValidityChange"),
        migrations.RenameModel("Line", "RunTerminal"),
    ]
