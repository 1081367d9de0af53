from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Concurrently: a million appointments are indexed while calls go on.
    atomic = False

    dependencies = [("appointments", "0012_integrity")]

    operations = [
        AddIndexConcurrently(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("status__in", ("provisional", "conflict"))),
                fields=["company", "status", "starts_at"],
                name="appointment_undecided",
            ),
        ),
    ]
