from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

# Django has no unique constraint that is made while others write.
ONCE_ABOUT = """
    CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS message_once_about
    ON integrations_message (company_id, kind, about, sequence) WHERE appointment_id IS NULL
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("integrations", "0011_messages_by_sms")]

    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(
                    ("settled_at__isnull", True),
                    ("state__in", ("failed", "unclear", "withheld", "undelivered")),
                ),
                fields=["company", "created_at"],
                name="message_in_trouble",
            ),
        ),
        RemoveIndexConcurrently(model_name="message", name="message_trouble"),
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("gateway_id", ""), _negated=True),
                fields=["company", "gateway_id"],
                name="message_gateway_id",
            ),
        ),
        AddIndexConcurrently(
            model_name="message", index=models.Index(fields=["branch"], name="message_branch")
        ),
        AddIndexConcurrently(
            model_name="message", index=models.Index(fields=["customer"], name="message_customer")
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(ONCE_ABOUT, "DROP INDEX CONCURRENTLY IF EXISTS message_once_about")
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="message",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("appointment__isnull", True)),
                        fields=("company", "kind", "about", "sequence"),
                        name="message_once_about",
                    ),
                )
            ],
        ),
    ]
