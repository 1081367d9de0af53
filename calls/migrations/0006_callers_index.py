from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("calls", "0005_lost_races")]

    operations = [
        AddIndexConcurrently(
            model_name="call",
            index=models.Index(fields=["caller"], name="call_caller", opclasses=["varchar_pattern_ops"]),
        ),
    ]
