import appointments.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0008_calendarbooking_outdated")]

    operations = [
        operation
        for model in ("messaging", "historicalmessaging")
        for operation in (
            migrations.AddField(
                model_name=model,
                name="reminds_day_before",
                field=models.BooleanField(
                    db_default=False,
                    default=False,
                    help_text="At the time below, by the branch's clock. In the quiet time it comes after it.",
                    verbose_name="remind on the day before instead",
                ),
            ),
            migrations.AddField(
                model_name=model,
                name="day_before_minute",
                field=appointments.fields.MinuteOfDayField(
                    db_default=1080, default=1080, verbose_name="on the day before at"
                ),
            ),
        )
    ]
