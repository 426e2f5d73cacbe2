"""Whether starts that come and longer stays go out without a press."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("companies", "0002_key_marks")]

    operations = [migrations.AddField("company", "automatic_starts", models.BooleanField(default=True))]
