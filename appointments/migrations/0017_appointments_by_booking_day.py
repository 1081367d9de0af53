from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appointments", "0016_dashboard_permission")]

    operations = [
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["branch", "created_at"], name="appointment_branch_created_at"),
        ),
    ]
