import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('integrations', '0010_fill_branch_of_message'),
    ]

    operations = [
        migrations.AlterField(
            model_name='message',
            name='branch',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='appointments.branch', verbose_name='branch'),
        ),
    ]
