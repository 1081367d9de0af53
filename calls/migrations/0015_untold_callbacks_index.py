from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("calls", "0014_callback_told")]

    operations = [
        AddIndexConcurrently(
            model_name="callback",
            index=models.Index(
                condition=models.Q(("call__isnull", False), ("state", "open"), ("told_at__isnull", True)),
                fields=["created_at"],
                name="callback_untold",
            ),
        ),
    ]
