from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("terminals", "0006_reasons_are_codes")]

    operations = [
        migrations.AddField(model_name="terminal", name="restored_at", field=models.DateTimeField(null=True)),
    ]
