from typing import Any

from django.db import migrations
from django.db.models import Q

from appointments.models.search import fill


def fill_both(apps: Any, schema_editor: Any) -> None:
    fill(apps.get_model("appointments", "Customer").objects.all())
    named = ~Q(attendee_name="") | Q(contact_phone__isnull=False)
    fill(apps.get_model("appointments", "Appointment").objects.filter(named))


class Migration(migrations.Migration):
    """Batch by batch, each its own transaction: a salon goes on working meanwhile, and a second run goes on."""

    atomic = False

    dependencies = [("appointments", "0018_search_words")]

    operations = [migrations.RunPython(fill_both, migrations.RunPython.noop, elidable=True)]
