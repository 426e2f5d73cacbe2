import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0023_former_entries")]

    operations = [
        migrations.RenameField("batch", "line", "run_terminal"),
        migrations.RemoveConstraint("problem", "problem_once"),
        migrations.RenameField("problem", "line", "run_terminal"),
        migrations.AddConstraint("problem", models.UniqueConstraint(fields=["run_terminal", "kind", "key"], name="problem_once")),
        migrations.AlterField(
            "runterminal",
            "run",
            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="run_terminals", to="sync.run"),
        ),
        migrations.RemoveConstraint("runterminal", "line_terminal"),
        migrations.AddConstraint(
            "runterminal", models.UniqueConstraint(fields=["run", "terminal"], name="run_terminal_terminal")
        ),
        migrations.RenameIndex("runterminal", new_name="run_terminal_open", old_name="line_open"),
        migrations.RenameIndex("runterminal", new_name="run_terminal_not_reached", old_name="line_not_reached"),
        migrations.RenameIndex("runterminal", new_name="run_terminal_lost_freely", old_name="line_lost_freely"),
    ]
