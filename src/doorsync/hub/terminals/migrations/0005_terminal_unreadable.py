from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('terminals', '0004_device_identity'),
    ]

    operations = [
        migrations.AddField(
            model_name='terminal',
            name='unreadable',
            field=models.CharField(blank=True, max_length=200),
        ),
    ]
