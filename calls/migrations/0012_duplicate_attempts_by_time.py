from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("calls", "0011_list_indexes")]

    operations = [
        AddIndexConcurrently(
            model_name="callappointment",
            index=models.Index(
                condition=models.Q(relationship="duplicate_attempt"),
                fields=["created_at"],
                name="call_link_duplicates_created",
            ),
        ),
    ]
