import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0039_request_counts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='company',
            name='call_details_days',
            field=models.PositiveSmallIntegerField(db_default=180, default=180, help_text='For so many days it can be looked up what the telephone assistant asked the appointment book in a call, and was answered: names, numbers and wishes, word for word. Then that is forgotten in the night, and with it the numbers of callers who are no customers, and name, number and subject of callbacks that are done. Appointments, customers and figures stay.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name='days that details of calls are kept'),
        ),
    ]
