from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calls", "0013_flow_versions")]

    operations = [
        migrations.AddField(
            model_name="callback", name="told_at", field=models.DateTimeField(editable=False, null=True)
        ),
    ]
