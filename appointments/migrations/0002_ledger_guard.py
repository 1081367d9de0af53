"""A blocking appointment owns exactly the allocations that cover its busy phases, any other none.

The exclusion constraint guards the ledger; this guards that nobody promises anything beside it. It
is deferred, because appointment, phases and allocations are separate statements: what counts is what
is committed. Without it, ``bulk_create`` or raw SQL could store two overlapping appointments that
simply have no allocations (decision 0002).
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION appointments_check_ledger(checked_id bigint) RETURNS void
LANGUAGE plpgsql STABLE AS $$
DECLARE
    checked appointments_appointment%ROWTYPE;
    uncovered integer;
BEGIN
    SELECT * INTO checked FROM appointments_appointment WHERE id = checked_id;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF checked.status NOT IN ('booked', 'confirmed', 'provisional') THEN
        IF EXISTS (SELECT FROM appointments_allocation WHERE appointment_id = checked_id) THEN
            RAISE EXCEPTION 'appointment % is % and must not take time', checked_id, checked.status
                USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_ledger',
                      TABLE = 'appointments_appointment';
        END IF;
        RETURN;
    END IF;
    SELECT count(*) INTO uncovered
    FROM appointments_appointmentphase phase
    WHERE phase.appointment_id = checked_id AND phase.busy AND NOT EXISTS (
        SELECT FROM appointments_allocation allocation
        WHERE allocation.appointment_id = checked_id
          AND allocation.staff_id = checked.staff_id
          AND allocation.during @> tstzrange(phase.starts_at, phase.ends_at)
    );
    IF uncovered > 0 OR NOT EXISTS (
        SELECT FROM appointments_allocation WHERE appointment_id = checked_id
    ) OR EXISTS (
        SELECT FROM appointments_allocation
        WHERE appointment_id = checked_id AND staff_id <> checked.staff_id
    ) OR (checked.starts_at, checked.ends_at) IS DISTINCT FROM (
        SELECT (min(starts_at), max(ends_at)) FROM appointments_appointmentphase
        WHERE appointment_id = checked_id
    ) THEN
        RAISE EXCEPTION 'appointment % is % without its time in the ledger', checked_id, checked.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'appointment_ledger',
                  TABLE = 'appointments_appointment';
    END IF;
END $$;

CREATE FUNCTION appointments_appointment_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM appointments_check_ledger(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION appointments_allocation_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.appointment_id IS NOT NULL THEN
        PERFORM appointments_check_ledger(OLD.appointment_id);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.appointment_id IS NOT NULL THEN
        PERFORM appointments_check_ledger(NEW.appointment_id);
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER appointment_ledger
    AFTER INSERT OR UPDATE OF status, staff_id, starts_at, ends_at ON appointments_appointment
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION appointments_appointment_changed();

CREATE CONSTRAINT TRIGGER allocation_ledger
    AFTER INSERT OR UPDATE OR DELETE ON appointments_allocation
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION appointments_allocation_changed();
"""

DROP = """
DROP TRIGGER allocation_ledger ON appointments_allocation;
DROP TRIGGER appointment_ledger ON appointments_appointment;
DROP FUNCTION appointments_allocation_changed();
DROP FUNCTION appointments_appointment_changed();
DROP FUNCTION appointments_check_ledger(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("appointments", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
