"""Whoever was united before: their history says with whom."""

import re
from typing import Any

from django.db import migrations


def remember(apps: Any, schema_editor: Any) -> None:
    """The row of the deletion carries the reason, in the language of whoever united them."""
    History = apps.get_model("appointments", "HistoricalCustomer")
    Customer = apps.get_model("appointments", "Customer")
    Former = apps.get_model("appointments", "FormerCustomer")
    gone = History.objects.filter(history_type="-").exclude(history_change_reason=None).order_by("history_date")
    rows = {}
    for row in gone.iterator():
        number = re.search(r"(?:United with customer no\. |Mit Kunde Nr\. )(\d+)", row.history_change_reason)
        if number:
            rows[row.id] = (int(number.group(1)), row)
    for double, (kept, row) in rows.items():
        while kept in rows:
            kept = rows[kept][0]
        if Customer.objects.filter(pk=kept, company=row.company_id).exists():
            Former.objects.get_or_create(
                number=double,
                defaults={"company_id": row.company_id, "customer_id": kept, "made_at": row.created_at},
            )


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('appointments', '0033_former_customer'),
    ]

    operations = [
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]
