"""Since when a terminal that answers has refused or ignored something of a line."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0002_next_tries")]

    operations = [migrations.AddField(model_name="line", name="refused_since", field=models.DateTimeField(null=True))]
