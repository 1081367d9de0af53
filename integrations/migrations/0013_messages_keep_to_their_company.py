from typing import Any

import appointments.constraints
from django.db import migrations, models

ABOUT = models.Q(("appointment__isnull", False), ("kind__in", ("callback", "call_us", "offer")), _connector="OR")


def same_company(field: str) -> Any:
    """Not looked at in rows that are there: nobody waits for it."""
    name = f"message_{field}_same_company"
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f"ALTER TABLE integrations_message ADD CONSTRAINT {name} "
                f"FOREIGN KEY ({field}_id, company_id) REFERENCES appointments_{field} (id, company_id) "
                "DEFERRABLE INITIALLY IMMEDIATE NOT VALID",
                f"ALTER TABLE integrations_message DROP CONSTRAINT {name}",
            )
        ],
        state_operations=[
            migrations.AddConstraint(
                model_name="message",
                constraint=appointments.constraints.SameCompany(field=field, name=name),
            )
        ],
    )


class Migration(migrations.Migration):
    dependencies = [("integrations", "0012_indexes_of_messages")]

    operations = [
        same_company("branch"),
        same_company("customer"),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE integrations_message ADD CONSTRAINT message_of_appointment CHECK "
                    "(appointment_id IS NOT NULL OR kind IN ('callback', 'call_us', 'offer')) NOT VALID",
                    "ALTER TABLE integrations_message DROP CONSTRAINT message_of_appointment",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="message",
                    constraint=models.CheckConstraint(condition=ABOUT, name="message_of_appointment"),
                )
            ],
        ),
    ]
