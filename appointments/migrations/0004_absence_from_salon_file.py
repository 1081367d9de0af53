from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0003_policy")]

    operations = [
        migrations.AddField(
            model_name="absence",
            name="from_salon_file",
            field=models.BooleanField(default=False, editable=False, verbose_name="from the salon file"),
        ),
    ]
