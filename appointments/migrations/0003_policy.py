import django.db.models.deletion
from django.db import migrations, models

import appointments.models.policy


class Migration(migrations.Migration):
    dependencies = [("appointments", "0002_ledger_guard")]

    operations = [
        migrations.CreateModel(
            name="Policy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "cancel_hours_before",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="cancelling by phone until, in hours before"
                    ),
                ),
                (
                    "reschedule_hours_before",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="moving by phone until, in hours before"
                    ),
                ),
                (
                    "max_reschedules",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="moves at most"),
                ),
                (
                    "fees",
                    models.JSONField(
                        blank=True,
                        default=list,
                        validators=[appointments.models.policy.validate_fees],
                        verbose_name="fees",
                    ),
                ),
                (
                    "company",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="policy",
                        to="appointments.company",
                        verbose_name="company",
                    ),
                ),
            ],
            options={"verbose_name": "policy", "verbose_name_plural": "policies"},
        ),
    ]
