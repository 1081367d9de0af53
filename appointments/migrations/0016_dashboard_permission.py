from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("appointments", "0015_one_index_of_conflicts")]

    operations = [
        migrations.AlterModelOptions(
            name="company",
            options={
                "permissions": [("view_insights", "Can see the dashboard")],
                "verbose_name": "company",
                "verbose_name_plural": "companies",
            },
        ),
    ]
