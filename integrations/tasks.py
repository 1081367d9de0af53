"""What the worker does for the calendar. Each may be lost or come twice."""

from itertools import islice
from time import monotonic

from django.utils import timezone

from appointments import alarms
from appointments.models import Appointment, Company
from integrations import courtesy, queue
from integrations.alarms import delivering, environment
from integrations.convergence import due, verify
from integrations.incoming import processing, purging, rounds
from integrations.mapping import learning
from integrations.messaging import reminders, sending, telling
from integrations.resolving.reading_back import read_back

# One appointment: longer than Cal.com needs for several requests one after the other.
SECONDS = 60.0
# Each costs two to four requests.
READ_BACK_AT_ONCE, READ_BACK_PAUSE = 10, 30.0


def converge_appointment(appointment_id: int) -> str:
    """Compares once, unless a call is still at it. Returns the outcome, for the list of tasks."""
    return due.converge_if_due(appointment_id, now=timezone.now(), seconds=SECONDS)


def verify_appointment(appointment_id: int) -> None:
    """Looks whether somebody else's booking at Cal.com overlaps what has just been booked."""
    appointment = Appointment.objects.select_related("company").filter(pk=appointment_id).first()
    if appointment is not None:
        verify(appointment, deadline=monotonic() + SECONDS)


def sync_calendar() -> int:
    """Whatever is due; how many appointments it were. Every minute."""
    return due.sync_due(now=timezone.now())


def alarm_about_pending() -> int:
    """Says aloud what has been pending for too long; how many there are. Every minute."""
    return due.alarm_about_pending(now=timezone.now())


def look_for_alarms() -> int:
    """What has been measured against what is allowed; how many limits are passed. Every minute."""
    environment.sync_channels()
    return alarms.evaluate(now=timezone.now())


def send_alarms() -> int:
    """A task for each channel for which something waits: one that hangs keeps nobody up. Every minute."""
    due_channels = delivering.due(now=timezone.now())
    for channel_id in due_channels:
        queue.soon("integrations.tasks.send_alarms_to", channel_id)
    return len(due_channels)


def send_alarms_to(channel_id: int) -> bool:
    """Everything that waits for one channel; whether a message went out."""
    return delivering.deliver(channel_id, now=timezone.now())


def give_back_slots(reservation_id: int) -> int:
    """The slot reservations at Cal.com of a hold that has ended."""
    return courtesy.give_back(reservation_id)


def clean_up_slots() -> int:
    """Those of all holds that have ended. Every minute."""
    return courtesy.clean_up(now=timezone.now())


def warm_slots() -> int:
    """Slots that callers are likely to ask about. Every minute."""
    return courtesy.warm(now=timezone.now())


def learn_event_types() -> int:
    """What Cal.com says of event types that are new here, or were asked about long ago. Every hour."""
    return learning.learn_all(now=timezone.now())


def process_calendar_event(event_id: int) -> None:
    """A message of Cal.com that has just come."""
    processing.process_event(event_id, now=timezone.now())


def process_calendar_events() -> int:
    """Messages that had to wait, or whose task was lost; how many it were. Every minute."""
    return processing.process_due(now=timezone.now())


def reconcile_calendars() -> int:
    """A task for each company that can be reconciled; how many it are. Every quarter of an hour."""
    return rounds.queue_all()


def reconcile_company(company_id: int) -> str:
    """Compares one company with Cal.com. Returns the result, for the list of tasks."""
    return rounds.reconcile_one(company_id, now=timezone.now())


def verify_calendar(company_id: int, after: int = 0) -> int:
    """Reads some appointments back that were never seen; how many. The rest comes in a while, so that a
    caller finds something left of what Cal.com allows.
    """
    company = Company.objects.filter(pk=company_id, active=True).first()
    if company is None:
        return 0
    some = list(islice(read_back(company, now=timezone.now(), after=after), READ_BACK_AT_ONCE))
    if len(some) == READ_BACK_AT_ONCE:
        last = some[-1].appointment.pk
        queue.later("integrations.tasks.verify_calendar", company_id, last, seconds=READ_BACK_PAUSE)
    return len(some)


def purge_calendar_events() -> int:
    """Forgets what old messages said; how many it were. Every hour."""
    return purging.purge_events(now=timezone.now())


def tell_customers() -> int:
    """Writes and sends what customers have to hear; how many messages left. Every minute."""
    now = timezone.now()
    telling.tell_due(now=now)
    reminders.remind_due(now=now)
    sent = sending.send_due(now=now)
    if seconds := sending.seconds_until_more(now=timezone.now()):
        queue.later("integrations.tasks.send_messages", seconds=seconds)
    return sent


def send_messages() -> int:
    """What the mail server could not be given within the minute; how many left."""
    return sending.send_due(now=timezone.now())
