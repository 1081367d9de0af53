"""Holds that nobody holds, and conflicts whose time is free."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments import booking
from appointments.integrity import sql
from appointments.integrity.facts import appointment_subject, facts_of
from appointments.integrity.registry import Found, Refused, register, subject
from appointments.integrity.repairing import appointment_of
from appointments.integrity.scope import Scope
from appointments.integrity.words import Sentence, storable
from appointments.models import Finding, Reservation
from appointments.models.appointment import Status
from appointments.models.integrity import Severity
from appointments.models.ledger import MOVE

# The sweeper comes every minute; longer than this it has not come.
PATIENCE = timedelta(minutes=5)

HOLDS = f"""
WITH taking AS (
    SELECT DISTINCT reservation_id FROM appointments_allocation allocation
    WHERE reservation_id IS NOT NULL AND {sql.of_company("allocation")}
)
SELECT reservation.id, reservation.company_id, staff.name AS staff, service.name AS service,
       reservation.starts_at, reservation.ends_at, company.timezone AS zone,
       CASE WHEN reservation.state <> 'held' THEN 'ended'
            WHEN reservation.expires_at <= %(late)s THEN 'overdue'
            WHEN taking.reservation_id IS NULL THEN 'empty'
            ELSE 'endless' END AS trouble
FROM appointments_reservation reservation
LEFT JOIN taking ON taking.reservation_id = reservation.id
LEFT JOIN appointments_staff staff ON staff.id = reservation.staff_id
LEFT JOIN appointments_service service ON service.id = reservation.service_id
LEFT JOIN appointments_company company ON company.id = reservation.company_id
WHERE {sql.of_company("reservation")} AND CASE reservation.state
    WHEN 'held' THEN reservation.expires_at <= %(late)s
        OR (taking.reservation_id IS NULL AND reservation.holder NOT LIKE %(move)s)
        OR (reservation.expires_at > reservation.created_at + %(longest)s
            AND reservation.holder NOT LIKE %(move)s)
    ELSE taking.reservation_id IS NOT NULL END
ORDER BY reservation.id
"""  # noqa: S608 - nothing of it comes from outside

FREE = f"""
WITH waiting AS ({sql.stretches(sql.CONFLICT, extra="appointment.ends_at > %(now)s")})
SELECT {sql.FACTS}
FROM appointments_appointment appointment
{sql.FACTS_OF}
WHERE appointment.status = {sql.CONFLICT} AND appointment.ends_at > %(now)s
  AND {sql.of_company("appointment")} AND staff.active AND EXISTS (
    SELECT FROM waiting WHERE waiting.appointment_id = appointment.id
) AND NOT EXISTS (
    SELECT FROM waiting JOIN appointments_allocation taken
      ON int8range(taken.staff_id, taken.staff_id, '[]')
         && int8range(waiting.staff_id, waiting.staff_id, '[]')
     AND taken.during && tstzrange(waiting.starts_at, waiting.ends_at)
    LEFT JOIN appointments_reservation hold ON hold.id = taken.reservation_id
    WHERE waiting.appointment_id = appointment.id AND (hold.id IS NULL OR hold.expires_at > %(now)s)
)
ORDER BY appointment.starts_at, appointment.id
"""  # noqa: S608 - as above


def end_hold(finding: Finding, now: datetime) -> Sequence[Sentence]:
    ids = [each["id"] for each in finding.subjects if each["model"] == Reservation._meta.label_lower]
    rows = Reservation.objects.filter(pk__in=ids, company=finding.company_id)
    hold = rows.select_related("staff", "company").first()
    if hold is None or not booking.clear_away(hold, now=now):
        raise Refused(gettext_noop("Nothing is held there any more."))
    facts = {"staff": hold.staff.name, "starts_at": hold.starts_at, "zone": hold.company.timezone}
    text = gettext_noop("The time of %(staff)s on %(starts_day)s at %(starts_time)s is free again.")
    return [Sentence(text, storable(facts))]


@register(
    id="appointments.hold",
    severity=Severity.ERROR,
    title=_("Time is held for nobody"),
    advice=_("The repair frees the time. If this happens often, the worker does not run."),
    sentences={
        "overdue": gettext_noop(
            "%(staff)s on %(starts_day)s at %(starts_time)s is still held for a call that is long over "
            "(%(service)s)."
        ),
        "ended": gettext_noop(
            "%(staff)s on %(starts_day)s at %(starts_time)s is still taken by a hold that has ended "
            "(%(service)s)."
        ),
        "empty": gettext_noop(
            "A call believes that it holds %(staff)s on %(starts_day)s at %(starts_time)s (%(service)s), but "
            "that time is not taken."
        ),
        "endless": gettext_noop(
            "%(staff)s on %(starts_day)s at %(starts_time)s is held for longer than any call may hold "
            "(%(service)s)."
        ),
    },
    repair=end_hold,
)
def holds(scope: Scope) -> Iterator[Found]:
    """Orphaned and over-age ones. What a move keeps of its old time may be nothing at all."""
    facts = {
        "late": scope.now - PATIENCE,
        "longest": timedelta(seconds=settings.HOLD_MAX_SECONDS) + PATIENCE,
        "move": f"{MOVE}%",
    }
    for row in scope.rows(HOLDS, **facts):
        yield Found(
            company_id=row.company_id,
            code=row.trouble,
            facts=facts_of(row),
            subjects=[subject(Reservation, row.id)],
            # A live one is somebody's, even if it should not last so long.
            repairable=row.trouble in {"overdue", "ended"},
        )


def give_it_its_time(finding: Finding, now: datetime) -> Sequence[Sentence]:
    appointment = appointment_of(finding)
    if appointment.status != Status.CONFLICT:
        raise Refused(gettext_noop("This appointment waits no more."))
    booking.mark(appointment, Status.BOOKED, now=now, revision=appointment.revision)
    facts = {
        "service": appointment.service.name,
        "starts_at": appointment.starts_at,
        "zone": appointment.company.timezone,
    }
    text = gettext_noop(
        "%(service)s on %(starts_day)s at %(starts_time)s is booked: its time is free by now."
    )
    return [Sentence(text, storable(facts))]


@register(
    id="appointments.conflict_free",
    severity=Severity.ERROR,
    title=_("Waits for a time that is free"),
    advice=_("Nothing is in its way any more: the repair books it as it was promised."),
    sentence=gettext_noop(
        "%(service)s with %(staff)s on %(starts_day)s at %(starts_time)s waits on the list of conflicts, "
        "although that time is free."
    ),
    repair=give_it_its_time,
)
def conflicts_that_fit(scope: Scope) -> Iterator[Found]:
    for row in scope.rows(FREE):
        yield Found(company_id=row.company_id, facts=facts_of(row), subjects=[appointment_subject(row.id)])
