from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0014_fill_branch_of_messages")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="sent_again",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False, verbose_name="sent again by staff"
            ),
        ),
    ]
