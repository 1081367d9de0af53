from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0038_encrypted_second_steps"),
    ]

    operations = [
        migrations.CreateModel(
            name="RequestCount",
            fields=[
                (
                    "digest",
                    models.CharField(editable=False, max_length=32, primary_key=True, serialize=False),
                ),
                ("began_at", models.BigIntegerField(db_index=True)),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "count of requests",
                "verbose_name_plural": "counts of requests",
            },
        ),
        # Written at every request, and of no worth after a crash.
        migrations.RunSQL(
            "ALTER TABLE appointments_requestcount SET UNLOGGED",
            "ALTER TABLE appointments_requestcount SET LOGGED",
        ),
    ]
