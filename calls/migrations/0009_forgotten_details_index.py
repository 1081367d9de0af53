from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("calls", "0008_forgotten_details")]

    operations = [
        AddIndexConcurrently(
            model_name="functioncall",
            index=models.Index(
                condition=models.Q(("forgotten_at__isnull", True)),
                fields=["created_at"],
                name="function_call_remembered",
            ),
        ),
    ]
