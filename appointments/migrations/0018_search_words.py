from django.db import migrations

import appointments.models.search


class Migration(migrations.Migration):
    """Nullable, so that the tables are not rewritten."""

    dependencies = [("appointments", "0017_appointments_by_booking_day")]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="search_words",
            field=appointments.models.search.SearchWordsField(
                blank=True, editable=False, emails=(), names=("attendee_name",), null=True, phones=("contact_phone",)
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="search_words",
            field=appointments.models.search.SearchWordsField(
                blank=True, editable=False, emails=("email",), names=("name",), null=True, phones=("phone",)
            ),
        ),
    ]
