from django.db import migrations


class Migration(migrations.Migration):
    """Messages had only an appointment, which has both."""

    dependencies = [
        ('integrations', '0009_messages_by_sms'),
    ]

    operations = [
        migrations.RunSQL(
            """
            UPDATE integrations_message AS message
               SET branch_id = appointment.branch_id, customer_id = appointment.customer_id
              FROM appointments_appointment AS appointment
             WHERE appointment.id = message.appointment_id AND message.branch_id IS NULL
            """,
            migrations.RunSQL.noop,
        ),
    ]
