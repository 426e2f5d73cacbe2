from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0018_claimed_changes")]

    operations = [
        migrations.AddField(model_name="holding", name="gives", field=models.BooleanField(db_default=True, default=True)),
        migrations.AddField(model_name="runterminal", name="only_removals", field=models.BooleanField(default=False)),
    ]
