from typing import Any

from django.db import migrations

BATCH = 2000
FILL = """
    UPDATE integrations_message AS message
    SET branch_id = appointment.branch_id, customer_id = appointment.customer_id
    FROM appointments_appointment AS appointment
    WHERE appointment.id = message.appointment_id AND message.branch_id IS NULL
        AND message.id IN (
            SELECT id FROM integrations_message
            WHERE id > %s AND branch_id IS NULL AND appointment_id IS NOT NULL
            ORDER BY id LIMIT %s
        )
    RETURNING message.id
"""
VALIDATE = ("message_branch_same_company", "message_customer_same_company", "message_of_appointment")


def fill(apps: Any, schema_editor: Any) -> None:
    """Messages had only an appointment, which has both. So many at a time, each its own."""
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(FILL, [last, BATCH])
            done = [number for (number,) in cursor.fetchall()]
            if not done:
                return
            last = max(done)


class Migration(migrations.Migration):
    """After the constraints were made, so that validating them locks nobody out."""

    atomic = False

    dependencies = [("integrations", "0013_messages_keep_to_their_company")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        *[
            migrations.RunSQL(
                f"ALTER TABLE integrations_message VALIDATE CONSTRAINT {name}", migrations.RunSQL.noop
            )
            for name in VALIDATE
        ],
    ]
