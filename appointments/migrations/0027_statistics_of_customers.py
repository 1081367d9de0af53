from django.db import migrations

# A sample of a large table shows far fewer customers than there are, so that the planner expects hundreds of
# appointments for each of them and reads the whole table. One customer has about ten.
SET = """
ALTER TABLE appointments_appointment ALTER COLUMN customer_id SET (n_distinct = -0.1);
ANALYZE appointments_appointment (customer_id)
"""
RESET = "ALTER TABLE appointments_appointment ALTER COLUMN customer_id RESET (n_distinct)"


class Migration(migrations.Migration):
    dependencies = [("appointments", "0026_calendar_feed")]

    operations = [migrations.RunSQL(SET, RESET)]
