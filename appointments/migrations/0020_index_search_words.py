import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("appointments", "0019_fill_search_words")]

    operations = [
        AddIndexConcurrently(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["search_words"], name="customer_search_words"
            ),
        ),
        AddIndexConcurrently(
            model_name="appointment",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["search_words"], name="appointment_search_words"
            ),
        ),
    ]
